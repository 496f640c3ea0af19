//! Rules over several variables, groups, names that are nearly declared.

use super::*;

#[test]
fn a_condition_can_require_a_variable() {
    let mut secret = Variable::new("OAUTH_SECRET", Type::Secret);
    secret.required_if = Some(Condition::parse("AUTH_MODE == 'oauth'").unwrap());
    let both = schema([secret, Variable::new("AUTH_MODE", Type::String)]);
    let told = |pairs: &[(&str, &str)]| all_told(&run(&both, pairs, Environment::Test));
    assert_eq!(
        told(&[("AUTH_MODE", "oauth")]),
        ["ENV-002 `OAUTH_SECRET` is required when `AUTH_MODE == 'oauth'`, and not set"]
    );
    assert_eq!((told(&[("AUTH_MODE", "none")]).len(), told(&[]).len()), (0, 0));
}

#[test]
fn rules_over_several_variables_name_all_of_them() {
    let count = |count, names: &[&str]| Together { names: names.iter().map(|n| (*n).into()).collect(), count };
    let told = |together: Together, pairs: &[(&str, &str)]| {
        let mut schema = schema(["A", "B", "C"].map(|name| Variable::new(name, Type::String)));
        schema.together.push(together);
        all_told(&run(&schema, pairs, Environment::Test))
    };
    let (a, b) = (("A", "1"), ("B", "2"));
    assert_eq!(told(count(Count::One, &["A", "B"]), &[]), ["ENV-031 one of `A` or `B` must be set, and none is"]);
    assert_eq!(
        told(count(Count::One, &["A", "B"]), &[a, b]),
        ["ENV-031 only one of `A` or `B` may be set, and `A` and `B` are"]
    );
    assert_eq!(told(count(Count::Any, &["A", "B"]), &[a, b]).len(), 0);
    assert_eq!(told(count(Count::OneAtMost, &["A", "B"]), &[]).len(), 0);
    assert_eq!(
        told(count(Count::AllOrNone, &["A", "B", "C"]), &[a]),
        ["ENV-031 `A` is set, and `B` and `C` must be, too"]
    );
    let mut schema = schema([
        Variable::new("MIN", Type::Int(Bounds::default())),
        Variable::new("MAX", Type::Int(Bounds::default())),
    ]);
    let condition = Condition::parse("MIN <= MAX").unwrap();
    schema.conditions.push(Demand { condition, message: Some("the pool has a size".into()) });
    assert_eq!(
        all_told(&run(&schema, &[("MIN", "5"), ("MAX", "4")], Environment::Test)),
        ["ENV-032 `MIN <= MAX` does not hold: the pool has a size"]
    );
    assert_eq!(run(&schema, &[("MIN", "5")], Environment::Test).problems, []);
}

#[test]
fn two_secrets_with_one_text_are_told_without_it() {
    let two = schema(["A_KEY", "B_KEY", "C"].map(|name| Variable::new(name, Type::String)));
    let pairs = [("A_KEY", "hunter2-hunter2"), ("B_KEY", "hunter2-hunter2"), ("C", "hunter2-hunter2")];
    let resolved = run(&two, &pairs, Environment::Production);
    assert_eq!(all_told(&resolved), ["ENV-025 `B_KEY` holds the same secret as `A_KEY`"]);
    assert_eq!(resolved.errors().count(), 0);
}

#[test]
fn names_that_are_nearly_declared_ones_are_told_with_their_place() {
    let one = schema([Variable::new("DATABASE_URL", Type::url()), Variable::new("PORT", port())]);
    let resolved = run_files(&one, &[("DATABSE_URL", "x"), ("HOME", "/root")], &[(".env", "PROT=80\n\u{feff}=1\n")]);
    let told: Vec<String> =
        resolved.problems.iter().filter(|p| p.rule.code == "ENV-027").map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "ENV-027 `DATABSE_URL` is set and not declared; is `DATABASE_URL` meant?",
            "ENV-027 `PROT` is set and not declared; is `PORT` meant? (from .env:1)"
        ]
    );
    let marked = run(&one, &[("\u{feff}PORT", "80")], Environment::Test);
    assert_eq!(all_told(&marked), ["ENV-041 the name `PORT` begins with a byte order mark, so that nothing finds it"]);
    assert_eq!(
        run(&one, &[("PORT", "80"), ("PROT", "81")], Environment::Test).problems,
        [],
        "what is set is not missed"
    );
}

fn of_group(name: &str) -> Schema {
    let mut schema = Schema::default();
    schema.add(Group::named(name, "", None).unwrap());
    schema
}

