//! What .env files, secret files and the loaders of others do to values.

use super::{
    DEPLOYED,
    told::{flat, told},
};
use crate::setup::*;
use bootproof_testkit::free_port;
use std::path::PathBuf;

#[tokio::test]
async fn b11_a_developers_dotenv_file_is_not_read_where_others_deploy_and_that_is_told() {
    let toml = "[env.DB_PASSWORD]\ntype = \"secret\"\n[env.API_URL]\ntype = \"url\"\nrequired = true\n";
    let sandbox = service(toml);
    sandbox.write(".env", "DB_PASSWORD=0f-a-devel0per\nAPI_URL=https://dev.example.com\n");
    sandbox.write(".env.local", "DB_PASSWORD=0f-a-devel0per\n");
    for environment in DEPLOYED {
        let told = told(&sandbox, environment, &[var("DB_PASSWORD", "0f-the-0perators")]).await;
        told.refuses(&[&format!("ENV-002 `API_URL` is required in {environment}, and not set")]);
        told.notes(&format!("not read in {environment}: `.env.local`, `.env` (`dotenv` in [env] would change that)"));
    }
    let home = told(&sandbox, "development", &[]).await;
    assert_eq!(home.accepts().notes, [""; 0]);
}

#[tokio::test]
async fn b11_every_value_from_a_file_is_listed_where_the_schema_lets_files_decide() {
    let sandbox = service(
        "[env]\ndotenv = true\n[env.DB_PASSWORD]\ntype = \"secret\"\n[env.API_URL]\ntype = \"url\"\n[env.LEVEL]\n",
    );
    let secret = sandbox.write("secret", "0f-a-devel0per\n");
    private(&secret);
    sandbox
        .write(".env", format!("API_URL=https://dev.example.com\nDB_PASSWORD_FILE={}\nLEVEL=info\n", secret.display()));
    for environment in DEPLOYED {
        let told = told(&sandbox, environment, &[var("LEVEL", "debug")]).await;
        told.accepts();
        assert_eq!(
            told.notes,
            [
                format!("`DB_PASSWORD` is from file {}, a file, in {environment}", secret.display()),
                format!("`API_URL` is from .env:1, a file, in {environment}"),
            ]
        );
    }
}

/// What a shell would execute, in every writing.
const COMMANDS: [&str; 4] = ["$(touch marker)", "`touch marker`", "a;touch marker", "${X:-$(touch marker)}"];

#[tokio::test]
async fn b12_commands_in_values_are_never_executed() {
    for command in COMMANDS {
        let toml = format!(
            "[env.A]\n[env.B]\n[env.C]\n[env.D]\n[env.E]\ndefault = '{command}'\n[env.F]\ntype = \"secret\"\n[command.show]\ncommand = [\"printf\", \"%s\", \"${{A}}\", \"${{B}}\"]\n"
        );
        let sandbox = service(&toml);
        sandbox.write(".env", format!("A={command}\nB=\"{command}\"\nC='{command}'\n"));
        let secret = sandbox.write("secret", command);
        private(&secret);
        let before = sandbox.files();
        for run in ["verify", "check", "plan"] {
            let vars = [var("D", command), var("F_FILE", secret.display().to_string())];
            let output = bootproof(&sandbox, "development", &[run, "-vv"]).vars(vars).run().await;
            assert!(output.stdout.len() > 200, "{}", output.stdout);
            assert_eq!(sandbox.files(), before, "`{run}` executed `{command}`");
        }
    }
    let there = service("[command.touch]\ncommand = [\"touch\", \"marker\"]\n");
    verify(&there, "development", &[], &[]).await;
    assert!(there.files().contains(&PathBuf::from("marker")), "what is declared as a command is one");
}

#[tokio::test]
async fn b12_a_raw_at_sign_in_a_password_leaks_no_tail() {
    let at = format!("127.0.0.1:{}", free_port());
    let sandbox = service(
        "[policy.development]\nretries = 0\n[policy.production]\nretries = 0\n[env.DATABASE_URL]\ntype = \"url\"\nlocalhost = true\n[env.LEVEL]\n[database.main]\nurl = \"${DATABASE_URL}\"\n[redis.cache]\nurl = \"${DATABASE_URL}\"\n\
         [http.api]\nurl = \"${DATABASE_URL}\"\n[tcp.api]\naddress = \"${DATABASE_URL}\"\n",
    );
    for url in [
        "postgres://app:he4d@t4il-0f-it@AT/x",
        "postgres://app:he4d@t4il/0f@AT/x",
        "mysql://he4d@t4il@AT",
        "redis://:he4d@t4il-0f-it@AT",
        "http://app:he4d@t4il@AT",
    ] {
        let vars = [var("DATABASE_URL", url.replace("AT", &at)), var("LEVEL", url)];
        for environment in ["development", "production"] {
            for run in [&["verify", "-vv"][..], &["check", "-vv"], &["verify", "--format", "json"], &["plan"]] {
                let output =
                    bootproof(&sandbox, environment, run).args(["--timeout", "1s"]).vars(vars.clone()).run().await;
                let all = format!("{}{}", output.stdout, output.stderr);
                assert!(!all.contains("t4il") && !all.contains("he4d"), "{url}: {all}");
            }
        }
    }
}

