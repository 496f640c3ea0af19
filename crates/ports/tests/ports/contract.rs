//! The duties of every fix, for a port that stays, one that moves, and one on all addresses.

use crate::{child::Child, numbers::Row};
use bootproof_core::{Criticality, Environment, Fix, Step};
use bootproof_ports::{Host, PortSpec, PortsFix};
use bootproof_testkit::contract::{Rig, upholds_the_contract};

pub(crate) fn fix(specs: impl IntoIterator<Item = PortSpec>) -> PortsFix {
    PortsFix::new(specs.into_iter().collect(), Criticality::Required)
}

pub(crate) fn rig() -> Rig {
    Rig::new(Environment::Development)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_free_upholds_the_contract() {
    let row = Row::of(2);
    let specs = [PortSpec::new("api", row.first).variable("PORT"), PortSpec::new("web", row.last).host(Host::Any)];
    upholds_the_contract(&fix(specs), rig, async || row.sockets()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_has_to_move_upholds_the_contract() {
    let row = Row::of(3);
    let _owner = Child::listening_at(([127, 0, 0, 1], row.first).into());
    let fix = fix([PortSpec::new("api", 1).variable("PORT").range(row.first..=row.last)]);
    let number = row.first.to_string();
    upholds_the_contract(&fix, || rig().vars(&[("PORT", &number)]), async || row.sockets()).await;
}

#[tokio::test]
async fn undo_gives_the_variables_back_as_they_were() {
    let row = Row::of(2);
    let _owner = Child::listening_at(([127, 0, 0, 1], row.first).into());
    let fix = fix([PortSpec::new("api", 1).variable("PORT").range(row.first..=row.last)]);
    let rig = rig().vars(&[("PORT", &row.first.to_string()), ("OTHER", "x")]);
    let before = rig.cx(Step::Inspect).vars();
    let (_, change, _) = rig.run(&fix).await.unwrap();
    assert_ne!(before, rig.cx(Step::Inspect).vars());
    fix.undo(&rig.cx(Step::Undo), &change).await.unwrap();
    assert_eq!(before, rig.cx(Step::Inspect).vars());
    assert!(rig.cx(Step::Inspect).resolved_vars().is_none(), "nobody had resolved them");
}

#[tokio::test]
async fn undo_keeps_what_the_environment_fix_resolved() {
    let row = Row::of(1);
    let fix = fix([PortSpec::new("api", row.first).variable("PORT")]);
    let rig = rig().vars(&[("OTHER", "x")]);
    let resolved = rig.cx(Step::Apply).vars();
    rig.cx(Step::Apply).publish_vars((*resolved).clone());
    let (_, change, _) = rig.run(&fix).await.unwrap();
    assert_eq!(rig.cx(Step::Inspect).vars().text("PORT"), Some(row.first.to_string().as_str()));
    fix.undo(&rig.cx(Step::Undo), &change).await.unwrap();
    assert_eq!(rig.cx(Step::Inspect).resolved_vars(), Some(resolved));
}

#[tokio::test]
async fn nothing_declared_is_said_and_never_proven() {
    let (fix, rig) = (fix([]), rig());
    let found = fix.inspect(&rig.cx(Step::Inspect)).await.unwrap();
    assert_eq!(found, bootproof_core::Finding::NothingDeclared);
    let proof = fix.prove(&rig.cx(Step::Prove), &bootproof_core::Change::nothing()).await;
    assert_eq!(proof.unwrap_err().code, "PORT-007");
}
