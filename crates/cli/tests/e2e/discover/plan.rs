//! Finding as a part of the plan: who waits for it, and what switches it off.

use super::*;
use serde_json::Value;

/// What the node `id` of a plan waits for.
fn needs(plan: &Value, id: &str) -> Vec<String> {
    let nodes = plan["nodes"].as_array().unwrap();
    let node = nodes.iter().find(|node| node["id"] == id).unwrap_or_else(|| panic!("no {id} in {plan}"));
    node["needs"].as_array().unwrap().iter().map(|need| need["id"].as_str().unwrap().to_owned()).collect()
}

const EVERYTHING: &str = r#"
[discover.db]
variable = "DATABASE_URL"
check = "postgres"
[discover.behind]
default = "${USERS_URL}"
[discover.unused]
[database.main]
url = "${DATABASE_URL}"
[redis.cache]
url = "redis://${USERS_URL}"
use = "cache"
[clickhouse.analytics]
url = "${USERS_URL}"
[http.users]
url = "${USERS_URL}/"
[http.other]
url = "http://127.0.0.1:1/"
[tcp.users]
address = "${USERS_URL}"
[command.users]
command = ["echo", "${USERS_URL}"]
[discovery]
etcd = ["http://127.0.0.1:1"]
"#;

#[tokio::test]
async fn the_plan_shows_that_everything_waits_for_what_finds_its_variables() {
    let sandbox = service(&shop(EVERYTHING));
    let output = bootproof(&sandbox, "development", &["plan", "--format", "json"]).run().await;
    assert_eq!(output.code(), 0, "{}", output.stdout);
    let plan: Value = serde_json::from_str(&output.stdout).unwrap();
    let users = "discover.users".to_owned();
    for id in
        ["redis.cache", "redis", "clickhouse.analytics", "http.users", "tcp.users", "command.users", "discover.behind"]
    {
        assert!(needs(&plan, id).contains(&users), "{id} waits for {:?}", needs(&plan, id));
    }
    for id in ["database", "database.main"] {
        assert!(needs(&plan, id).contains(&"discover.db".to_owned()), "{id} waits for {:?}", needs(&plan, id));
    }
    for id in ["discover.users", "discover.unused", "http.other", "discovery.etcd", "ports"] {
        let needs = needs(&plan, id);
        assert!(!needs.iter().any(|need| need.starts_with("discover.")), "{id} waits for {needs:?}");
    }
    for (format, edge) in [("mermaid", "-->"), ("dot", "->")] {
        let drawn = bootproof(&sandbox, "development", &["plan", "--format", format]).run().await.stdout;
        assert!(drawn.contains("discover.users") && drawn.contains(edge), "{drawn}");
    }
}

#[tokio::test]
async fn what_refers_to_each_other_in_a_ring_is_refused_with_the_ring_before_anything_runs() {
    let ring =
        "[discover.a]\nvariable = \"A\"\ndefault = \"${B}\"\n[discover.b]\nvariable = \"B\"\ndefault = \"${A}\"\n";
    let output = bootproof(&service(ring), "development", &["verify"]).run().await;
    assert_eq!(output.code(), 78, "{}", output.stdout);
    assert!(output.stdout.contains("discover.a") && output.stdout.contains("discover.b"), "{}", output.stdout);
}

#[tokio::test]
async fn a_command_and_a_second_search_use_what_the_first_one_found() {
    let state = State::new();
    let users = Served::start(&state, &users(), "users");
    let command =
        format!("[command.told]\ncommand = [\"test\", \"${{USERS_URL}}\", \"=\", \"http://{}\"]\n", users.at());
    let behind = "[discover.behind]\nvariable = \"BEHIND\"\ndefault = \"${USERS_URL}\"\n";
    let report = verified(&state, &service(&shop(&format!("{behind}{command}"))), &[], &[]).await;
    assert_eq!((report.verdict("discover.behind"), report.verdict("command.told")), ("proven", "proven"));
    assert_eq!(report.code(), 0);
}

#[tokio::test]
async fn only_and_skip_switch_finding_off_with_the_reason_but_not_what_the_wanted_fix_refers_to() {
    let state = State::new();
    let etcd = "[discovery]\netcd = [\"http://127.0.0.1:1\"]\n";
    let sandbox = service(&shop(&format!("{USES}{etcd}")));
    let report = verified(&state, &sandbox, &[], &["--only", "ports"]).await;
    for id in ["discover.users", "http.users", "discovery.etcd"] {
        assert_eq!((report.verdict(id), report.attempts(id)), ("skipped", 0));
        assert!(report.service(id)["skipped"].to_string().contains("--only ports"), "{}", report.output.stdout);
    }
    let redis = bootproof_testkit::Redis::start().await.expect("Redis: `cargo xtask test` installs it");
    let toml = format!(
        "[discover.cache]\nvariable = \"REDIS_URL\"\ncheck = \"redis\"\ndefault = \"{}\"\n[discover.other]\n\
         [redis.cache]\nurl = \"${{REDIS_URL}}\"\nuse = \"cache\"\n",
        redis.url()
    );
    let report = verified(&state, &service(&toml), &[], &["--only", "redis"]).await;
    assert_eq!((report.verdict("discover.cache"), report.verdict("redis")), ("proven", "proven"));
    assert_eq!((report.verdict("discover.other"), report.code()), ("skipped", 0));
}

#[tokio::test]
async fn check_finds_as_verify_does_and_leaves_nothing_behind() {
    let state = State::new();
    let users = Served::start(&state, &users(), "users");
    let before = journal(&state.folder());
    let sandbox = service(&shop(USES));
    let check = state.with(bootproof(&sandbox, "development", &["check", "--format", "json"]));
    let report = Report::of(check.run().await);
    assert_eq!(identity(&report), format!("http://{}, says local registry", users.at()));
    assert_eq!((report.verdict("http.users"), report.code()), ("proven", 0), "{}", report.output.stdout);
    assert_eq!((journal(&state.folder()), sandbox.files().len()), (before, 1));
}
