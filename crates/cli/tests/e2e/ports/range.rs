//! Where a port without a range of its own may go: the range of the environment, the same number at the next start.

use crate::{neighbour::*, setup::*};
use bootproof_testkit::{Sandbox, port::Lease};
use serde_json::Value;
use std::net::Ipv4Addr;

/// Wants the neighbour's port; `more` stands in its section, `policy` before it.
fn wants(neighbour: &Neighbour, policy: &str, more: &str) -> String {
    let port = neighbour.at.port();
    format!(
        "{policy}\n[service]\nname = \"ranged\"\n[ports.api]\nport = {port}\nhost = \"127.0.0.1\"\nvariable = \"API_PORT\"\n{more}\n"
    )
}

/// A start in `environment`: its report, and the number that the program of another one is told.
async fn start(state: &State, environment: &str, toml: &str) -> (Report, Option<u16>) {
    again(state, environment, &service(toml)).await
}

/// The same of a project that is there already: what is remembered is remembered for its folder.
async fn again(state: &State, environment: &str, sandbox: &Sandbox) -> (Report, Option<u16>) {
    let witness = ["run", "-q", "--env", environment, "--", "sh", "-c", "echo $API_PORT"];
    let output = state.with(sandbox.command(env!("CARGO_BIN_EXE_bootproof"))).args(witness).run().await;
    let verify = state.with(bootproof(sandbox, environment, &["verify", "--format", "json"])).run().await;
    (Report::of(verify), output.stdout.trim().parse().ok())
}

#[tokio::test]
async fn a_busy_port_without_a_range_moves_into_that_of_its_environment() {
    let neighbour = Neighbour::anywhere("neighbour");
    for (environment, range) in
        [("development", 17_000..=17_999), ("test", 18_000..=18_999), ("staging", 19_000..=19_999)]
    {
        let (report, number) = start(&State::new(), environment, &wants(&neighbour, "", "")).await;
        assert!(number.is_some_and(|number| range.contains(&number)), "{environment}: {number:?}");
        assert_eq!(report.code(), 0, "{}", report.output.stdout);
        let evidence = report.evidence("ports");
        let told = format!("moved from {}, held by `perl neighbour.pl", neighbour.at.port());
        assert!(evidence.contains(&told), "{evidence}");
    }
}

#[tokio::test]
async fn a_moved_port_comes_back_to_the_number_it_had_although_lower_ones_are_free_again() {
    let neighbour = Neighbour::anywhere("neighbour");
    let (low, high) = pair();
    let lower = Neighbour::at(Ipv4Addr::LOCALHOST, low.port(), "lower");
    let policy = format!("[policy.development]\nport_range = \"{}-{}\"", low.port(), high.port());
    let (state, sandbox) = (State::new(), service(&wants(&neighbour, &policy, "")));
    assert_eq!(again(&state, "development", &sandbox).await.1, Some(high.port()));
    drop(lower);
    for _ in 0..3 {
        assert_eq!(again(&state, "development", &sandbox).await.1, Some(high.port()), "the number that it had");
    }
    let fresh = again(&State::new(), "development", &sandbox).await.1;
    assert_eq!(fresh, Some(low.port()), "who remembers nothing gets the first one");
    let wanted = neighbour.at.port();
    drop(neighbour);
    assert_eq!(again(&state, "development", &sandbox).await.1, Some(wanted), "what is wanted comes first");
}

/// Two free ports in a row.
fn pair() -> (Lease, Lease) {
    let mut taken: Vec<Lease> = vec![];
    loop {
        let lease = Lease::take().unwrap();
        if let Some(n) = taken.iter().position(|other| other.port().abs_diff(lease.port()) == 1) {
            let other = taken.swap_remove(n);
            return if other.port() < lease.port() { (other, lease) } else { (lease, other) };
        }
        taken.push(lease);
    }
}

#[tokio::test]
async fn in_production_and_where_it_is_switched_off_a_busy_port_is_refused_with_its_owner() {
    let neighbour = Neighbour::anywhere("neighbour");
    let off = "[policy.development]\nport_range = false";
    for (environment, policy) in [("production", ""), ("development", off)] {
        let (report, number) = start(&State::new(), environment, &wants(&neighbour, policy, "")).await;
        assert_eq!((report.problem("ports"), report.code(), number), ("PORT-002", 1, None), "{environment}");
        let told = report.fix("ports")["diagnosis"].to_string();
        assert!(told.contains(&format!("pid {}", neighbour.pid())), "{told}");
    }
}

#[tokio::test]
async fn a_range_that_is_declared_for_production_is_used_there() {
    let neighbour = Neighbour::anywhere("neighbour");
    let free = bootproof_testkit::free_port();
    for (policy, more) in [
        ("", format!("range = \"{free}-{free}\"")),
        (&*format!("[policy.production]\nport_range = \"{free}-{free}\""), String::new()),
    ] {
        let (report, number) = start(&State::new(), "production", &wants(&neighbour, policy, &more)).await;
        assert_eq!((number, report.code()), (Some(free), 0), "{}", report.output.stdout);
    }
}

#[tokio::test]
async fn a_strict_port_is_refused_in_every_environment_whatever_range_there_is() {
    let neighbour = Neighbour::anywhere("neighbour");
    for environment in ["development", "test", "staging", "production"] {
        let policy = format!("[policy.{environment}]\nport_range = \"17000-17999\"");
        let (report, number) = start(&State::new(), environment, &wants(&neighbour, &policy, "strict = true")).await;
        assert_eq!((report.problem("ports"), report.code(), number), ("PORT-002", 1, None), "{environment}");
        assert_eq!(report.fix("ports")["evidence"].as_array().map(|all| all.iter().any(moved)), Some(false));
    }
}

fn moved(evidence: &Value) -> bool {
    evidence["saw"].as_str().is_some_and(|saw| saw.contains("moved"))
}

#[tokio::test]
async fn any_port_is_one_of_the_systems_choice_and_not_the_first_of_the_range() {
    let toml = "[service]\nname = \"any\"\n[ports.api]\nport = 0\nhost = \"127.0.0.1\"\nvariable = \"API_PORT\"\n";
    let (report, number) = start(&State::new(), "development", toml).await;
    assert!(number.is_some_and(|number| !(17_000..=17_999).contains(&number)), "{number:?}");
    assert_eq!(report.code(), 0, "{}", report.output.stdout);
}