#[test]
fn a_url_and_its_parts_become_one_value() {
    let url = |group: &str, pairs: &[(&str, &str)]| {
        let resolved = run(&of_group(group), pairs, Environment::Staging);
        assert_eq!(all_told(&resolved), Vec::<String>::new());
        let name = resolved.declared[0].0.clone();
        let parts = ["DATABASE_URL", "REDIS_URL", "CLICKHOUSE_URL"].into_iter().find_map(|name| resolved.get(name));
        parts.map(|set| (set.text.reveal().to_owned(), set.source.to_string())).ok_or(name)
    };
    let text = |group, pairs: &[(&str, &str)]| url(group, pairs).unwrap().0;
    let db = [("DB_HOST", "db"), ("DB_USER", "app"), ("DB_PASSWORD", "p@ss/w:rd-1"), ("DB_NAME", "chat")];
    assert_eq!(
        url("postgres", &db),
        Ok((
            "postgres://app:p%40ss%2Fw%3Ard-1@db:5432/chat".into(),
            "parts POSTGRES_HOST, POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB".into()
        ))
    );
    assert_eq!(text("mysql", &db), "mysql://app:p%40ss%2Fw%3Ard-1@db:3306/chat");
    assert_eq!(
        text("postgres", &[("DATABASE_URL", "postgresql://app@db/x"), ("POSTGRES_HOST", "db"), ("DB_PORT", "5432")]),
        "postgresql://app@db/x"
    );
    assert_eq!(
        text(
            "redis",
            &[("REDIS_HOST", "cache"), ("REDIS_PASSWORD", "s3cret-text"), ("REDIS_TLS", "true"), ("REDIS_DB", "2")]
        ),
        "rediss://:s3cret-text@cache:6379/2"
    );
    assert_eq!(text("redis", &[("REDIS_HOST", "fd00::7")]), "redis://[fd00::7]:6379");
    assert_eq!(
        text("clickhouse", &[("CLICKHOUSE_HOST", "click"), ("CLICKHOUSE_DB", "logs")]),
        "http://click:8123/?database=logs"
    );
    assert_eq!(
        text("clickhouse", &[("CLICKHOUSE_HOST", "click"), ("CLICKHOUSE_HTTPS_PORT", "8444")]),
        "https://click:8444/"
    );
    assert_eq!(
        text(
            "clickhouse",
            &[
                ("CLICKHOUSE_HOST", "click"),
                ("CLICKHOUSE_SECURE", "yes"),
                ("CLICKHOUSE_HTTP_PORT", "8123"),
                ("CLICKHOUSE_NATIVE_PORT", "9000")
            ]
        ),
        "https://click:8443/"
    );
}

#[test]
fn a_url_and_parts_that_disagree_are_refused_without_their_values() {
    let told = |group: &str, pairs: &[(&str, &str)]| all_told(&run(&of_group(group), pairs, Environment::Staging));
    let url = ("DATABASE_URL", "postgres://app:hunter2-one@db/chat");
    for (name, text, what) in [
        ("POSTGRES_HOST", "other", "host"),
        ("DB_PORT", "5433", "port"),
        ("DB_USER", "root2", "user"),
        ("DB_PASSWORD", "hunter2-two", "password"),
        ("DB_NAME", "forum", "database"),
    ] {
        let told = told("postgres", &[url, (name, text)]);
        assert!(
            told.len() == 1
                && told[0].starts_with("ENV-033 `DATABASE_URL` and `POSTGRES_")
                && told[0].ends_with(&format!("name a different {what}")),
            "{told:?}"
        );
        assert!(!told[0].contains("hunter2"));
    }
    assert_eq!(
        told("redis", &[("REDIS_URL", "rediss://c/0"), ("REDIS_SSL", "false")]),
        ["ENV-033 `REDIS_URL` and `REDIS_TLS` are both set, and name a different use of TLS"]
    );
    assert_eq!(told("redis", &[("REDIS_URL", "redis://c"), ("REDIS_DB", "0")]), Vec::<String>::new());
}

