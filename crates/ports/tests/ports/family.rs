//! A machine without IPv6 is a fact; one whose loopback is down proves nothing. Each in a network of its own.

use crate::{
    child::Child,
    contract::{fix, rig},
};
use bootproof_core::{Fix, Step};
use bootproof_ports::{Host, PortSpec};

/// Inspects, applies and proves, in the child; tells how far it came and what was seen.
pub(crate) fn verify(host: Host, port: u16) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let (fix, rig) = (fix([PortSpec::new("api", port).host(host)]), rig());
        if let Err(diagnosis) = fix.inspect(&rig.cx(Step::Inspect)).await {
            return format!("{} in inspect", diagnosis.code);
        }
        let (found, ..) = match rig.run(&fix).await {
            Ok(done) => done,
            Err(diagnosis) => return format!("{} after inspect: {}", diagnosis.code, diagnosis.what),
        };
        let seen: Vec<_> = rig.evidence().iter().map(|e| e.saw.clone()).collect();
        format!("proven: {found:?} {}", seen.join("; "))
    })
}

#[test]
fn a_machine_without_ipv6_gets_its_port_on_ipv4_and_is_told() {
    let mut child = Child::in_a_network_of_its_own();
    assert_eq!([child.ask("loopback up"), child.ask("ipv6 off")], ["ok", "ok"]);
    assert_eq!(child.ask("reserve localhost 8000"), "holds [127.0.0.1:8000] without [::1]");
    let said = child.ask("verify localhost 8001");
    assert!(said.starts_with("proven: ") && said.contains("this machine has no `::1`"), "{said}");
    // `::` can be bound, so it is held too; that nobody can connect there is said, not hidden.
    let said = child.ask("verify any 8002");
    assert!(said.starts_with("proven: ") && said.contains("not tried: this machine has no `::1`"), "{said}");
    assert!(child.ask("verify ::1 8003").starts_with("PORT-005 in inspect"));
}

#[test]
fn a_machine_whose_loopback_is_down_can_bind_but_nothing_is_proven_there() {
    let mut child = Child::in_a_network_of_its_own();
    for host in ["localhost", "any"] {
        let said = child.ask(&format!("verify {host} 8000"));
        assert!(said.starts_with("PORT-008 after inspect"), "{said}");
    }
}
