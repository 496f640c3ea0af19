//! Hosts that are this machine, and ports that speak another language than the scheme.

use crate::{problem::Breach, read::driver_of, rules};
use std::net::IpAddr;
use url::Url;

/// Whether `host` is this machine: a loopback or unspecified address, or `localhost` (RFC 6761, 6.3).
pub(super) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    if ["localhost", "localhost.localdomain", "ip6-localhost"].contains(&name.as_str()) || name.ends_with(".localhost")
    {
        return true;
    }
    host.parse::<IpAddr>().is_ok_and(|ip| {
        let ip = ip.to_canonical();
        ip.is_loopback() || ip.is_unspecified()
    })
}

/// The hosts of a URL, also of one with several (`host1:1,host2:2`), which the parser takes for one. None for files and sockets.
pub(super) fn hosts(url: &str) -> impl Iterator<Item = &str> {
    let rest = url.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit_once('@').map_or(authority, |(_, hosts)| hosts);
    authority.split(',').map(without_port).filter(|host| !host.is_empty())
}

fn without_port(address: &str) -> &str {
    match address.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') && (!host.contains(':') || host.ends_with(']')) => host,
        _ => address,
    }
}

/// Ports that speak TLS by convention, and the schemes that do not. IANA's registry; 8443 is Tomcat's and ClickHouse's.
const TLS_PORTS: [(&str, &[u16]); 5] =
    [("http", &[443, 8443]), ("ws", &[443, 8443]), ("amqp", &[5671]), ("ldap", &[636]), ("mqtt", &[8883])];

/// Ports that speak plain text by convention, and the schemes of TLS. 8123 is ClickHouse's.
const PLAIN_PORTS: [(&str, &[u16]); 5] =
    [("https", &[80, 8123]), ("wss", &[80]), ("amqps", &[5672]), ("ldaps", &[389]), ("mqtts", &[1883])];

/// Plain text to a TLS port, or the other way round.
pub(super) fn tls_breach(url: &Url) -> Option<Breach> {
    let port = url.port_or_known_default()?;
    let scheme = driver_of(url.scheme()).0;
    let listed =
        |table: [(&str, &[u16]); 5]| table.iter().any(|(known, ports)| *known == scheme && ports.contains(&port));
    if listed(TLS_PORTS) {
        return Some(Breach::new(rules::TLS_PORT, format!("speaks plain `{scheme}` to port {port}, which speaks TLS")));
    }
    listed(PLAIN_PORTS).then(|| {
        Breach::new(rules::TLS_PORT, format!("speaks TLS (`{scheme}`) to port {port}, which speaks plain text"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_many_names() {
        for host in [
            "localhost",
            "LOCALHOST.",
            "db.localhost",
            "127.0.0.1",
            "127.8.0.1",
            "::1",
            "[::1]",
            "0.0.0.0",
            "::ffff:127.0.0.1",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in ["db", "10.0.0.7", "localhost.example.com", "mylocalhost", "128.0.0.1", "fe80::1"] {
            assert!(!is_this_machine(host), "{host}");
        }
    }

    #[test]
    fn every_host_of_a_url_is_looked_at() {
        let all = |url| hosts(url).collect::<Vec<_>>();
        assert_eq!(all("postgres://u:p@db1:1,[::1]:2,localhost/x?y"), ["db1", "[::1]", "localhost"]);
        assert_eq!(all("redis://::1"), ["::1"]);
        assert_eq!(all("sqlite:///tmp/x"), Vec::<&str>::new());
        assert_eq!(all("redis://:p@localhost"), ["localhost"]);
    }

    #[test]
    fn scheme_and_port_must_speak_one_language() {
        let breach = |url: &str| tls_breach(&Url::parse(url).unwrap()).map(|breach| breach.tells);
        assert!(breach("http://h:8443/").is_some_and(|tells| tells.contains("which speaks TLS")));
        assert!(breach("https://h:8123/").is_some_and(|tells| tells.contains("plain text")));
        assert!(breach("https://h:80").is_some());
        for url in [
            "http://h:8123",
            "https://h:8443",
            "https://h",
            "http://h",
            "http://h:8080",
            "redis://h:6380",
            "postgres://h:5432/x",
        ] {
            assert_eq!(breach(url), None, "{url}");
        }
    }
}
