//! What the kernel does with a port number by itself: hand it to outgoing connections, or keep it from them.

use std::{fs, ops::RangeInclusive};

const EPHEMERAL: &str = "/proc/sys/net/ipv4/ip_local_port_range";
const RESERVED: &str = "/proc/sys/net/ipv4/ip_local_reserved_ports";

/// What the kernel does with a port number by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KernelView {
    /// The range from which outgoing connections get their numbers (`net.ipv4.ip_local_port_range`), when the port is in it.
    pub ephemeral: Option<RangeInclusive<u16>>,
    /// Whether `net.ipv4.ip_local_reserved_ports` keeps the number from outgoing connections. Binding it by number works.
    pub reserved: bool,
}

impl KernelView {
    /// How this machine's kernel sees `port`, as far as it tells. 0 stands for no number.
    pub fn of(port: u16) -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        Self::from_text(port, &read(EPHEMERAL), &read(RESERVED))
    }

    fn from_text(port: u16, ephemeral: &str, reserved: &str) -> Self {
        let mut ends = ephemeral.split_whitespace().filter_map(|end| end.parse().ok());
        let range = ends.next().zip(ends.next()).map(|(first, last)| first..=last);
        let reserved = port != 0 && reserved.trim().split(',').filter_map(run).any(|run| run.contains(&port));
        Self { ephemeral: range.filter(|range| port != 0 && range.contains(&port)), reserved }
    }

    /// Whether an outgoing connection of any process may get the number before the service does.
    pub fn may_be_handed_out(&self) -> bool {
        self.ephemeral.is_some() && !self.reserved
    }

    /// What is worth knowing of `port`, in words.
    pub fn notes(&self, port: u16) -> Vec<String> {
        match (&self.ephemeral, self.reserved) {
            (Some(range), false) => vec![format!(
                "warning: {port} lies in {}-{} (`net.ipv4.ip_local_port_range`), from which the kernel gives numbers to \
                 outgoing connections, so one of them may have it when the service starts: choose a number outside, or add \
                 {port} to `net.ipv4.ip_local_reserved_ports`",
                range.start(),
                range.end()
            )],
            (_, true) => vec![format!(
                "{port} is reserved (`net.ipv4.ip_local_reserved_ports`): the kernel gives it to no outgoing connection, \
                 which is good for a fixed port"
            )],
            (None, false) => vec![],
        }
    }
}

/// `8080` or `9148-9150`.
fn run(text: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
}

/// Whether the kernel lists sockets that are bound and do not listen: since Linux 6.8 (`TCP_BOUND_INACTIVE` of sock_diag).
pub(super) fn lists_what_is_bound_only() -> bool {
    fs::read_to_string("/proc/sys/kernel/osrelease").is_ok_and(|release| is_at_least_6_8(&release))
}

fn is_at_least_6_8(release: &str) -> bool {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map(|number| number.parse::<u32>().unwrap_or(0));
    (numbers.next(), numbers.next()) >= (Some(6), Some(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_the_ephemeral_range_is_warned_of_unless_it_is_reserved() {
        let view = |port| KernelView::from_text(port, "32768\t60999\n", "8080,40000-40010\n");
        assert_eq!(
            [8000, 8080, 32767, 32768, 40005, 60999, 61000].map(|port| view(port).may_be_handed_out()),
            [false, false, false, true, false, true, false]
        );
        assert!(view(50000).notes(50000)[0].starts_with("warning: 50000 lies in 32768-60999"));
        assert!(view(8080).notes(8080)[0].contains("good for a fixed port"));
        assert!(view(40005).reserved && view(40005).ephemeral.is_some());
        assert_eq!((view(8000).notes(8000), view(0)), (vec![], KernelView::default()));
    }

    #[test]
    fn what_cannot_be_read_is_not_warned_of() {
        for text in ["", "\n", "x y", "1", "70000 80000"] {
            assert_eq!(KernelView::from_text(50000, text, text), KernelView::default(), "{text:?}");
        }
    }

    #[test]
    fn kernels_are_told_apart_by_their_release() {
        for (release, lists) in [
            ("6.8.0-45-generic", true),
            ("6.18.44", true),
            ("10.1", true),
            ("6.7.9", false),
            ("5.15", false),
            ("", false),
        ] {
            assert_eq!(is_at_least_6_8(release), lists, "{release}");
        }
    }
}
