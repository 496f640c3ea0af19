//! Drafts of four small projects, each as people write them, with secrets planted in their .env and Compose files.
//!
//! `expected.toml` of each is what the draft gave when these projects were written, read through line by line.

use bootproof_core::{Environment, Vars};
use bootproof_env::{
    Sources, System, Type,
    audit::AuditError,
    dotenv_files,
    draft::{Draft, draft},
    resolve,
};
use std::{
    fs,
    path::{Path, PathBuf},
};

const PROJECTS: [&str; 4] = ["rust", "django", "next", "go"];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/draft").join(name)
}

fn drafted(name: &str) -> Draft {
    draft(&folder(name)).unwrap()
}

/// A project of these files, drafted.
fn of(files: &[(&str, &str)]) -> Draft {
    let root = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    draft(root.path()).unwrap()
}

#[test]
fn each_project_gives_the_draft_that_was_read_through() {
    for name in PROJECTS {
        let path = folder(name).join("expected.toml");
        let text = drafted(name).text;
        if std::env::var_os("BOOTPROOF_RECORD").is_some() {
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(text, fs::read_to_string(&path).unwrap_or_default(), "{name}");
        assert_eq!(text, drafted(name).text, "the same again");
    }
}

#[test]
fn nothing_of_a_private_file_and_no_secret_is_written_or_told() {
    for name in PROJECTS {
        let draft = drafted(name);
        let all = format!("{}{:?}{:?}{:?}", draft.text, draft.schema, draft.read, draft.left_out);
        assert!(all.len() > 500 && !all.contains("pl4nted"), "{name}: {all}");
        for private in ["8090", "\"3\"", "default = 3", "default.development = 3"] {
            assert!(!draft.text.contains(private), "{name}: {private}");
        }
    }
}

#[test]
fn no_draft_invents_an_error_in_development() {
    for name in PROJECTS {
        let (draft, root, nothing) = (drafted(name), folder(name), Vars::default());
        let files = dotenv_files(&root, Environment::Development);
        let resolved =
            resolve(&draft.schema, &Sources::process(&nothing).files(&files), Environment::Development, &System);
        let told: Vec<String> = resolved.errors().map(ToString::to_string).collect();
        assert_eq!(told, Vec::<String>::new(), "{name}");
        let blank = resolved.warnings().any(|problem| problem.name == "EMAIL_HOST_PASSWORD");
        assert_eq!(blank, name == "django", "a blank value is told and stops nobody");
    }
}

#[test]
fn a_group_that_the_projects_values_contradict_is_not_used() {
    // The program reads the URL; the parts are for the container of the database.
    let code = ("main.py", "import os\nos.environ['DATABASE_URL']\nos.environ.get('POSTGRES_HOST')\n");
    let env = (".env", "DATABASE_URL=postgres://u:pw-one@localhost/x\nPOSTGRES_HOST=db\n");
    let draft = of(&[code, env]);
    assert!(
        !draft.text.contains("groups")
            && draft.text.contains("[env.DATABASE_URL]")
            && draft.text.contains("[env.POSTGRES_HOST]"),
        "{}",
        draft.text
    );
    assert!(draft.text.contains("[database.main]\nurl = \"${DATABASE_URL}\""));
    assert!(draft.left_out.iter().any(|line| line.starts_with("group `postgres`")), "{:?}", draft.left_out);
    let agreeing = of(&[code, (".env", "DATABASE_URL=postgres://u:pw-one@localhost/x\n")]);
    assert!(agreeing.text.contains("groups = [{ group = \"postgres\", required = true }]"), "{}", agreeing.text);
}

#[test]
fn two_kinds_of_database_give_no_group_and_both_schemes() {
    let draft = of(&[
        ("a.py", "import os\nos.getenv('DATABASE_URL', 'sqlite:///db.sqlite3')\n"),
        (".env.example", "DATABASE_URL=postgres://localhost/x\n"),
    ]);
    let url = draft.schema.variable("DATABASE_URL").unwrap();
    assert_eq!(url.kind, Type::Url { schemes: vec!["postgres".into(), "sqlite".into()] });
    assert!(!draft.text.contains("groups") && draft.text.contains("[database.main]"));
}

#[test]
fn files_that_cannot_be_read_are_told_and_the_rest_is_drafted() {
    let draft = of(&[
        ("compose.yaml", "services:\n  a: [pl4nted\n b"),
        (".env.example", "A=1\nB=\"pl4nted\n"),
        (".env/x", ""),
        (".env.local", "not an assignment pl4nted\nC=2\n"),
    ]);
    let told = draft.left_out.join("\n");
    for part in [
        "compose.yaml: it is no Compose file that can be read (line ",
        ".env.example: line 2: ",
        ".env: it is a folder",
        ".env.local: line 1: ",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!told.contains("pl4nted") && !draft.text.contains("pl4nted"), "{told}{}", draft.text);
    assert!(draft.schema.variable("A").is_some() && draft.schema.variable("C").is_some());
}

#[test]
fn files_of_other_folders_are_not_read_for_a_compose_file() {
    let draft = of(&[
        ("compose.yaml", "services: { a: { build: ., env_file: [../other.env, ./own.env] } }"),
        ("own.env", "OWN_THING=1\n"),
    ]);
    assert!(draft.left_out.iter().any(|line| line.contains("`../other.env`")), "{:?}", draft.left_out);
    assert!(draft.schema.variable("OWN_THING").is_some());
}

#[test]
fn what_is_no_variable_of_the_service_is_left_out_with_its_reason() {
    let draft = of(&[
        ("a.sh", "echo $HOME ${DEPLOY_TARGET:?}\n"),
        (".env", "ENVIRONMENT=development\nCOMPOSE_FILE=x\nTAG=1\nOWN.NAME=2\nAPI_TOKEN_FILE=/run/x\nAPI_TOKEN=y1\n"),
        ("compose.yaml", "services: { a: { image: \"acme/a:${TAG}\" } }"),
    ]);
    let told = draft.left_out.join("\n");
    for part in [
        "`ENVIRONMENT`: bootproof reads it",
        "`TAG`: only the Compose file",
        "`OWN.NAME`: it is no name",
        "`API_TOKEN_FILE`: it names the file",
        "`HOME`: set by the system",
        "`COMPOSE_FILE`: Docker",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let names: Vec<&str> = draft.schema.variables.iter().map(|variable| variable.name.as_str()).collect();
    assert_eq!(names, ["API_TOKEN", "DEPLOY_TARGET"]);
}

#[test]
fn defaults_that_are_secrets_references_or_doubtful_are_not_written() {
    let code = "import os\nos.getenv('A_URL', 'https://u:pl4nted@h/')\nos.getenv('B_NAME', 'sk_live_51Hx8bq2eZvKYlo2C')\nos.getenv('C_TOKEN', 'pl4nted')\n\
                os.getenv('D_NAME', 'one')\nos.getenv('D_NAME', 'two')\nos.getenv('E_NAME', 'a$$c')\n";
    let draft = of(&[("a.py", code), (".env.example", "F_URL=http://${A_HOST}/x\n")]);
    for text in ["pl4nted", "sk_live", "\"one\"", "\"two\"", "A_HOST"] {
        assert!(!draft.text.contains(text), "{text}: {}", draft.text);
    }
    assert!(draft.text.contains("the code has different defaults"), "{}", draft.text);
    let resolved = resolve(&draft.schema, &Sources::process(&Vars::default()), Environment::Production, &System);
    assert_eq!(resolved.vars.text("E_NAME"), Some("a$$c"), "{:?}", resolved.problems);
}

#[test]
fn a_folder_without_anything_gives_nothing_and_no_folder_is_an_error() {
    assert!(of(&[("readme.txt", "x")]).schema.variables.is_empty());
    assert!(matches!(draft(Path::new("/nowhere/at/all")), Err(AuditError::Root { .. })));
}

#[test]
fn what_is_only_read_in_tests_or_builds_is_left_out() {
    let draft = of(&[
        ("tests/a.py", "import os\nos.environ['IN_TEST']\n"),
        ("build.rs", "fn main() { let _ = std::env::var(\"IN_BUILD\"); }\n"),
        ("src/main.rs", "fn main() { let _ = (env!(\"AT_BUILD\"), std::env::var(\"AT_RUN\")); }\n"),
    ]);
    let names: Vec<&str> = draft.schema.variables.iter().map(|variable| variable.name.as_str()).collect();
    assert_eq!(names, ["AT_RUN"]);
    let told = draft.left_out.join("\n");
    assert!(
        told.contains("`IN_TEST`: read in tests only") && told.contains("`AT_BUILD`, `IN_BUILD`: read only when"),
        "{told}"
    );
}

#[test]
fn servers_of_a_compose_file_that_no_variable_leads_to_are_told() {
    let draft = of(&[
        ("compose.yaml", "services: { a: { build: . }, db: { image: postgres }, q: { image: rabbitmq } }"),
        ("a.py", "import os\nos.getenv('LEVEL')\n"),
    ]);
    let told = draft.left_out.join("\n");
    assert!(
        told.contains("service `db` of the Compose file is a server (postgres)")
            && told.contains("service `q` of compose.yaml"),
        "{told}"
    );
    assert!(!draft.text.contains("[database") && !draft.text.contains("groups"), "{}", draft.text);
}

#[test]
fn a_section_whose_url_has_no_value_yet_is_a_comment() {
    let draft = of(&[("a.py", "import os\nos.getenv('REDIS_URL')\nos.getenv('PORT')\n")]);
    assert!(draft.text.contains("# REDIS_URL has no value in development yet: take the `#` away when it has one.\n# [redis.cache]\n# url = \"${REDIS_URL}\"\n"), "{}", draft.text);
    assert!(draft.text.contains("# [ports.main]\n# variable = \"PORT\"\n"), "{}", draft.text);
    let set = of(&[("a.py", "import os\nos.getenv('REDIS_URL')\n"), (".env", "REDIS_URL=redis://localhost\n")]);
    assert!(set.text.contains("\n[redis.cache]\nurl = \"${REDIS_URL}\"\n"), "{}", set.text);
}

#[test]
fn a_type_that_a_value_of_the_project_contradicts_is_taken_back() {
    // Seen only when references are replaced.
    let draft = of(&[("a.py", "import os\nos.getenv('SMTP_PORT')\n"), (".env", "BASE=mail\nSMTP_PORT=${BASE}-x\n")]);
    assert_eq!(draft.schema.variable("SMTP_PORT").map(|variable| &variable.kind), Some(&Type::String));
    assert!(draft.left_out.iter().any(|line| line.starts_with("`SMTP_PORT`: its value")), "{:?}", draft.left_out);
}

#[test]
fn what_is_wrong_in_a_private_file_is_told_by_its_rule_alone() {
    let draft = of(&[(".env", "API_NAME=changeme-pl4nted\nOTHER=${NOT_THERE:?pl4nted message}\n")]);
    let told = draft.left_out.join("\n");
    assert!(told.contains("to look at: `API_NAME` (.env:1): ENV-005 a placeholder was never replaced"), "{told}");
    assert!(
        told.contains("to look at: `OTHER`") && !told.contains("pl4nted") && !draft.text.contains("pl4nted"),
        "{told}"
    );
}
