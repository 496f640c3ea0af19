//! The fix `ports` with the ledger: published while it holds, struck out by undo, and well without it.

use super::Scene;
use crate::{child::Child, contract::rig};
use bootproof_core::{Criticality, Fix, Step};
use bootproof_ports::{
    Host, PortSpec, PortsFix,
    ledger::{Ledger, Service, State},
};
use bootproof_testkit::contract::upholds_the_contract;
use std::net::TcpListener;

fn fix(scene: &Scene, ledger: &Ledger) -> PortsFix {
    let spec = |name, port| PortSpec::new(name, port).host(Host::Address(scene.ip)).variable(name);
    let specs = vec![spec("API", 18_000).range(18_000..=18_009), spec("WEB", 18_001).range(18_000..=18_009)];
    PortsFix::new(specs, Criticality::Required).ledger(ledger.clone(), Service::new("chat"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "`all` runs it, in a process of its own"]
async fn with_the_ledger_the_contract_is_upheld_and_nothing_is_left_in_it() {
    let scene = Scene::new();
    let _busy = TcpListener::bind((scene.ip, 18_000)).unwrap();
    let fix = fix(&scene, &scene.ledger);
    upholds_the_contract(&fix, rig, async || format!("{:?}", scene.fresh().entries().unwrap())).await;
}

#[tokio::test]
#[ignore = "`all` runs it, in a process of its own"]
async fn all_ports_are_published_with_the_environment_until_undo() {
    let scene = Scene::new();
    let _busy = TcpListener::bind((scene.ip, 18_000)).unwrap();
    let (fix, rig) = (fix(&scene, &scene.ledger), rig());
    let (_, change, _) = rig.run(&fix).await.unwrap();
    let entries = scene.fresh().entries().unwrap();
    let seen: Vec<_> = entries.iter().map(|entry| (entry.port.as_str(), entry.number(), entry.state.clone())).collect();
    // WEB got its own number first, so API moved past it.
    assert_eq!(seen, [("API", 18_002, State::Held), ("WEB", 18_001, State::Held)]);
    assert!(entries.iter().all(|entry| entry.environment.as_deref() == Some("development")));
    fix.undo(&rig.cx(Step::Undo), &change).await.unwrap();
    assert!(scene.fresh().entries().unwrap().is_empty());
}

#[tokio::test]
#[ignore = "`all` runs it, in a process of its own"]
async fn a_ledger_that_does_not_serve_is_told_in_the_evidence_and_fails_nothing() {
    let scene = Scene::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    let (fix, rig) = (fix(&scene, &Ledger::at(file.path().join("ports"))), rig());
    rig.run(&fix).await.unwrap();
    let told = rig.evidence().iter().any(|evidence| evidence.saw.contains("not published"));
    assert!(told, "{:?}", rig.evidence());
}

#[tokio::test]
#[ignore = "`all` runs it, in a process of its own"]
async fn a_number_that_is_claimed_for_another_program_is_not_called_free_and_is_refused_alike_when_it_is_bound() {
    let scene = Scene::new();
    let mut holder = Child::start();
    assert_eq!(holder.ask(&format!("ledger reserve {} shop 8000", scene.words())), "8000");
    assert_eq!(holder.ask(&format!("ledger release {}", scene.words())), "ok");
    let spec = PortSpec::new("API", 8000).host(Host::Address(scene.ip));
    let fix = |spec: &PortSpec| {
        PortsFix::new(vec![spec.clone()], Criticality::Required).ledger(scene.fresh(), Service::new("chat"))
    };
    let (strict, rig) = (fix(&spec), rig());
    let looked = strict.inspect(&rig.cx(Step::Inspect)).await.unwrap_err();
    assert!(looked.code == "PORT-020" && looked.to_string().contains("`api` of `shop`"), "{looked}");
    let moving = fix(&spec.clone().range(8000..=8001)).inspect(&rig.cx(Step::Inspect)).await.unwrap();
    assert!(format!("{moving:?}").contains("can move within 8000-8001"), "{moving:?}");
    drop(holder);
    let free = strict.inspect(&rig.cx(Step::Inspect)).await.unwrap();
    assert!(format!("{free:?}").contains("nobody listens"), "{free:?}");
}
