//! Start-up failures that really happened because of a variable, and what is said of each.

mod files;
mod sources;
mod told;

use crate::setup::*;
use std::net::TcpListener;
use told::{told, told_with};

/// The four environments.
const ALL: [&str; 4] = ["development", "test", "staging", "production"];
const DEPLOYED: [&str; 2] = ["staging", "production"];

/// Nineteen variables of a service, with their types.
const NINETEEN: [(&str, &str); 19] = [
    ("DATABASE_URL", "url"),
    ("REDIS_URL", "url"),
    ("CLICKHOUSE_URL", "url"),
    ("JWT_SECRET", "secret"),
    ("FERNET_KEY", "secret"),
    ("OAUTH_CLIENT_ID", "string"),
    ("OAUTH_CLIENT_SECRET", "secret"),
    ("SERVICE_ID", "uuid"),
    ("SERVICE_SECRET", "secret"),
    ("PUBLIC_URL", "url"),
    ("PORT", "port"),
    ("SMTP_ADDRESS", "address"),
    ("SMTP_PASSWORD", "secret"),
    ("MAIL_FROM", "email"),
    ("LOG_LEVEL", "string"),
    ("REQUEST_TIMEOUT", "duration"),
    ("MAX_UPLOAD", "bytes"),
    ("ALLOWED_HOSTS", "list"),
    ("SIGN_UP_OPEN", "bool"),
];

#[tokio::test]
async fn b01_a_service_without_any_variable_is_told_all_nineteen_in_one_report() {
    let sections = NINETEEN.map(|(name, kind)| format!("[env.{name}]\ntype = \"{kind}\"\nrequired = true\n"));
    let told = told(&service(&sections.concat()), "production", &[]).await;
    let lines = NINETEEN.map(|(name, _)| format!("ENV-002 `{name}` is required in production, and not set"));
    told.refuses(&lines.each_ref().map(String::as_str));
    assert!(told.action.contains("NAME_FILE"), "{}", told.action);
}

#[tokio::test]
async fn b02_two_names_of_one_password_that_differ_are_named_before_anything_connects() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let at = listener.local_addr().unwrap();
    let sandbox = service(&format!(
        "[env.REDIS_PASSWORD]\ntype = \"secret\"\naliases = [\"REDIS_PASS\"]\n[redis.cache]\nurl = \"redis://:${{REDIS_PASSWORD}}@{at}\"\n\
         [tcp.other]\naddress = \"{at}\"\n[database.main]\nurl = \"postgres://u:${{REDIS_PASSWORD}}@{at}/x\"\n",
    ));
    let vars = |second: &str| [var("REDIS_PASSWORD", "f1rst-w0rd"), var("REDIS_PASS", second)];
    for environment in ALL {
        let told = told(&sandbox, environment, &vars("s3cond-w0rd")).await;
        told.refuses(&["ENV-010 `REDIS_PASSWORD` and `REDIS_PASS` are both set, to different values"]);
        assert!(!told.everything.contains("w0rd"), "{}", told.everything);
        let connected = listener.accept().map(|_| ()).map_err(|error| error.kind());
        assert_eq!(connected, Err(std::io::ErrorKind::WouldBlock), "nothing may connect in {environment}");
    }
    bootproof(&sandbox, "production", &["verify", "--timeout", "1s"]).vars(vars("f1rst-w0rd")).run().await;
    assert!(listener.accept().is_ok(), "with one value for both names it connects");
}

#[tokio::test]
async fn b03_a_placeholder_and_a_blank_are_told_apart() {
    let sandbox =
        service("[env.REDIS_PASSWORD]\ntype = \"secret\"\n[env.JWT_SECRET]\ntype = \"secret\"\nrequired = true\n");
    for environment in ALL {
        let vars = [var("REDIS_PASSWORD", "REPLACE_WITH_REDIS_PASSWORD"), var("JWT_SECRET", " ")];
        let told = told(&sandbox, environment, &vars).await;
        told.refuses(&["ENV-005 `REDIS_PASSWORD` still holds a placeholder", "ENV-003 `JWT_SECRET` is set, but blank"]);
        assert!(!told.everything.contains("REPLACE_WITH"), "{}", told.everything);
    }
}

#[tokio::test]
async fn b04_a_kubernetes_service_link_is_recognised_and_the_switch_is_named() {
    let tells = "holds a Kubernetes service link, which somebody else's pod put there";
    for (declared, name) in [
        ("[env.REDIS_PORT]\ntype = \"port\"\n", "REDIS_PORT"),
        ("[env.REDIS_PORT]\ntype = \"int\"\n", "REDIS_PORT"),
        ("[env.DB_SERVER]\ntype = \"host\"\n", "DB_SERVER"),
        ("[env.DB_SERVER]\ntype = \"address\"\n", "DB_SERVER"),
    ] {
        let told = told(&service(declared), "staging", &[var(name, "tcp://10.0.0.7:6379")]).await;
        told.refuses(&[&format!("ENV-014 `{name}` {tells}")]);
        assert!(told.action.contains("enableServiceLinks: false"), "{}", told.action);
    }
    // It contradicts nothing besides: nobody of this service wrote it.
    let beside = [var("REDIS_URL", "redis://cache.example.com:6380"), var("REDIS_PORT", "tcp://10.0.0.7:6379")];
    let (grouped, line) = (service("[env]\ngroups = [\"redis\"]\n"), format!("ENV-014 `REDIS_PORT` {tells}"));
    told(&grouped, "staging", &beside).await.refuses(&[&line]);
    // Nor does it stand for what is required.
    told(&grouped, "staging", &beside[1..])
        .await
        .refuses(&["ENV-002 `REDIS_URL` is required in staging, and not set (nor `REDIS_HOST` with its parts)", &line]);
    let url = service("[env.BROKER]\ntype = \"url\"\n");
    told(&url, "staging", &[var("BROKER", "tcp://10.0.0.7:6379")]).await.accepts();
}

