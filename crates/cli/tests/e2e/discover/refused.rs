//! What cannot be found, or must not be taken, and what that means for the start.

use super::*;
use crate::run::run;
use bootproof_testkit::free_port;

#[tokio::test]
async fn an_explicit_variable_that_leads_to_nobody_fails_the_start_and_no_other_source_is_asked() {
    let (state, default) = (State::new(), Neighbour::anywhere("default"));
    let _users = Served::start(&state, &users(), "users");
    let sandbox = service(&shop(&format!("default = \"http://{}\"\n{USES}", default.at)));
    let dead = [var("USERS_URL", format!("http://127.0.0.1:{}", free_port()))];
    let report = verified(&state, &sandbox, &dead, &[]).await;
    assert_eq!((report.problem("discover.users"), report.code()), ("DISC-002", 75), "{}", report.output.stdout);
    assert_eq!((report.verdict("http.users"), report.verdict("tcp.users")), ("skipped", "skipped"));
    for source in ["local registry", "etcd", "default"] {
        assert!(!why(&report).contains(source), "{source} was asked: {}", why(&report));
    }
    let unusable = verified(&state, &sandbox, &[var("USERS_URL", "http://hunter2 hunter2")], &[]).await;
    assert_eq!((unusable.problem("discover.users"), unusable.code()), ("DISC-002", 78), "{}", unusable.output.stdout);
    assert!(!unusable.output.stdout.contains("hunter2"), "{}", unusable.output.stdout);
}

#[tokio::test]
async fn whoever_answers_with_another_identity_is_refused_wherever_he_was_named() {
    let (state, neighbour) = (State::new(), Neighbour::anywhere("I am billing"));
    let toml = shop(&format!("identity = \"I am users\"\ndefault = \"http://{}\"\n{USES}", neighbour.at));
    let sandbox = service(&toml);
    for vars in [vec![], vec![var("USERS_URL", format!("http://{}", neighbour.at))]] {
        let report = verified(&state, &sandbox, &vars, &[]).await;
        assert_eq!((report.problem("discover.users"), report.code()), ("DISC-003", 78), "{}", report.output.stdout);
        assert!(why(&report).contains("does not contain `I am users`"), "{}", why(&report));
        assert_eq!(report.verdict("http.users"), "skipped");
    }
    let _users = Served::start(&state, &users(), "I am users");
    let report = verified(&state, &sandbox, &[], &[]).await;
    assert_eq!((report.verdict("discover.users"), report.code()), ("proven", 0), "the right one is before him");
}

#[tokio::test]
async fn when_nobody_knows_it_every_source_is_told_and_only_a_required_one_fails_the_start() {
    let state = State::new();
    let dead = free_port();
    let more = |required: &str| {
        format!(
            "dns = \"no-such-host.invalid:80\"\ncompose = \"users:8080\"\ndefault = \"http://127.0.0.1:{dead}\"\n{required}\n"
        )
    };
    let report = verified(&state, &service(&shop(&more(""))), &[], &[]).await;
    assert_eq!((report.problem("discover.users"), report.code()), ("DISC-001", 75), "{}", report.output.stdout);
    let said = why(&report);
    for part in [
        "`USERS_URL`: it is not set",
        "local registry: it knows no `users`",
        "etcd: none is configured",
        "DNS `no-such-host.invalid:80`",
        "Compose port 8080 of `users`",
        "declared default: 127.0.0.1",
    ] {
        assert!(said.contains(part), "`{part}` is missing in {said}");
    }
    let output = state.with(run(&service(&shop(&more(""))), &[], &["echo", "began"])).run().await;
    assert_eq!((output.code(), output.stdout.as_str()), (75, ""), "{}", output.stderr);

    let sandbox = service(&shop(&more("required = false")));
    let report = verified(&state, &sandbox, &[], &[]).await;
    assert_eq!((report.problem("discover.users"), report.code()), ("DISC-001", 0), "{}", report.output.stdout);
    let output = state.with(run(&sandbox, &[], &["sh", "-c", "echo began ${USERS_URL-without}"])).run().await;
    assert_eq!((output.code(), output.stdout.as_str()), (0, "began without\n"), "{}", output.stderr);
}

#[tokio::test]
async fn a_redis_that_is_not_found_still_falls_back() {
    let toml = "[redis.cache]\nurl = \"${REDIS_URL}\"\nuse = \"cache\"\n\
                [discover.r]\nvariable = \"REDIS_URL\"\ncheck = \"redis\"\nrequired = false\n";
    let vars = [var("REDIS_URL", format!("redis://127.0.0.1:{}", free_port()))];
    let report = verify(&service(toml), "development", &vars, &[]).await;
    assert_eq!((report.verdict("discover.r"), report.problem("discover.r")), ("failed", "DISC-002"));
    assert_eq!((report.verdict("redis"), report.code()), ("degraded", 0), "{}", report.output.stdout);
}
