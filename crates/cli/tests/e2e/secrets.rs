//! No secret reaches any output, whatever goes wrong.

mod lines;
mod places;
mod planted;
mod processes;

use crate::setup::*;
use bootproof_testkit::{Postgres, Redis, Sandbox, faults::Link, free_port};

/// Planted everywhere; none of them, nor a part, may be seen again.
const PLANTED: [&str; 4] = ["pl4nted-pa55", "pl4nted-t0ken", "pl4nted@raw", "pl4nted-inline"];

async fn outputs(sandbox: &Sandbox, vars: &[(String, String)]) -> String {
    let mut all = String::new();
    for args in [
        &["verify", "-vv"][..],
        &["verify", "--format", "json"],
        &["check", "-vv"],
        &["plan"],
        &["plan", "--format", "json"],
    ] {
        for environment in ["development", "production"] {
            let run = bootproof(sandbox, environment, args).args(["--timeout", "2s"]).vars(vars.iter().cloned());
            let output = run.run().await;
            all.push_str(&output.stdout);
            all.push_str(&output.stderr);
        }
    }
    all
}

fn assert_hidden(text: &str) {
    assert!(text.len() > 1_000, "there must be something to look through");
    for secret in PLANTED {
        let part = &secret[..8];
        let seen =
            text.lines().find(|line| line.contains(secret) || line.contains(part) && !line.contains("bootproof.toml:"));
        assert_eq!(seen, None, "`{secret}` was shown");
    }
}

fn toml(inline: &str) -> String {
    format!(
        "[env.API_TOKEN]\ntype = \"secret\"\n[env.DATABASE_URL]\ntype = \"url\"\n[env.REDIS_URL]\ntype = \"url\"\n[env.LIMIT]\ntype = \"int\"\n\
         [database.main]\nurl = \"${{DATABASE_URL}}\"\n[database.other]\nurl = \"{inline}\"\n[redis.cache]\nurl = \"${{REDIS_URL}}\"\n\
         [http.api]\nurl = \"http://u:pl4nted-pa55@127.0.0.1:{}/?token=pl4nted-t0ken\"\nrequired = false\n",
        free_port()
    )
}

#[tokio::test]
async fn planted_secrets_are_in_no_output_when_every_server_is_away() {
    let gone = free_port();
    let sandbox = service(&toml(&format!("postgres://u:pl4nted-inline@127.0.0.1:{gone}/x")));
    let vars = [
        var("API_TOKEN", "pl4nted-t0ken"),
        var("DATABASE_URL", format!("postgres://u:pl4nted@raw@127.0.0.1:{gone}/x")),
        var("REDIS_URL", format!("redis://:pl4nted-pa55@127.0.0.1:{gone}")),
        var("LIMIT", "not a number"),
    ];
    assert_hidden(&outputs(&sandbox, &vars).await);
    let good = with(&vars, "LIMIT", "5");
    assert_hidden(&outputs(&sandbox, &good).await);
}

#[tokio::test]
async fn planted_secrets_are_in_no_output_when_servers_refuse_them_or_urls_are_broken() {
    let postgres = Postgres::start_with_password("right-one").await.unwrap();
    let redis = Redis::start_with_password("right-one").await.unwrap();
    let silent = Link::silent().unwrap();
    let sandbox = service(&toml(&format!("mysql://u:pl4nted-inline@{}/x", silent.address())));
    let vars = [
        var("API_TOKEN", "pl4nted-t0ken"),
        var("DATABASE_URL", postgres.url_with("postgres", "pl4nted-pa55", "postgres")),
        var("REDIS_URL", redis.url_with("", "pl4nted-pa55", "0")),
    ];
    assert_hidden(&outputs(&sandbox, &vars).await);
    for broken in [
        "postgres://u:pl4nted@raw@[bad/x",
        "nonsense://pl4nted-pa55",
        "postgres://h/x?password=pl4nted@raw",
        "postgres://u:P0st@pl4nted-/t0ken#zzz@127.0.0.1:1/x",
        "host=h password=pl4nted-pa55",
        "postgres://u:pl4nted-pa55@127.0.0.1:99999999/x",
        "pl4nted-pa55",
    ] {
        assert_hidden(&outputs(&sandbox, &with(&vars, "DATABASE_URL", broken)).await);
    }
}

#[tokio::test]
async fn a_secret_in_a_broken_file_is_not_quoted() {
    for text in [
        "[database.main]\nurl = \"postgres://u:pl4nted-pa55@h/x\n",
        "[database.main]\nurl = 5\npasword = \"pl4nted-pa55\"\n",
    ] {
        let output = bootproof(&service(text), "development", &["verify"]).run().await;
        assert_eq!(output.status.code(), Some(78));
        assert!(!output.stdout.contains("pl4nted") && !output.stderr.contains("pl4nted"), "{}", output.stdout);
    }
}