#[tokio::test]
async fn b05_a_reference_that_nothing_replaces_is_told_with_its_name_file_and_line() {
    let toml = "[env]\ndotenv = [\"development\", \"staging\"]\n[env.API_URL]\ntype = \"url\"\n[env.API_TOKEN]\ntype = \"secret\"\n";
    let sandbox = service(toml);
    sandbox.write(".env", "# where the API is\n\nAPI_URL=https://${API_HOST}/v1\nAPI_TOKEN=\"${VAULT_TOKEN}\"\n");
    for environment in ["development", "staging"] {
        let told = told(&sandbox, environment, &[]).await;
        told.refuses(&[
            "ENV-006 `API_URL` refers to `${API_HOST}`, which is not set (from .env:3)",
            "ENV-006 `API_TOKEN` holds a reference that cannot be replaced (from .env:4)",
        ]);
    }
    let set = [var("API_HOST", "api.example.com"), var("VAULT_TOKEN", "k3y-of-the-vault")];
    told(&sandbox, "development", &set).await.accepts();
    // In the process nothing replaces references: they are what a template forgot.
    let literal = told(&service(toml), "production", &[var("API_URL", "https://${API_HOST}/v1")]).await;
    literal.refuses(&["ENV-006 `API_URL` holds the reference `${API_HOST}`, and nothing replaced it"]);
}

#[tokio::test]
async fn b06_a_typo_in_environment_is_refused_with_the_four_values_the_nearest_first() {
    let sandbox = service("[env.AUTH_BYPASS]\ntype = \"bool\"\nforbidden = [\"production\"]\n");
    for (typo, meant) in
        [("prodution", Some("production")), ("Production", Some("production")), ("stagin", Some("staging")), ("", None)]
    {
        for command in ["verify", "check", "plan"] {
            let run = sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args([command]);
            let output = run.var("ENVIRONMENT", typo).var("AUTH_BYPASS", "true").run().await;
            assert_eq!(output.status.code(), Some(78), "`{command}` with `{typo}`: {}", output.stdout);
            let text = told::flat(&output.stdout);
            let at = |word: &str| text.find(&format!("`{word}`")).unwrap_or_else(|| panic!("no {word}: {text}"));
            if let Some(meant) = meant {
                assert!(text.contains(&format!("did you mean `{meant}`?")), "{text}");
                assert!(ALL.iter().all(|name| *name == meant || at(meant) < at(name)), "the nearest first: {text}");
            }
            assert!(ALL.iter().all(|name| at(name) > 0) && text.contains("CONF-005"), "{text}");
            assert!(!output.stderr.contains("begins"), "nothing was begun: {}", output.stderr);
        }
    }
}

#[tokio::test]
async fn b07_a_database_url_of_another_driver_is_normalised_or_refused_by_name() {
    let toml = "[env.DATABASE_URL]\ntype = \"url\"\nschemes = [\"postgres\", \"postgresql\", \"postgresql+asyncpg\"]\nlocalhost = true\n";
    let sandbox = service(toml);
    for (url, line) in [
        (
            "postgresql+asyncpg://db.example.com/app?sslmode=require",
            "ENV-042 `DATABASE_URL` has the parameter `sslmode`, which the driver of `postgresql+asyncpg` does not know; its own is `ssl`",
        ),
        (
            "postgresql://db.example.com/app?ssl-mode=required",
            "ENV-042 `DATABASE_URL` has the parameter `ssl-mode`, which the driver of `postgresql` does not know; its own is `sslmode`",
        ),
    ] {
        told(&sandbox, "production", &[var("DATABASE_URL", url)]).await.refuses(&[line]);
    }
    let mysql = told(&sandbox, "production", &[var("DATABASE_URL", "mysql://db.example.com/app")]).await;
    mysql.refuses(&[
        "ENV-009 `DATABASE_URL` is a URL of another scheme (`mysql`) than `postgres`, `postgresql` or `postgresql+asyncpg`",
    ]);
    // What other drivers call the same thing is taken for what it is.
    let postgres = bootproof_testkit::Postgres::start().await.unwrap();
    let sandbox = service(&format!("{toml}[database.main]\nurl = \"${{DATABASE_URL}}\"\n"));
    for scheme in ["postgres", "postgresql"] {
        let url = postgres.url().replacen("postgres", scheme, 1);
        let report = verify(&sandbox, "staging", &[var("DATABASE_URL", url)], &[]).await;
        assert_eq!(report.verdict("database"), "proven", "{}", report.output.stdout);
    }
}

