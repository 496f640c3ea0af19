//! Each rule told in its own words, where it holds, and that no secret is ever told.

use super::*;

#[test]
fn every_rule_has_its_own_code_and_words() {
    let required = plain(Type::String).required(Environments::ALL);
    let int = Type::Int(Bounds { min: Some(1), max: Some(9) });
    let url = Type::Url { schemes: vec!["postgres".into(), "sqlite".into()] };
    let level = Type::Enum { values: vec!["debug".into(), "info".into()] };
    let old = plain(Type::Secret).alias("OLD");
    for (variable, pairs, expected) in [
        (required.clone(), &[][..], "ENV-002 `NAME` is required in staging, and not set"),
        (required.alias("OLD"), &[], "ENV-002 `NAME` is required in staging, and not set (nor `OLD`)"),
        (plain(Type::Secret), &[("NAME", " ")], "ENV-003 `NAME` is set, but blank"),
        (plain(Type::Secret), &[("NAME", "pw ")], "ENV-004 `NAME` begins or ends with white space"),
        (plain(Type::Secret), &[("NAME", "REPLACE_WITH_PW")], "ENV-005 `NAME` still holds a placeholder"),
        (
            plain(url.clone()),
            &[("NAME", "postgres://${DB}/x")],
            "ENV-006 `NAME` holds the reference `${DB}`, and nothing replaced it",
        ),
        (
            plain(Type::Secret),
            &[("NAME", "${PW}")],
            "ENV-006 `NAME` holds a `${...}` reference, and nothing replaced it",
        ),
        (
            plain(Type::Bool),
            &[("NAME", "maybe")],
            "ENV-007 `NAME` is `maybe`, not a bool (`true` or `false`, also `1`/`0`, `yes`/`no`, `on`/`off`)",
        ),
        (plain(Type::Host), &[("NAME", "a b")], "ENV-007 `NAME` is not a host name or IP address"),
        (plain(int), &[("NAME", "12")], "ENV-008 `NAME` is `12`; it must be 1 to 9"),
        (
            plain(url),
            &[("NAME", "mysql://u:pw@h/d")],
            "ENV-009 `NAME` is a URL of another scheme (`mysql`) than `postgres` or `sqlite`",
        ),
        (
            old.clone(),
            &[("NAME", "a1b2c3d4"), ("OLD", "b2c3d4e5")],
            "ENV-010 `NAME` and `OLD` are both set, to different values",
        ),
        (
            old.clone(),
            &[("NAME_FILE", "/run/forbidden")],
            "ENV-011 `NAME_FILE` names a file that cannot be read: permission denied (from file /run/forbidden)",
        ),
        (
            old.clone(),
            &[("OLD_FILE", "/nowhere")],
            "ENV-011 `OLD_FILE` names a file that cannot be read: there is no such file (from file /nowhere)",
        ),
        (
            old.clone(),
            &[("NAME", "pw-of-eight"), ("NAME_FILE", "/run/good")],
            "ENV-012 `NAME` and `NAME_FILE` are both set",
        ),
        (old.clone(), &[("NAME_FILE", "/run/empty")], "ENV-013 `NAME_FILE` names an empty file (from file /run/empty)"),
        (
            plain(port()),
            &[("NAME", "tcp://10.0.0.7:6379")],
            "ENV-014 `NAME` holds a Kubernetes service link, which somebody else's pod put there",
        ),
        (
            plain(level),
            &[("NAME", "inof")],
            "ENV-015 `NAME` is `inof`; it must be `debug` or `info`; did you mean `info`?",
        ),
        (old, &[("OLD", "changeme")], "ENV-005 `NAME` still holds a placeholder (from alias OLD)"),
    ] {
        assert_eq!(told(variable, pairs), [expected]);
    }
}