/// What loaders leave in a value, and the line that names it.
const TRACES: [(&str, &str); 6] = [
    ("\"p4ssw0rd-kept\"", "ENV-017 `DB_PASSWORD` stands in quotes that nothing took off"),
    ("'p4ssw0rd-kept'", "ENV-017 `DB_PASSWORD` stands in quotes that nothing took off"),
    ("p4ssw0rd-kept\r", "ENV-040 `DB_PASSWORD` ends in a carriage return, as lines of Windows files do"),
    ("p4ssw0rd-kept  ", "ENV-004 `DB_PASSWORD` begins or ends with white space"),
    ("\tp4ssw0rd-kept", "ENV-004 `DB_PASSWORD` begins or ends with white space"),
    ("\u{feff}p4ssw0rd-kept", "ENV-041 `DB_PASSWORD` begins with a byte order mark"),
];

/// A password, and an older name by which a test can tell what the password is: both must agree.
const PASSWORD: &str = "[env.DB_PASSWORD]\ntype = \"secret\"\naliases = [\"DB_PASS\"]\n";

#[tokio::test]
async fn b13_what_loaders_leave_in_a_variable_has_a_rule_each() {
    // As `docker --env-file` hands lines on: as they are.
    let sandbox = service(PASSWORD);
    for (text, line) in TRACES {
        for environment in ["development", "production"] {
            let told = told(&sandbox, environment, &[var("DB_PASSWORD", text)]).await;
            told.refuses(&[line]);
            assert!(!told.everything.contains("p4ssw0rd"), "{}", told.everything);
        }
    }
    let marked = told(&sandbox, "production", &[var("\u{feff}DB_PASSWORD", "p4ssw0rd-kept")]).await;
    marked.refuses(&["ENV-041 the name `DB_PASSWORD` begins with a byte order mark, so that nothing finds it"]);
}

#[tokio::test]
async fn b13_what_editors_leave_in_a_secret_file_has_a_rule_each() {
    let sandbox = service(PASSWORD);
    for (text, line) in TRACES {
        let file = sandbox.write("secret", format!("{text}\n"));
        private(&file);
        let file = file.display().to_string();
        let told = told(&sandbox, "production", &[var("DB_PASSWORD_FILE", &file)]).await;
        if text.ends_with('\r') {
            // Line ends of whatever system are no part of what a file holds.
            told.accepts();
        } else {
            told.refuses(&[&format!("{line} (from file {file})")]);
        }
        assert!(!told.everything.contains("p4ssw0rd"), "{}", told.everything);
    }
    for (text, refused) in [
        ("p4ssw0rd-kept", false),
        ("p4ssw0rd-kept\n", false),
        ("p4ssw0rd-kept\r\n\r\n", false),
        ("p4ssw0rd-\nkept", true),
    ] {
        private(&sandbox.write("secret", text));
        let file = sandbox.path().join("secret").display().to_string();
        let told =
            told(&sandbox, "production", &[var("DB_PASSWORD_FILE", &file), var("DB_PASS", "p4ssw0rd-kept")]).await;
        assert_eq!(told.code, if refused { 78 } else { 0 }, "{text:?}: {:?}", told.lines);
    }
}

#[tokio::test]
async fn b13_a_dotenv_file_of_any_editor_means_the_same() {
    for text in [
        "DB_PASSWORD=\"p4ss w0rd\"\r\nDB_PASS='p4ss w0rd'\r\n",
        "\u{feff}DB_PASSWORD=p4ss w0rd   \nDB_PASS=\"p4ss w0rd\"",
        "export DB_PASSWORD='p4ss w0rd' # the one of the ops\nDB_PASS = p4ss w0rd\n",
    ] {
        let sandbox = service(PASSWORD);
        sandbox.write(".env", text);
        told(&sandbox, "development", &[var("DB_PASSWORD", "p4ss w0rd")]).await.accepts();
        told(&sandbox, "development", &[]).await.accepts();
        let other = told(&sandbox, "development", &[var("DB_PASSWORD", "other w0rd")]).await;
        other.refuses(&["ENV-010 `DB_PASSWORD` and `DB_PASS` (.env:2) are both set, to different values"]);
        assert!(!flat(&other.everything).contains("w0rd"), "{}", other.everything);
    }
}

/// Lets only its owner read it.
pub(super) fn private(path: &std::path::Path) {
    mode(path, 0o600);
}

/// Sets the rights of a file.
pub(super) fn mode(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}
