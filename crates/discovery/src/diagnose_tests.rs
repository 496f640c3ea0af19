//! Every diagnosis names its cause and the next step.

use super::*;
use crate::{PassedOver, Source};
use bootproof_core::Cause;

fn endpoint() -> String {
    "http://etcd:2379".into()
}

fn not_found(reason: Reason) -> Diagnosis {
    let passed = PassedOver { source: Source::Etcd, why: "it knows no `users`".into(), another: false };
    NotFound { name: "users".into(), reason, passed_over: vec![passed] }.diagnosis()
}

fn all() -> Vec<Diagnosis> {
    let explicit =
        |unusable| Reason::Explicit { variable: "USERS_URL".into(), why: "10.0.0.1:80 is dead".into(), unusable };
    let away = || EtcdError::Away { tried: vec![(endpoint(), "refused".into())] };
    let said = String::from("no");
    vec![
        not_found(Reason::Nowhere),
        not_found(explicit(true)),
        not_found(explicit(false)),
        not_found(Reason::Another),
        not_found(Reason::Declared("its name is empty".into())),
        away().diagnosis(),
        EtcdError::Login { endpoint: endpoint(), said: said.clone() }.diagnosis(),
        EtcdError::Forbidden { endpoint: endpoint(), said: said.clone() }.diagnosis(),
        EtcdError::NotEtcd { endpoint: endpoint(), said: said.clone() }.diagnosis(),
        EtcdError::Refused { endpoint: endpoint(), code: 8, said }.diagnosis(),
        Standing::OutOfTouch { lease: 1, why: away(), expired: true }.diagnosis().unwrap(),
        Strange { key: "/k".into(), why: "no JSON".into() }.diagnosis(),
        unreachable("127.0.0.1:80", "loopback"),
    ]
}

#[test]
fn every_code_is_made_and_every_diagnosis_is_enough_to_act_on() {
    let mut made: Vec<_> = all().iter().map(|diagnosis| diagnosis.code).collect();
    made.sort_unstable();
    made.dedup();
    assert_eq!(made, CODES.iter().map(|(code, _)| *code).collect::<Vec<_>>());
    for diagnosis in all() {
        assert!(!diagnosis.action.is_empty() && !diagnosis.now.is_empty(), "{diagnosis}");
    }
}

#[test]
fn what_time_cures_is_away_and_what_it_does_not_is_the_configuration() {
    for diagnosis in all() {
        let away = matches!(diagnosis.code, "DISC-001" | "DISC-004" | "DISC-009" | "DISC-011");
        let dead = diagnosis.code == "DISC-002" && diagnosis.what.ends_with("nobody is there");
        assert_eq!(diagnosis.cause == Cause::Away, away || dead, "{diagnosis}");
    }
}

#[test]
fn a_search_that_failed_tells_what_each_source_said() {
    let text = not_found(Reason::Nowhere).to_string();
    assert!(
        text.starts_with("DISC-001: no source knows a living `users`\n  why    etcd: it knows no `users`"),
        "{text}"
    );
}
