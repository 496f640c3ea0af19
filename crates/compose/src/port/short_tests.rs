use super::*;
use proptest::prelude::*;
use std::net::{Ipv4Addr, Ipv6Addr};

fn shown(text: &str) -> Vec<String> {
    parse_short(text).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn each_form_of_the_syntax_is_read() {
    for (text, expected) in [
        ("80", vec!["80/tcp"]),
        ("80/udp", vec!["80/udp"]),
        ("8080:80", vec!["8080:80/tcp"]),
        ("8000-8010:80", vec!["8000-8010:80/tcp"]),
        ("8000-8001:80-81/sctp", vec!["8000:80/sctp", "8001:81/sctp"]),
        ("127.0.0.1::80", vec!["127.0.0.1::80/tcp"]),
        ("[::1]:53:53/UDP", vec!["[::1]:53:53/udp"]),
        ("0:80", vec!["80/tcp"]),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_said() {
    let error = |text: &str| parse_short(text).unwrap_err().to_string();
    assert_eq!(error(""), "the port of the container is missing");
    assert_eq!(error("8080:"), "the port of the container is missing");
    assert_eq!(error("70000:80"), "`70000` is no port: a number from 1 to 65535, or a range such as `8000-8010`");
    assert!(error("+80:80").starts_with("`+80` is no port"));
    assert!(error("80:-1").starts_with("`-1` is no port"));
    assert_eq!(error("90-80:80"), "the range `90-80` ends before it begins");
    assert_eq!(error("90-92:80-81"), "the ranges `90-92` and `80-81` are not equally long");
    assert_eq!(error("localhost:1:1"), "`localhost` is no IP address (an IPv6 one stands in brackets)");
    assert!(error("::1:80:80").starts_with("`::1` is no IP address"));
    assert_eq!(error("80/quic"), "`quic` is no protocol: `tcp`, `udp` and `sctp` are known");
}

#[test]
fn the_whole_row_of_ports_is_no_trouble() {
    assert_eq!(parse_short("0-65535:0-65535").unwrap().len(), 65_536);
}

fn any_port() -> impl Strategy<Value = Port> {
    let ip = prop_oneof![
        Just(None),
        any::<[u8; 4]>().prop_map(|bytes| Some(IpAddr::V4(Ipv4Addr::from(bytes)))),
        any::<[u8; 16]>().prop_map(|bytes| Some(IpAddr::V6(Ipv6Addr::from(bytes)))),
    ];
    let published =
        proptest::option::of((1..=u16::MAX, 0..100_u16).prop_map(|(start, more)| start..=start.saturating_add(more)));
    let protocol = prop_oneof![Just(Protocol::Tcp), Just(Protocol::Udp), Just(Protocol::Sctp)];
    (ip, published, any::<u16>(), protocol).prop_map(|(host_ip, published, target, protocol)| Port {
        host_ip,
        published,
        target,
        protocol,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(port in any_port()) {
        prop_assert_eq!(parse_short(&port.to_string()), Ok(vec![port]));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[0-9:./\\-\\[\\]a-z]{0,24}") {
        if let Ok(ports) = parse_short(&text) {
            prop_assert!(!ports.is_empty());
        }
    }
}
