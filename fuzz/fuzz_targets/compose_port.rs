//! Any text as a port in the short syntax: no panic, and what is read is written and read back as it was.

#![no_main]

use bootproof_compose::parse_short;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(ports) = parse_short(text) else { return };
    assert!(!ports.is_empty() && ports.len() <= 65_536);
    assert!(ports.iter().all(|port| port.protocol == ports[0].protocol && port.host_ip == ports[0].host_ip));
    assert!(ports.is_sorted_by_key(|port| port.target));
    for port in [&ports[0], &ports[ports.len() - 1]] {
        assert_eq!(parse_short(&port.to_string()).as_deref(), Ok(std::slice::from_ref(port)));
    }
});
