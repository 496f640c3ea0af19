//! Which ports need a right, and whether this process has it.

use std::fs;

/// `CAP_NET_BIND_SERVICE` in Linux's `capability.h`.
const NET_BIND_SERVICE: u64 = 1 << 10;
const FIRST_FREE: &str = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

/// Whether binding `port` is certain to be refused for want of a right. False when that cannot be known: binding will tell.
pub(crate) fn are_missing_for(port: u16) -> bool {
    let first_free = fs::read_to_string(FIRST_FREE).ok().and_then(|text| text.trim().parse().ok());
    let status = fs::read_to_string("/proc/thread-self/status").ok();
    match (first_free, status.as_deref().and_then(effective)) {
        (Some(first_free), Some(capabilities)) => missing(port, first_free, capabilities),
        _ => false,
    }
}

fn missing(port: u16, first_free: u32, capabilities: u64) -> bool {
    port != 0 && u32::from(port) < first_free && capabilities & NET_BIND_SERVICE == 0
}

/// The effective capabilities in the text of `/proc/PID/status`.
fn effective(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_port_needs_the_capability_and_a_high_one_does_not() {
        let none = effective("Name:\tx\nCapEff:\t0000000000000000\n").unwrap();
        let bind = effective("CapEff:\t0000000000000400\n").unwrap();
        assert!(missing(80, 1024, none) && !missing(80, 1024, bind) && !missing(1024, 1024, none));
        assert!(!missing(80, 0, none), "the machine may have lowered the bound");
        assert!(!missing(0, 1024, none), "any free port is never a low one");
    }
}