#[tokio::test]
async fn b08_a_placeholder_for_a_host_and_tls_to_a_plaintext_port_are_named() {
    let sandbox = service("[env.CLICKHOUSE_URL]\ntype = \"url\"\nschemes = [\"http\", \"https\"]\n");
    for (url, line) in [
        ("https://clickhouse_host_url_placeholder:8443", "ENV-005 `CLICKHOUSE_URL` still holds a placeholder"),
        (
            "https://clickhouse.example.com:8123",
            "ENV-022 `CLICKHOUSE_URL` speaks TLS (`https`) to port 8123, which speaks plain text",
        ),
        (
            "http://clickhouse.example.com:8443",
            "ENV-022 `CLICKHOUSE_URL` speaks plain `http` to port 8443, which speaks TLS",
        ),
    ] {
        told(&sandbox, "development", &[var("CLICKHOUSE_URL", url)]).await.refuses(&[line]);
    }
    // The same, put together from parts.
    let parts = [var("CLICKHOUSE_HOST", "clickhouse_host_url_placeholder"), var("CLICKHOUSE_PORT", "8443")];
    let grouped = service("[env]\ngroups = [\"clickhouse\"]\n");
    told(&grouped, "production", &parts).await.refuses(&["ENV-005 `CLICKHOUSE_HOST` still holds a placeholder"]);
    let parts = with(&parts, "CLICKHOUSE_HOST", "clickhouse.example.com");
    told(&grouped, "production", &parts).await.refuses(&[
        "ENV-022 `CLICKHOUSE_URL` speaks plain `http` to port 8443, which speaks TLS (from parts CLICKHOUSE_HOST, CLICKHOUSE_HTTP_PORT)",
    ]);
    for url in ["http://clickhouse.example.com:8123", "https://clickhouse.example.com:8443"] {
        told(&sandbox, "production", &[var("CLICKHOUSE_URL", url)]).await.accepts();
    }
}

#[tokio::test]
async fn b09_localhost_is_refused_where_others_deploy_unless_it_is_declared() {
    let toml = |key: &str| {
        ["url", "host", "address", "ip"]
            .map(|kind| format!("[env.{}_HERE]\ntype = \"{kind}\"\n{key}\n", kind.to_uppercase()))
            .concat()
    };
    let vars = [
        var("URL_HERE", "redis://localhost:6379"),
        var("HOST_HERE", "LOCALHOST"),
        var("ADDRESS_HERE", "127.0.0.1:25"),
        var("IP_HERE", "::1"),
    ];
    let lines = [
        "ENV-021 `URL_HERE` leads to this very machine",
        "ENV-021 `HOST_HERE` names this very machine",
        "ENV-021 `ADDRESS_HERE` names this very machine",
        "ENV-021 `IP_HERE` names this very machine",
    ];
    for environment in DEPLOYED {
        told(&service(&toml("")), environment, &vars).await.refuses(&lines);
        told(&service(&toml("localhost = true")), environment, &vars).await.accepts();
    }
    told(&service(&toml("")), "development", &vars).await.accepts();
    let in_staging = service(&toml("localhost = [\"staging\"]"));
    told(&in_staging, "staging", &vars).await.accepts();
    told(&in_staging, "production", &vars).await.refuses(&lines);
}

#[tokio::test]
async fn b10_a_test_flag_in_production_is_fatal_whatever_it_says() {
    let sandbox = service(
        "[env.AUTH_TEST_BYPASS]\ntype = \"bool\"\naliases = [\"SKIP_AUTH\"]\nforbidden = [\"staging\", \"production\"]\n[tasks]\n",
    );
    for environment in DEPLOYED {
        for (name, value) in [("AUTH_TEST_BYPASS", "true"), ("AUTH_TEST_BYPASS", "false"), ("SKIP_AUTH", "1")] {
            let told = told(&sandbox, environment, &[var(name, value)]).await;
            told.refuses(&[&format!("ENV-020 `{name}` must not be set in {environment}")]);
        }
        told(&sandbox, environment, &[]).await.accepts();
    }
    // Graceful starts go on to find everything that is wrong; they are failed starts all the same.
    told(&sandbox, "production", &[var("SKIP_AUTH", "1"), var("GRACEFUL_STARTUP_MODE", "true")])
        .await
        .refuses(&["ENV-020 `SKIP_AUTH` must not be set in production"]);
    told(&sandbox, "test", &[var("AUTH_TEST_BYPASS", "true")]).await.accepts();
    let in_file = told_with(&sandbox, "production", &[var("AUTH_TEST_BYPASS_FILE", "/nowhere")], &[]).await;
    assert!(
        in_file.lines.contains(&"ENV-020 `AUTH_TEST_BYPASS` must not be set in production".to_owned()),
        "{:?}",
        in_file.lines
    );
}
