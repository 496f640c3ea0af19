//! C4, C5 and C8: consumers are led to where a service is, never to who was there before, nor to a neighbour.

use crate::{neighbour::*, run::*, setup::*};
use bootproof_testkit::{Postgres, Sandbox, free_port};
use std::{fs, net::Ipv4Addr};

/// A service `users` that may move.
pub fn users(port: u16) -> String {
    format!("[service]\nname = \"users\"\n[ports.api]\nport = {port}\nhost = \"127.0.0.1\"\nscheme = \"http\"\n")
}

/// Who needs it: finds it by name, and asks it by its variable.
pub const SHOP: &str = r#"
[service]
name = "shop"
[policy.development]
retries = 0
[discover.users]
variable = "USERS_URL"
[http.users]
url = "${USERS_URL}/"
"#;

#[tokio::test]
async fn c04_consumers_of_a_port_that_moved_are_led_to_where_it_is() {
    let (state, neighbour) = (State::new(), Neighbour::anywhere("neighbour"));
    let wanted = neighbour.at.port();
    let users = Served::start(&state, &users(wanted), "users");
    assert_ne!(users.port, wanted);
    let moved = format!("http://127.0.0.1:{}", users.port);
    let listed = state.with(users.sandbox.command(env!("CARGO_BIN_EXE_bootproof"))).args(["ports", "--format", "env"]);
    let listed = listed.run().await;
    assert!(listed.stdout.contains(&format!("USERS_API_URL={moved}\n")), "{}", listed.stdout);

    let shop = service(SHOP);
    let report = verified(&state, &shop, &[], &[]).await;
    assert_eq!(
        (report.verdict("discover.users"), report.verdict("http.users"), report.code()),
        ("proven", "proven", 0)
    );
    let run = run(&shop, &[], &["sh", "-c", "echo $USERS_URL"]);
    let output = state.with(run).run().await;
    assert_eq!(output.stdout, format!("{moved}\n"), "{}", output.stderr);
    assert_eq!((answer(users.at()), neighbour.answer()), ("users".into(), "neighbour".into()));
}

#[tokio::test]
async fn c05_what_a_killed_service_published_leads_nobody_to_who_has_its_port_now() {
    let (state, shop) = (State::new(), service(SHOP));
    let port = Served::start(&state, &users(free_port()), "users").kill();
    assert!(journal(&state.folder()).contains(&format!("127.0.0.1:{port}")), "the entry is still there");
    let neighbour = Neighbour::at(Ipv4Addr::LOCALHOST, port, "neighbour");
    let report = verified(&state, &shop, &[], &[]).await;
    assert_eq!((report.problem("discover.users"), report.code()), ("DISC-001", 75), "{}", report.output.stdout);
    assert_eq!((report.verdict("http.users"), report.attempts("http.users")), ("skipped", 0));
    let listed = state.with(shop.command(env!("CARGO_BIN_EXE_bootproof"))).args(["ports"]).run().await;
    assert!(!listed.stdout.contains("users"), "{}", listed.stdout);
    drop(neighbour);
}

#[tokio::test]
async fn c05_a_corrupt_file_stops_nobody_and_is_set_aside_and_rewritten() {
    let (state, shop) = (State::new(), service(SHOP));
    drop(Served::start(&state, &users(free_port()), "users"));
    let path = state.folder().join("ports/journal");
    for corrupt in [&b"{\"v\":1,\"entry\":{\"id\"\n"[..], b"\x00\xff\xfenothing\n\n}{", b"[]\n[]\n"] {
        fs::write(&path, corrupt).unwrap();
        let report = verified(&state, &shop, &[], &[]).await;
        assert_eq!((report.problem("discover.users"), report.code()), ("DISC-001", 75), "{}", report.output.stdout);
        let users = Served::start(&state, &users(free_port()), "users");
        let report = verified(&state, &shop, &[], &[]).await;
        assert_eq!((report.verdict("discover.users"), report.code()), ("proven", 0), "{}", report.output.stdout);
        assert!(report.evidence("discover.users").contains(&format!("127.0.0.1:{}", users.port)));
        let written = journal(&state.folder());
        assert!(written.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{written}");
    }
    let aside = fs::read_dir(state.folder().join("ports")).unwrap().flatten();
    let aside = aside.filter(|file| file.file_name().to_string_lossy().starts_with("journal.corrupt-")).count();
    assert_eq!(aside, 3, "what was corrupt is kept for people");
}

#[tokio::test]
async fn c08_the_database_of_another_project_is_refused_by_its_identity_before_anything_uses_it() {
    let postgres = Postgres::start().await.expect("PostgreSQL: `cargo xtask test` installs it");
    let toml = |identity: &str| {
        format!(
            "[policy.development]\nretries = 0\n[discover.db]\nvariable = \"DATABASE_URL\"\ncheck = \"postgres\"\n\
             identity = \"{identity}\"\ndefault = \"{}\"\n[database.main]\nurl = \"${{DATABASE_URL}}\"\n",
            postgres.url()
        )
    };
    let sandbox = service(&toml("database project_b"));
    let report = verified(&State::new(), &sandbox, &[], &[]).await;
    assert_eq!((report.problem("discover.db"), report.code()), ("DISC-003", 78), "{}", report.output.stdout);
    assert_eq!((report.verdict("database"), report.verdict("database.main")), ("skipped", "skipped"));
    let output = State::new().with(run(&sandbox, &[], &["sh", "-c", "echo began"])).run().await;
    assert_eq!((output.code(), output.stdout.as_str()), (78, ""), "the program never begins: {}", output.stderr);

    let right = verified(&State::new(), &service(&toml("PostgreSQL")), &[], &[]).await;
    assert_eq!((right.verdict("discover.db"), right.verdict("database"), right.code()), ("proven", "proven", 0));
}

#[tokio::test]
async fn c08_a_neighbours_server_at_the_usual_port_is_refused_by_what_it_answers() {
    let neighbour = Neighbour::anywhere("I am project A");
    let toml = |identity: &str| {
        format!(
            "{SHOP}[discover.peer]\ncheck = \"/\"\nidentity = \"{identity}\"\ndefault = \"http://{}\"\n",
            neighbour.at
        )
    };
    let (state, sandbox) = (State::new(), Sandbox::new());
    let users = Served::start(&state, &users(free_port()), "users");
    for (identity, problem, code) in [("project B", "DISC-003", 78), ("project A", "", 0)] {
        sandbox.write("bootproof.toml", toml(identity));
        let report = verified(&state, &sandbox, &[], &[]).await;
        assert_eq!((report.problem("discover.peer"), report.code()), (problem, code), "{}", report.output.stdout);
        assert_eq!(report.verdict("discover.users"), "proven");
    }
    assert_eq!(answer(users.at()), "users");
}
