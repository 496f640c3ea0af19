//! Where a text says that something is at a port of this machine: `http://localhost:8080`, `host.docker.internal:5432`. Pure.

use std::ops::Range;

/// What a host in a text means, seen from inside of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The machine, under a name that engines give it.
    Machine,
    /// Loopback: the machine for a browser or a container on the host's network, else the container itself.
    Loopback,
}

/// A place in a text that names a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mention {
    pub side: Side,
    /// The host, as it is written.
    pub host: String,
    /// Where the port's digits, or the reference that stands for them, are.
    pub at: Range<usize>,
}

/// Names that engines give the machine inside of containers: Docker, Docker Desktop, Podman.
const MACHINE: [&str; 3] = ["host.docker.internal", "gateway.docker.internal", "host.containers.internal"];

/// What `host` means, when it is the machine or loopback.
pub(super) fn side(host: &str) -> Option<Side> {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    let is_loopback =
        host == "localhost" || host == "0.0.0.0" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    match MACHINE.contains(&host.as_str()) {
        true => Some(Side::Machine),
        false => is_loopback.then_some(Side::Loopback),
    }
}

/// Every mention of `port` at the machine or at loopback in `text`.
pub(super) fn mentions(text: &str, port: u16) -> Vec<Mention> {
    let digits = port.to_string();
    let ends = |rest: &str| {
        rest.strip_prefix(&digits).is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '@'))
    };
    found(text, |rest| ends(rest).then_some(digits.len()))
}

/// Every reference that stands where the port of the machine or of loopback would: `localhost:${PORT:-8080}`.
pub(super) fn references(text: &str) -> Vec<Mention> {
    found(text, reference)
}

fn found(text: &str, port: impl Fn(&str) -> Option<usize>) -> Vec<Mention> {
    let colons = text.match_indices(':').map(|(at, _)| at);
    let mention = |colon: usize| {
        let length = port(&text[colon + 1..])?;
        let host = host_before(&text[..colon])?;
        Some(Mention { side: side(host)?, host: host.to_owned(), at: colon + 1..colon + 1 + length })
    };
    colons.filter_map(mention).collect()
}

/// The host at the end of `text`, which a colon follows.
fn host_before(text: &str) -> Option<&str> {
    if text.ends_with(']') {
        return Some(&text[text.rfind('[')?..]);
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let start =
        text.rfind(|c: char| !is_part(c)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    // `${HOST-localhost}` is not plain text.
    (start < text.len()).then(|| &text[start..])
}

/// The length of the reference that `text` begins with: `${NAME...}` or `$NAME`.
fn reference(text: &str) -> Option<usize> {
    let rest = text.strip_prefix('$')?;
    if !rest.starts_with('{') {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        return (end > 0).then_some(end + 1);
    }
    let mut depth = 0_i32;
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(at + 2),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_and_loopback_are_found_and_containers_are_not() {
        let hosts = |text: &str| -> Vec<String> { mentions(text, 8080).into_iter().map(|one| one.host).collect() };
        assert_eq!(hosts("http://localhost:8080/x,http://127.0.0.1:8080"), ["localhost", "127.0.0.1"]);
        assert_eq!(hosts("ws://[::1]:8080 host.docker.internal:8080"), ["[::1]", "host.docker.internal"]);
        assert_eq!(hosts("postgres://u:p@localhost:8080/db?x=1"), ["localhost"]);
        for text in [
            "http://db:8080",
            "localhost:80801",
            "mylocalhost.example:8080",
            "localhost",
            "8080",
            "x://localhost:8080@db:1",
        ] {
            assert_eq!(hosts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_reference_in_the_place_of_a_port_is_found_whole() {
        let of =
            |text: &str| -> Vec<String> { references(text).into_iter().map(|one| text[one.at].to_owned()).collect() };
        assert_eq!(of("http://localhost:${PORT:-${OTHER:-8080}}/x"), ["${PORT:-${OTHER:-8080}}"]);
        assert_eq!(of("localhost:$PORT,db:$PORT"), ["$PORT"]);
        assert_eq!(of("localhost:$$x ${A"), [""; 0]);
    }
}