#[test]
fn missing_and_incomplete_connections_are_told_and_wrong_ports_too() {
    let told = |group: &str, pairs: &[(&str, &str)], environment| all_told(&run(&of_group(group), pairs, environment));
    let staging = Environment::Staging;
    assert_eq!(
        told("postgres", &[], staging),
        ["ENV-002 `DATABASE_URL` is required in staging, and not set (nor `POSTGRES_HOST` with its parts)"]
    );
    assert_eq!(told("postgres", &[], Environment::Test), Vec::<String>::new());
    assert_eq!(
        told("postgres", &[("POSTGRES_USER", "app"), ("POSTGRES_DB", "x")], staging),
        ["ENV-034 `POSTGRES_USER` and `POSTGRES_DB` are set, but `POSTGRES_HOST` is not"]
    );
    let home = run(&of_group("postgres"), &[("POSTGRES_USER", "app"), ("POSTGRES_DB", "x")], Environment::Development);
    assert_eq!(home.vars.text("DATABASE_URL"), Some("postgres://app@localhost:5432/x"));
    let native = told("clickhouse", &[("CLICKHOUSE_HOST", "click"), ("CLICKHOUSE_PORT", "9000")], staging);
    assert!(native.len() == 1 && native[0].contains("native protocol; HTTP is 8123"), "{native:?}");
    let tls = told("clickhouse", &[("CLICKHOUSE_HOST", "click"), ("CLICKHOUSE_PORT", "8443")], staging);
    assert!(tls.len() == 1 && tls[0].starts_with("ENV-022 "), "{tls:?}");
    let broken = told(
        "redis",
        &[("REDIS_HOST", "clickhouse_host_url_placeholder"), ("REDIS_PORT", "tcp://10.0.0.7:6379")],
        staging,
    );
    assert_eq!(broken.iter().map(|told| &told[..7]).collect::<Vec<_>>(), ["ENV-005", "ENV-014"], "{broken:?}");
}

#[test]
fn jwt_needs_the_key_of_its_algorithm() {
    let codes = |pairs: &[(&str, &str)]| {
        run(&of_group("jwt"), pairs, Environment::Production)
            .problems
            .iter()
            .map(|p| (p.name.clone(), p.rule.code))
            .collect::<Vec<_>>()
    };
    assert_eq!(codes(&[]), [("JWT_SECRET".to_owned(), "ENV-002")]);
    assert_eq!(codes(&[("JWT_SECRET", "too-short-for-hs256")]), [("JWT_SECRET".to_owned(), "ENV-024")]);
    assert_eq!(codes(&[("JWT_ALGORITHM", "RS256")]), [("JWT_PUBLIC_KEY".to_owned(), "ENV-002")]);
    assert_eq!(codes(&[("JWT_SECRET", "0f8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c")]), []);
}

#[test]
fn what_refers_to_a_url_of_parts_gets_the_url_of_the_parts() {
    let mut schema = of_group("redis");
    let at = schema.variables.iter().position(|variable| variable.name == "REDIS_URL").unwrap();
    schema.variables[at] = schema.variables[at].clone().default("redis://fallback:6379").required(Environments::ALL);
    schema.variables.insert(0, Variable::new("BROKER", Type::url()).default("${REDIS_URL}/1"));
    let resolved = run(&schema, &[("REDIS_HOST", "cache")], Environment::Staging);
    assert_eq!(all_told(&resolved), Vec::<String>::new());
    assert_eq!(resolved.vars.text("BROKER"), Some("redis://cache:6379/1"));
    let unset = run(&schema, &[], Environment::Staging);
    assert_eq!(unset.vars.text("BROKER"), Some("redis://fallback:6379/1"), "nobody set a part: the default stays");
}

#[test]
fn a_missing_url_is_told_once_and_a_part_that_refers_to_it_is_a_ring() {
    let mut schema = of_group("postgres");
    let at = schema.variables.iter().position(|variable| variable.name == "DATABASE_URL").unwrap();
    schema.variables[at] = schema.variables[at].clone().required(Environments::ALL);
    assert_eq!(run(&schema, &[], Environment::Staging).problems.len(), 1);
    assert_eq!(run(&schema, &[("DB_HOST", "db")], Environment::Staging).problems, []);
    let ring = all_told(&run_files(&of_group("redis"), &[], &[(".env", "REDIS_HOST=${REDIS_URL}\n")]));
    assert!(ring.len() == 1 && ring[0].starts_with("ENV-039 "), "{ring:?}");
}

#[test]
fn a_url_of_parts_has_a_scheme_that_the_schema_allows() {
    let mut schema = of_group("postgres");
    let at = schema.variables.iter().position(|variable| variable.name == "DATABASE_URL").unwrap();
    schema.variables[at].kind = Type::Url { schemes: vec!["postgresql+asyncpg".into()] };
    let resolved = run(&schema, &[("DB_HOST", "db")], Environment::Staging);
    assert_eq!(
        (all_told(&resolved).len(), resolved.vars.text("DATABASE_URL")),
        (0, Some("postgresql+asyncpg://db:5432"))
    );
}
