//! Ports that need a right are told apart from busy ones.

use crate::child::Child;

#[test]
fn a_low_port_without_the_right_is_neither_busy_nor_free() {
    let first_free = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    assert_ne!(first_free.trim(), "0", "on this machine no port needs a right");
    let mut child = Child::of_nobody();
    // Port 1 (tcpmux) is below any bound above it.
    let said = child.ask("reserve localhost 1");
    assert_eq!(said, "port 1 of `api` needs a right that this process does not have");
    let said = child.ask("verify localhost 1");
    assert!(said.starts_with("PORT-004 in inspect"), "{said}");
}
