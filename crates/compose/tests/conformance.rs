//! What we read of a project is what Docker Compose reads of it, on every project in `conformance/`.
//!
//! The answers were recorded from a real `docker-compose config` by `cargo xtask compose`. Where one is at hand
//! (`$DOCKER_COMPOSE`,
//! or on the path), it is asked as well.

mod peer;

use peer::{Case, Peer, cases};
use serde_json::{Value, to_string_pretty};

/// Fewer would mean that projects got lost.
const AT_LEAST: usize = 50;

fn differences(answer: impl Fn(&Case) -> Value) -> Vec<String> {
    let cases = cases();
    assert!(cases.len() >= AT_LEAST, "{} projects", cases.len());
    let mut all = vec![];
    for case in &cases {
        let (ours, theirs) = (case.ours(), answer(case));
        let agree = case.agree(&ours, &theirs);
        if agree == case.differs.is_some() {
            let pretty = |value: &Value| to_string_pretty(value).unwrap();
            all.push(format!(
                "{} ({})\nours:   {}\ntheirs: {}",
                case.name,
                case.purpose,
                pretty(&ours),
                pretty(&theirs)
            ));
        }
    }
    all
}

#[test]
fn each_project_is_read_as_the_recorded_compose_read_it() {
    let found = differences(Case::recorded);
    assert!(found.is_empty(), "{} differ:\n{}", found.len(), found.join("\n\n"));
}

#[test]
fn each_project_is_read_as_the_compose_at_hand_reads_it() {
    // Without one, the recorded answers are all there is.
    let Some(peer) = Peer::find() else { return };
    let found = differences(|case| peer.answer(case));
    assert!(found.is_empty(), "{} differ from {}:\n{}", found.len(), peer.version, found.join("\n\n"));
}

#[test]
#[should_panic(expected = "$DOCKER_COMPOSE is `no-such-docker-compose`")]
fn a_compose_that_was_named_and_is_broken_is_no_silent_skip() {
    Peer::given("no-such-docker-compose");
}

#[test]
fn each_refusal_has_the_code_that_its_project_names() {
    let mut wrong = vec![];
    for case in cases() {
        let ours = case.ours();
        let told = ours.get("refused").and_then(Value::as_array).cloned().unwrap_or_default();
        let codes: Vec<&str> = told.iter().filter_map(|text| text.as_str()?.split(':').next()).collect();
        if codes != case.codes {
            wrong.push(format!("{}: {:?}, not {codes:?}: {ours:#}", case.name, case.codes));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
