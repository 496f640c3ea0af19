//! Every source answers when those before it do not, and the report says which one it was.

use super::*;
use crate::run::run;
use std::net::SocketAddr;

/// A Compose file whose `users` publishes `port`.
fn compose(port: u16) -> String {
    format!("services:\n  users:\n    image: users\n    ports:\n      - \"127.0.0.1:{port}:8080\"\n")
}

/// That `says` answered, with `at`, and that the variable led the others there.
fn answered(report: &Report, at: SocketAddr, says: &str) {
    let expected = format!("http://{at}, says {says}");
    assert_eq!(identity(report), expected, "{}", report.output.stdout);
    for user in ["http.users", "tcp.users"] {
        assert_eq!(report.verdict(user), "proven", "{user}: {}", report.output.stdout);
    }
    assert_eq!(report.code(), 0);
}

#[tokio::test]
async fn each_source_answers_when_those_before_it_do_not_and_the_variable_leads_there() {
    let [explicit, dns, published, default] = ["variable", "dns", "compose", "default"].map(Neighbour::anywhere);
    let state = State::new();
    let local = Served::start(&state, &users(), "local");
    let sandbox = Sandbox::new();
    let asks = |dns_line: String| {
        let more = format!("{dns_line}\ncompose = \"users:8080\"\ndefault = \"http://{}\"\n{USES}", default.at);
        shop(&more).replace("check = \"/\"", "check = \"tcp\"")
    };
    sandbox.write("compose.yaml", compose(published.at.port()));
    sandbox.write("bootproof.toml", asks(format!("dns = \"localhost:{}\"", dns.at.port())));

    let set = [var("USERS_URL", format!("http://{}", explicit.at))];
    answered(&verified(&state, &sandbox, &set, &[]).await, explicit.at, "variable `USERS_URL`");
    answered(&verified(&state, &sandbox, &[], &[]).await, local.at(), "local registry");
    drop(local);
    let by_dns = verified(&state, &sandbox, &[], &[]).await;
    let name = format!("localhost:{}", dns.at.port());
    assert_eq!(identity(&by_dns), format!("http://{name}, says DNS `{name}`"), "{}", by_dns.output.stdout);
    assert_eq!((by_dns.verdict("http.users"), by_dns.code()), ("proven", 0));
    let evidence = by_dns.evidence("discover.users");
    for passed in
        ["variable `USERS_URL`: it is not set", "local registry: it knows no `users`", "etcd: none is configured"]
    {
        assert!(evidence.contains(passed), "`{passed}` is missing in {evidence}");
    }
    drop(dns);
    answered(&verified(&state, &sandbox, &[], &[]).await, published.at, "Compose port 8080 of `users`");
    drop(published);
    answered(&verified(&state, &sandbox, &[], &[]).await, default.at, "declared default");
}

#[tokio::test]
async fn a_blank_variable_is_none_and_the_program_gets_what_was_found_as_its_value() {
    let state = State::new();
    let users = Served::start(&state, &users(), "users");
    let sandbox = service(&shop(USES));
    let program = run(&sandbox, &[], &["sh", "-c", "echo $USERS_URL"]);
    let output = state.with(program).var("USERS_URL", "  ").run().await;
    assert_eq!(output.stdout, format!("http://{}\n", users.at()), "{}", output.stderr);
    let told = state.with(run(&sandbox, &["-v"], &["true"])).run().await.stderr;
    let told = told.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("says local registry"), "{told}");
}

#[tokio::test]
async fn a_stale_entry_of_a_killed_owner_is_passed_over_and_the_next_source_answers() {
    let (state, default) = (State::new(), Neighbour::anywhere("default"));
    let port = Served::start(&state, &users(), "users").kill();
    assert!(journal(&state.folder()).contains(&port.to_string()));
    let sandbox = service(&shop(&format!("default = \"http://{}\"\n{USES}", default.at)));
    answered(&verified(&state, &sandbox, &[], &[]).await, default.at, "declared default");
}

#[tokio::test]
async fn the_port_of_a_service_with_several_has_to_be_said_and_another_environment_is_not_seen() {
    let state = State::new();
    let other = bootproof_testkit::free_port();
    let two = format!("{}[ports.admin]\nport = {other}\nhost = \"127.0.0.1\"\n", users());
    let users = Served::start(&state, &two, "users");
    let report = verified(&state, &service(&shop("")), &[], &[]).await;
    assert_eq!(report.problem("discover.users"), "DISC-001");
    assert!(why(&report).contains("has several ports there (`admin`, `api`), say which"), "{}", why(&report));
    let report = verified(&state, &service(&shop(&format!("port = \"api\"\n{USES}"))), &[], &[]).await;
    answered(&report, users.at(), "local registry");
    let sandbox = service(&shop("port = \"api\""));
    let staging = state.with(bootproof(&sandbox, "staging", &["verify", "--format", "json"]));
    let report = Report::of(staging.args(["--timeout", "2s"]).run().await);
    assert!(why(&report).contains("it knows no `users`"), "{}", report.output.stdout);
}
