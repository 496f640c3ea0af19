//! A login in a default or a variable reaches who needs it, and nobody else's eyes.

use super::*;
use crate::run::run;
use bootproof_testkit::{Redis, free_port};

const PLANTED: &str = "correct-horse-9";

#[tokio::test]
async fn a_login_in_a_default_or_a_variable_is_handed_on_and_never_shown() {
    let (state, neighbour) = (State::new(), Neighbour::anywhere("users"));
    let url = |port: u16| format!("http://me:{PLANTED}@127.0.0.1:{port}");
    let (alive, dead) = (url(neighbour.at.port()), url(free_port()));
    for (default, vars) in [
        (&alive, vec![]),
        (&dead, vec![]),
        (&alive, vec![var("USERS_URL", &dead)]),
        (&dead, vec![var("USERS_URL", &alive)]),
    ] {
        let sandbox = service(&shop(&format!("default = \"{default}\"\n{USES}")));
        for command in [
            &["verify", "-v"][..],
            &["verify", "--format", "json"],
            &["check", "-v"],
            &["plan"],
            &["plan", "--format", "json"],
            &["env"],
        ] {
            let run = state.with(bootproof(&sandbox, "development", command)).vars(vars.clone());
            let output = run.run().await;
            let all = format!("{}{}", output.stdout, output.stderr);
            assert!(!all.contains(PLANTED) && !all.is_empty(), "{command:?}: {all}");
        }
    }
    let sandbox = service(&shop(&format!("default = \"{alive}\"\n")));
    let output = state.with(run(&sandbox, &["-v"], &["sh", "-c", "echo $USERS_URL"])).run().await;
    assert_eq!(output.stdout, format!("{alive}\n"), "{}", output.stderr);
    assert!(!output.stderr.contains(PLANTED), "{}", output.stderr);
}

#[tokio::test]
async fn a_password_that_a_protocol_refuses_is_not_told_either() {
    let redis = Redis::start().await.expect("Redis: `cargo xtask test` installs it");
    let default = format!("redis://:{PLANTED}@127.0.0.1:{}", redis.port());
    let toml = format!(
        "[policy.development]\nretries = 0\n[discover.cache]\nvariable = \"REDIS_URL\"\ncheck = \"redis\"\ndefault = \"{default}\"\n"
    );
    let report = verified(&State::new(), &service(&toml), &[], &[]).await;
    assert_ne!(report.code(), 0, "it asks for no password: {}", report.output.stdout);
    let all = format!("{}{}", report.output.stdout, report.output.stderr);
    assert!(!all.contains(PLANTED), "{all}");
}