#[test]
fn every_code_of_a_rule_is_listed_and_has_a_page() {
    for (code, _) in crate::diagnose::CODES {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/codes/{code}.md"));
        let text = std::fs::read_to_string(&page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
        assert!(text.starts_with(&format!("# {code}: ")) && text.lines().count() <= 20, "{code}");
    }
}

#[test]
fn all_problems_come_in_one_pass_in_the_order_of_the_schema() {
    let variables = ["Z", "A", "M"].map(|name| Variable::new(name, port()).required(Environments::ALL));
    let resolution = run(&schema(variables), &[("A", "x")], Environment::Production);
    let told: Vec<_> = resolution.problems.iter().map(|p| (p.name.as_str(), p.rule.code)).collect();
    assert_eq!(told, [("Z", "ENV-002"), ("A", "ENV-007"), ("M", "ENV-002")]);
}

#[test]
fn a_variable_is_required_only_where_it_is_said_to_be() {
    let schema = schema([Variable::new("A", Type::String).required([Environment::Production].into_iter().collect())]);
    for environment in Environment::ALL {
        let missing = run(&schema, &[], environment).problems.len();
        assert_eq!(missing == 1, environment == Environment::Production, "{environment}");
    }
}

#[test]
fn only_what_can_hold_no_secret_may_be_shown() {
    let shown = |variable: Variable, text: &str| {
        let name = variable.name.clone();
        run(&schema([variable]), &[(&name, text)], Environment::Test).vars.value(&name).is_some_and(|v| v.shown)
    };
    let url = || Type::Url { schemes: vec![] };
    assert!(shown(Variable::new("U", url()), "http://db:80/x"));
    assert!(!shown(Variable::new("U", url()), "http://me:pw@db:80/x"));
    assert!(!shown(Variable::new("U", url()), "http://db:80/x?token=abc"));
    assert!(!shown(Variable::new("U", Type::String), "http://me:pw@db:80/x"));
    assert!(!shown(Variable::new("S", Type::Secret), "x1"));
    assert!(!shown(Variable::new("S", port()).secret(), "80"));
    assert!(!shown(Variable::new("API_TOKEN", Type::String), "x1"));
    assert!(shown(Variable::new("S", port()), "80"));
}

#[test]
fn no_value_that_may_be_secret_is_told_whatever_is_wrong_with_it() {
    let url = || Type::Url { schemes: vec!["redis".into()] };
    let kinds = [Type::String, Type::Secret, Type::Float(Bounds::default()), url(), Type::Host, Type::Address, list()];
    let hidden = kinds.into_iter().map(|kind| Variable::new("NAME", kind).alias("OLD"));
    let flagged =
        [Type::Bool, port(), Type::Duration(Bounds::default()), Type::Enum { values: vec!["hunter3".into()] }]
            .into_iter()
            .map(|kind| Variable::new("NAME", kind).alias("OLD").secret());
    let planted =
        ["hunter2", " hunter2", "${hunter2}x", "x://hunter2,,:hunter2@h:99999/", "hunter2 h", "hunter2,,", "h:hunter2"];
    for variable in hidden.chain(flagged) {
        for text in planted {
            let secret = variable.is_secret();
            let schema = schema([variable.clone()]);
            let resolution = run(&schema, &[("NAME", text), ("OLD", "hunter2b")], Environment::Production);
            assert!(!resolution.problems.is_empty());
            let all = format!("{resolution:?} {schema:?} {}", crate::diagnose::problems(&resolution.problems));
            // The name of a reference is told, unless the variable is a secret.
            assert!(!all.contains("hunter2") || (text.contains("${") && !secret), "{all}");
        }
    }
}

#[test]
fn what_is_forbidden_must_not_be_set_under_any_name_or_file() {
    let production = [Environment::Production].into_iter().collect();
    let one = schema([Variable::new("AUTH_BYPASS", Type::Bool).alias("SKIP_AUTH").forbidden(production)]);
    for (name, text) in [("AUTH_BYPASS", "false"), ("SKIP_AUTH", "true"), ("AUTH_BYPASS", "")] {
        let told = all_told(&run(&one, &[(name, text)], Environment::Production));
        assert!(told.contains(&format!("ENV-020 `{name}` must not be set in production")), "{told:?}");
    }
    assert_eq!(run(&one, &[("AUTH_BYPASS", "true")], Environment::Staging).problems, []);
}

#[test]
fn what_is_suspicious_in_deployed_environments_is_left_alone_at_home() {
    let url = || Variable::new("NAME", Type::url());
    for (variable, text, code) in [
        (url(), "http://localhost:8080/", "ENV-021"),
        (url(), "postgres://app:k3y-k3y-k3y@db,127.0.0.1/x", "ENV-021"),
        (Variable::new("NAME", Type::Host), "127.0.0.1", "ENV-021"),
        (Variable::new("NAME", Type::Address), "[::1]:80", "ENV-021"),
        (Variable::new("NAME", Type::Secret), "password123", "ENV-023"),
        (url(), "postgres://postgres:postgres@db/x", "ENV-023"),
        (Variable::new("NAME", Type::Secret), "x9f2", "ENV-024"),
        (url(), "https://api/?token=x9f2kq0d", "ENV-026"),
        (Variable::new("NAME", Type::String), "postgres://u:x9f2kq0d@db/x", "ENV-026"),
    ] {
        let one = schema([variable]);
        let codes: Vec<_> =
            run(&one, &[("NAME", text)], Environment::Staging).problems.iter().map(|p| p.rule.code).collect();
        assert_eq!(codes, [code], "{text}");
        assert_eq!(run(&one, &[("NAME", text)], Environment::Development).problems, [], "{text}");
    }
    let declared = schema([url().localhost()]);
    assert_eq!(run(&declared, &[("NAME", "http://localhost/")], Environment::Production).problems, []);
}

#[test]
fn tls_to_a_plain_port_and_foreign_parameters_are_wrong_everywhere() {
    let one = schema([Variable::new("NAME", Type::url())]);
    let told = |text| all_told(&run(&one, &[("NAME", text)], Environment::Development));
    assert_eq!(
        told("https://click:8123/"),
        ["ENV-022 `NAME` speaks TLS (`https`) to port 8123, which speaks plain text"]
    );
    assert_eq!(told("http://click:8443/"), ["ENV-022 `NAME` speaks plain `http` to port 8443, which speaks TLS"]);
    let told = told("postgresql+asyncpg://db/x?sslmode=require");
    assert!(told.len() == 1 && told[0].starts_with("ENV-042 `NAME` has the parameter `sslmode`"), "{told:?}");
}

#[test]
fn secrets_by_flag_open_files_and_paths_are_told() {
    let secret = schema([Variable::new("KEY", Type::Secret)]);
    let (process, flags) = (Vars::default(), vars(&[("KEY", "x9f2kq0d")]));
    let resolved = resolve(&secret, &Sources::process(&process).flags(&flags), Environment::Test, &Four);
    assert_eq!(
        all_told(&resolved),
        ["ENV-043 `KEY` is a secret, and was set by a flag of the command line (from flag)"]
            .map(|t| t.replace(" (from flag)", ""))
    );
    let open = run(&secret, &[("KEY_FILE", "/run/open")], Environment::Production);
    assert_eq!(
        all_told(&open),
        ["ENV-035 `KEY_FILE` names a file that every user of the machine may read (from file /run/open)"]
    );
    let path = |must: Access| schema([Variable::new("P", Type::Path { must: vec![Access::Exists, must] })]);
    assert_eq!(run(&path(Access::Readable), &[("P", "/run/good")], Environment::Test).problems, []);
    assert_eq!(
        all_told(&run(&path(Access::Writable), &[("P", "/run/good")], Environment::Test)),
        ["ENV-037 `P` names something that this user may not write"]
    );
    assert_eq!(
        all_told(&run(&path(Access::Readable), &[("P", "/none")], Environment::Test)).len(),
        1,
        "what is not there is told once"
    );
}

#[test]
fn a_declared_variable_that_is_not_text_is_told_once() {
    let one = schema([Variable::new("KEY", Type::Secret).alias("OLD").required(Environments::ALL)]);
    let mut process = Vars::default();
    process.set_not_text("OLD");
    process.set_not_text("UNDECLARED");
    let resolved = resolve(&one, &Sources::process(&process), Environment::Test, &Four);
    assert_eq!(all_told(&resolved), ["ENV-044 `OLD` is set to something that is not UTF-8 text"]);
}

#[test]
fn a_schema_can_make_a_rule_milder_where_it_says_why() {
    let mut one = schema([Variable::new("NAME", Type::url())]);
    let reason = "the proxy listens here".to_owned();
    let over =
        Override { environment: Environment::Staging, code: "ENV-021".into(), severity: Severity::Warning, reason };
    one.severities.push(over.clone());
    let staging = run(&one, &[("NAME", "http://localhost/")], Environment::Staging);
    assert_eq!((staging.errors().count(), staging.warnings().count(), &staging.overrides[..]), (0, 1, &[over][..]));
    assert_eq!(run(&one, &[("NAME", "http://localhost/")], Environment::Production).errors().count(), 1);
    assert_eq!(run(&one, &[("NAME", "http://db/")], Environment::Staging).overrides, [], "only what made a difference");
}

#[test]
fn what_people_really_write_is_no_breach() {
    for (kind, text) in [
        (Type::String, "Your receipt"),
        (Type::String, "<p>Hello</p>"),
        (Type::String, "'self' https: 'unsafe-inline'"),
        (Type::url(), "https://minio.internal:9000"),
        (Type::url(), "postgres://h1:5432,h2:5432/db"),
    ] {
        assert_eq!(told(plain(kind), &[("NAME", text)]), Vec::<String>::new(), "{text}");
    }
    let declared = Variable { secret: Some(false), ..Variable::new("SORT_KEY", Type::String) };
    assert_eq!(run(&schema([declared]), &[("SORT_KEY", "id")], Environment::Production).problems, []);
    let words = Variable::new("ORDER_KEY", Type::Enum { values: vec!["name".into()] });
    assert_eq!(run(&schema([words]), &[("ORDER_KEY", "name")], Environment::Production).problems, []);
}

#[test]
fn a_dollar_that_was_escaped_or_quoted_stays_one() {
    let one = schema([Variable::new("NAME", Type::String).default("$${time}")]);
    for text in ["NAME=$${time}\n", "NAME='${time}'\n", ""] {
        let resolved = run_files(&one, &[], &[(".env", text)]);
        assert_eq!((all_told(&resolved), resolved.vars.text("NAME")), (vec![], Some("${time}")), "{text}");
    }
}

#[test]
fn the_environment_of_a_condition_is_the_one_in_force() {
    let mut needed = Variable::new("NEEDED", Type::String);
    needed.required_if = Some(Condition::parse("ENVIRONMENT == 'production'").unwrap());
    let schema = schema([needed, Variable::new("ENVIRONMENT", Type::String)]);
    let problems = |environment| run(&schema, &[("ENVIRONMENT", "development")], environment).problems.len();
    assert_eq!((problems(Environment::Production), problems(Environment::Development)), (1, 0));
}

#[test]
fn a_rule_that_only_warns_does_not_hide_what_is_missing() {
    let mut one = schema([Variable::new("KEY", Type::Secret).required(Environments::ALL)]);
    let (environment, code, reason) = (Environment::Test, "ENV-011".to_owned(), "mounted late".to_owned());
    one.severities.push(Override { environment, code, severity: Severity::Warning, reason });
    let codes: Vec<_> =
        run(&one, &[("KEY_FILE", "/none")], Environment::Test).problems.iter().map(|p| p.rule.code).collect();
    assert_eq!(codes, ["ENV-011", "ENV-002"]);
}

#[test]
fn names_that_do_not_count_stop_nothing() {
    let gone =
        schema([Variable::new("KEY", Type::Secret).alias(super::layers::alias("OLD", None, Some("2026-01-01")))]);
    assert_eq!(run(&gone, &[("KEY", "x9f2kq0d"), ("OLD_FILE", "/none")], Environment::Test).problems, []);
    let mut process = vars(&[("KEY", "x9f2kq0d")]);
    process.set_not_text("OLD");
    let one = schema([Variable::new("KEY", Type::Secret).alias("OLD")]);
    assert_eq!(resolve(&one, &Sources::process(&process), Environment::Test, &Four).problems, []);
}

#[test]
fn an_older_name_with_a_file_is_its_text_wherever_it_is_referred_to() {
    let two =
        schema([Variable::new("KEY", Type::Secret).alias("OLD"), Variable::new("B", Type::String).default("x-${OLD}")]);
    let resolved = run(&two, &[("OLD_FILE", "/run/good")], Environment::Test);
    assert_eq!(resolved.vars.text("B"), Some("x-s3cret-text"));
}

#[test]
fn what_may_be_a_piece_of_a_password_is_not_told_as_a_reference() {
    assert!(!told(plain(Type::url()), &[("NAME", "postgres://u:pa${hunter2}ss@h")])[0].contains("hunter2"));
    assert!(told(plain(Type::url()), &[("NAME", "postgres://u:${DB_PASSWORD}@h")])[0].contains("DB_PASSWORD"));
    let undeclared = all_told(&run_files(&schema([]), &[], &[(".env", "MY_TOKEN=ab${hunter2:?hunter3}cd\n")]));
    assert!(undeclared.len() == 1 && !undeclared[0].contains("hunter"), "{undeclared:?}");
}

#[test]
fn values_that_look_like_settings_of_a_driver_are_not_marked_as_shown() {
    for text in ["host=db password=hunter2hunter2", "u:hunter2@tcp(h:1)/x", "A=b;AccountKey=hunter2;"] {
        let resolved = run(&schema([plain(Type::String)]), &[("NAME", text)], Environment::Test);
        assert!(!resolved.get("NAME").unwrap().shown, "{text}");
    }
}
