//! `[compose] plan = true`: the services of a Compose project are asked as services of the plan, in the order of `depends_on`.

use crate::setup::*;
use bootproof_testkit::{Postgres, Redis, free_port};
use std::net::TcpListener;

const TOML: &str = "[service]\nname = \"shop\"\n[compose]\nplan = true\n";

#[tokio::test]
async fn services_are_asked_in_their_protocols_with_their_logins_and_in_their_order() {
    let (redis, postgres) = (Redis::start().await.unwrap(), Postgres::start().await.unwrap());
    let web = TcpListener::bind("127.0.0.1:0").unwrap();
    let web = web.local_addr().unwrap();
    let sandbox = service(TOML);
    let compose = format!(
        "services:\n  web:\n    image: shop\n    ports: [\"127.0.0.1:{}:80\"]\n    depends_on: [worker]\n  worker:\n    image: shop\n    \
         depends_on: [db, cache]\n  db:\n    image: postgres:15\n    ports: [\"127.0.0.1:{}:5432\"]\n    environment:\n      \
         POSTGRES_PASSWORD: hunter$$2-secret\n  cache:\n    image: redis:7\n    ports: [\"127.0.0.1:{}:6379\"]\n",
        web.port(),
        postgres.port(),
        redis.port()
    );
    sandbox.write("compose.yaml", &compose);
    let report = verify(&sandbox, "development", &[], &[]).await;
    for (id, identity) in [("compose.db", "PostgreSQL"), ("compose.cache", "Redis"), ("compose.web", "")] {
        assert_eq!(report.verdict(id), "proven", "{id}: {}", report.output.stdout);
        assert!(report.output.stdout.contains(identity), "{}", report.output.stdout);
    }
    assert_eq!(report.code(), 0);
    assert!(report.output.stdout.contains("nothing is asked of `worker`"), "{}", report.output.stdout);
    assert!(!format!("{}{}", report.output.stdout, report.output.stderr).contains("hunter"), "no secret is told");
    let plan = bootproof(&sandbox, "development", &["plan", "--format", "mermaid"]).run().await;
    let edges = plan.stdout.lines().filter(|line| line.contains("-->") || line.contains("-.->")).count();
    assert!(edges >= 5, "web waits for what its worker waits for: {}", plan.stdout);
}

#[tokio::test]
async fn what_is_away_is_told_and_who_waits_for_it_is_not_asked() {
    let sandbox = service(TOML);
    let compose = format!(
        "services:\n  web:\n    image: shop\n    ports: [\"127.0.0.1:{}:80\"]\n    depends_on: [cache]\n  cache:\n    image: redis:7\n    \
         ports: [\"127.0.0.1:{}:6379\"]\n",
        free_port(),
        free_port()
    );
    sandbox.write("compose.yaml", &compose);
    let report = verify(&sandbox, "development", &[], &["--timeout", "3s"]).await;
    assert_eq!((report.verdict("compose.cache"), report.verdict("compose.web")), ("failed", "skipped"));
    assert_eq!(report.code(), 75, "{}", report.output.stdout);
}

#[tokio::test]
async fn a_project_that_cannot_be_read_or_waits_in_a_ring_is_refused_before_anything_runs() {
    let sandbox = service(TOML);
    let missing = verify(&sandbox, "development", &[], &[]).await;
    assert!(missing.code() == 78 && missing.output.stdout.contains("COMPOSE-001"), "{}", missing.output.stdout);
    let ring = "services:\n  a:\n    image: x\n    depends_on: [b]\n  b:\n    image: x\n    depends_on: [a]\n";
    sandbox.write("compose.yaml", ring);
    let ring = verify(&sandbox, "development", &[], &[]).await;
    assert!(ring.code() == 78 && ring.output.stdout.contains("COMPOSE-009"), "{}", ring.output.stdout);
}

#[tokio::test]
async fn a_one_shot_is_asked_of_the_docker_client_and_is_unknown_without_its_engine() {
    let sandbox = service(TOML);
    let web = TcpListener::bind("127.0.0.1:0").unwrap();
    let compose = format!(
        "name: shop\nservices:\n  web:\n    image: shop\n    ports: [\"127.0.0.1:{}:80\"]\n    depends_on:\n      migrate:\n        \
         condition: service_completed_successfully\n  migrate:\n    image: shop\n",
        web.local_addr().unwrap().port()
    );
    sandbox.write("compose.yaml", &compose);
    // No engine runs where the tests run: the client is a script that answers in the real one's format.
    let folder = sandbox.path().display().to_string();
    for (status, verdict, code) in
        [("Exited (0) 1 second ago", "proven", 0), ("Exited (3) 1 second ago", "failed", 1), ("Created", "failed", 75)]
    {
        let line = format!("shop-migrate-1\\texited\\tshop\\tmigrate\\t{folder}\\t\\t\\t{status}");
        let path = docker(&sandbox, &format!("printf '{line}\\n'"));
        let report = verify(&sandbox, "development", &[var("PATH", path)], &["--timeout", "3s"]).await;
        assert_eq!((report.verdict("compose.migrate"), report.code()), (verdict, code), "{}", report.output.stdout);
    }
    let path = docker(&sandbox, "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
    let silent = verify(&sandbox, "development", &[var("PATH", path)], &["--timeout", "3s"]).await;
    assert_eq!(silent.problem("compose.migrate"), "COMPOSE-040", "{}", silent.output.stdout);
}

/// A `docker` client that does `script`, first on the path.
fn docker(sandbox: &bootproof_testkit::Sandbox, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    sandbox.write("bin/docker", format!("#!/bin/sh\n{script}\n"));
    let file = sandbox.path().join("bin/docker");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", sandbox.path().join("bin").display())
}
