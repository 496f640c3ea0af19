//! What a port's trouble means to somebody who has to act on it.

use crate::{Owner, PortError, unix};
use bootproof_core::Diagnosis;
use std::{collections::BTreeMap, error::Error};

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("PORT-001", "a wanted port is no port"),
    ("PORT-002", "the port is held by somebody else"),
    ("PORT-003", "every port of the range is held by somebody else"),
    ("PORT-004", "the port needs a right that is missing"),
    ("PORT-005", "the address is not one of this machine"),
    ("PORT-006", "two ports get in each other's way"),
    ("PORT-007", "the port is not held"),
    ("PORT-008", "a connection did not reach our listener"),
    ("PORT-009", "somebody else can take the port"),
    ("PORT-010", "the system refused a socket"),
    ("PORT-011", "the Unix socket is held by somebody else"),
    ("PORT-012", "something else than a socket is at the path"),
    ("PORT-013", "the path cannot be one of a Unix socket"),
    ("PORT-014", "the folder of the Unix socket cannot be used"),
    ("PORT-015", "the Unix socket is not shown to be ours"),
    ("PORT-020", "the port is being handed over to another program"),
    ("PORT-021", "the ledger of ports does not serve"),
    ("PORT-030", "the port went to somebody else after it was released"),
    ("PORT-031", "nobody listens on the port that was released"),
    ("PORT-032", "the program has closed the sockets it was given"),
    ("PORT-033", "the sockets that were handed over are still open here"),
    ("PORT-034", "a given socket is not what is declared"),
];

/// How many owners of a full range are named.
const OWNERS_NAMED: usize = 5;

/// The diagnosis of the first of `errors`, which are one or more; the others are told with it.
pub(crate) fn diagnose(errors: Vec<PortError>) -> Diagnosis {
    let mut errors = errors.into_iter();
    let Some(first) = errors.next() else {
        return Diagnosis::new("PORT-007", "a port is not held, and nothing is known of the reason");
    };
    errors.fold(of(&first), |diagnosis, other| diagnosis.why(format!("also: {}", whole(&other))))
}

/// `error` and its owners in one line.
fn whole(error: &PortError) -> String {
    match error {
        PortError::RangeFull { owners, .. } => format!("{error}: {}", summary(owners)),
        _ => error.to_string(),
    }
}

fn of(error: &PortError) -> Diagnosis {
    let mut diagnosis = Diagnosis::new(code(error), error.to_string());
    if let Some(source) = error.source() {
        diagnosis = diagnosis.why(source.to_string());
    }
    match error {
        PortError::NotAPort { .. } | PortError::BadRange { .. } | PortError::Clash { .. } => declared(diagnosis, error),
        PortError::Busy { .. } | PortError::RangeFull { .. } => busy(diagnosis, error),
        PortError::Privileged { .. } | PortError::NotHere { .. } | PortError::System { .. } => {
            refused(diagnosis, error)
        }
        PortError::Claimed { .. } => claimed(diagnosis),
        PortError::Unix { trouble, .. } => unix::explain(diagnosis, trouble),
        PortError::NotHeld { .. } | PortError::NotReached { .. } | PortError::Takeable { .. } => {
            unproven(diagnosis, error)
        }
        PortError::Given { name, .. } => diagnosis
            .now("nothing was bound in its place: clients would go on using the one that was given")
            .action(format!("make the unit (`ListenStream=`, `FileDescriptorName=`) and `[ports.{name}]` say the same"))
            .configuration(),
    }
}

fn code(error: &PortError) -> &'static str {
    match error {
        PortError::NotAPort { .. } | PortError::BadRange { .. } => "PORT-001",
        PortError::Busy { .. } => "PORT-002",
        PortError::RangeFull { .. } => "PORT-003",
        PortError::Privileged { .. } => "PORT-004",
        PortError::NotHere { .. } => "PORT-005",
        PortError::Clash { .. } => "PORT-006",
        PortError::NotHeld { .. } => "PORT-007",
        PortError::NotReached { .. } => "PORT-008",
        PortError::Takeable { .. } => "PORT-009",
        PortError::System { .. } => "PORT-010",
        PortError::Given { .. } => "PORT-034",
        PortError::Claimed { .. } => "PORT-020",
        PortError::Unix { trouble, .. } => trouble.code(),
    }
}

fn declared(diagnosis: Diagnosis, error: &PortError) -> Diagnosis {
    let action = match error {
        PortError::NotAPort { variable, .. } => format!("set `{variable}` to a number from 1 to 65535, or unset it"),
        PortError::BadRange { name, .. } => format!("write `range = \"8000-8099\"` under `[ports.{name}]`"),
        _ => "give each its own name, number and variable".to_owned(),
    };
    diagnosis.now("no port was bound").action(action).configuration()
}

fn busy(diagnosis: Diagnosis, error: &PortError) -> Diagnosis {
    let diagnosis = diagnosis.now("no port was bound; nothing was done to the owner");
    match error {
        PortError::RangeFull { name, range, owners } => diagnosis
            .why(summary(owners))
            .why(format!("it may move within {}-{} only", range.start(), range.end()))
            .action(format!("stop what should not be there, or widen `range` under `[ports.{name}]`")),
        PortError::Busy { name, .. } => diagnosis.why("it may not move: it is `strict`, or declares no `range` where the environment has none").action(format!(
            "stop the owner if it should not be there, choose another port, or let it move: a `range` under `[ports.{name}]`, without `strict`"
        )),
        _ => diagnosis,
    }
}

fn claimed(diagnosis: Diagnosis) -> Diagnosis {
    diagnosis
        .why("`bootproof run` has closed the port for the program it starts, which has not opened it yet")
        .now("no port was bound; nothing was done to that program")
        .action("wait until that program is up, choose another port, or declare a `range` for this one")
}

fn refused(diagnosis: Diagnosis, error: &PortError) -> Diagnosis {
    let diagnosis = diagnosis.now("no port was bound");
    match error {
        PortError::Privileged { .. } => diagnosis
            .why("ports below `net.ipv4.ip_unprivileged_port_start` (1024 unless changed) need CAP_NET_BIND_SERVICE")
            .action("choose a port from 1024 up, or give the program CAP_NET_BIND_SERVICE")
            .configuration(),
        PortError::NotHere { ip, .. } => diagnosis
            .why(format!("no interface of this machine has `{ip}`"))
            .action("declare an address that `ip address` shows, or leave `host` out")
            .configuration(),
        _ => diagnosis.action("look at the cause; too many open files is cured by a higher limit (`ulimit -n`)").away(),
    }
}

fn unproven(diagnosis: Diagnosis, error: &PortError) -> Diagnosis {
    match error {
        PortError::NotHeld { .. } => {
            diagnosis.now("nothing of ours answers there").action("start again; if it stays, report it with this text")
        }
        PortError::NotReached { .. } => diagnosis
            .now("clients that connect there may reach somebody else")
            .action("look who listens there (`ss -ltnp`), and whether something accepts on this listener already"),
        _ => diagnosis
            .now("another process could take the port while this one has it")
            .action("look for `SO_REUSEPORT`, port forwarding or a second network namespace on this machine"),
    }
}

/// `8000-8002 by X, 8003 by Y and 2 more owners`.
fn summary(owners: &[(u16, Owner)]) -> String {
    let mut ports: BTreeMap<&Owner, Vec<u16>> = BTreeMap::new();
    for (port, owner) in owners {
        ports.entry(owner).or_default().push(*port);
    }
    let mut groups: Vec<_> = ports.into_iter().collect();
    groups.sort_by_key(|(_, ports)| ports[0]);
    let named: Vec<_> =
        groups.iter().take(OWNERS_NAMED).map(|(owner, ports)| format!("{} by {owner}", runs(ports))).collect();
    match groups.len().saturating_sub(OWNERS_NAMED) {
        0 => named.join(", "),
        more => format!("{} and others by {more} more owners", named.join(", ")),
    }
}

/// `8000-8002, 8005`.
fn runs(ports: &[u16]) -> String {
    let mut ports = ports.to_vec();
    ports.sort_unstable();
    let runs = ports.chunk_by(|a, b| a.checked_add(1) == Some(*b)).map(|run| match run {
        [one] => one.to_string(),
        run => format!("{}-{}", run[0], run[run.len() - 1]),
    });
    runs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UnixTrouble;
    use bootproof_core::{Cause, Retry};
    use std::{collections::BTreeSet, io};

    fn nginx() -> Owner {
        Owner::Process { pid: 12, command: "nginx".into(), user: "root".into(), others: 0, about: Box::default() }
    }

    fn one_of_each() -> Vec<PortError> {
        let unix = |trouble| PortError::Unix { name: "api".into(), path: "/run/api.sock".into(), trouble };
        let (name, address) = (|| "api".to_owned(), "127.0.0.1:80".parse().unwrap());
        vec![
            PortError::NotAPort { name: name(), variable: "PORT".into(), value: "its value".into() },
            PortError::BadRange { name: name(), range: 0..=1 },
            PortError::Busy { name: name(), port: 80, owner: nginx() },
            PortError::RangeFull { name: name(), range: 80..=81, owners: vec![(80, nginx()), (81, Owner::Unknown)] },
            PortError::Privileged { name: name(), port: 80 },
            PortError::NotHere { name: name(), ip: "10.0.0.1".parse().unwrap() },
            PortError::Clash { first: name(), second: "web".into(), what: "both want port 80".into() },
            PortError::NotHeld { name: name(), because: "nothing holds it".into() },
            PortError::NotReached { name: name(), address, because: "silence".into() },
            PortError::Takeable { name: name(), address, because: "it could".into() },
            PortError::Claimed { name: name(), port: 80, by: "`api` of `chat` (pid 12)".into() },
            unix(UnixTrouble::Busy(nginx())),
            unix(UnixTrouble::NotASocket("a folder")),
            unix(UnixTrouble::Path("it is empty".into())),
            unix(UnixTrouble::Folder("`/run` is not there".into())),
            unix(UnixTrouble::NotShown("silence".into())),
            unix(UnixTrouble::System(io::Error::other("too many open files"))),
            PortError::System { name: name(), address, source: io::Error::other("too many open files") },
            PortError::Given { name: name(), because: "it does not listen".into() },
        ]
    }

    #[test]
    fn every_code_is_listed_and_made_and_each_diagnosis_says_what_to_do() {
        let made: BTreeSet<_> = one_of_each().iter().map(code).collect();
        // PORT-021 is the ledger's own, and made there; those from 030 to 033 are of a hand-over, which makes them itself.
        let elsewhere = ["PORT-021", "PORT-030", "PORT-031", "PORT-032", "PORT-033"];
        let here = CODES.iter().map(|(code, _)| *code).filter(|code| !elsewhere.contains(code));
        assert_eq!(made, here.collect());
        for error in one_of_each() {
            let diagnosis = diagnose(vec![error]);
            assert!(!diagnosis.action.is_empty() && !diagnosis.now.is_empty(), "{diagnosis}");
            let configuration =
                [1, 4, 5, 6, 12, 13, 14, 34].map(|n| format!("PORT-{n:03}")).contains(&diagnosis.code.to_owned());
            assert_eq!(diagnosis.cause == Cause::Configuration, configuration, "{diagnosis}");
            assert_eq!(diagnosis.retry == Retry::MayHelp, diagnosis.code == "PORT-010", "{diagnosis}");
        }
    }

    #[test]
    fn every_code_has_a_page() {
        let pages = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/codes");
        for (code, _) in CODES {
            let page = std::fs::read_to_string(format!("{pages}/{code}.md")).unwrap_or_default();
            assert!(page.contains(code) && page.lines().count() <= 20, "{code}: {page}");
        }
    }

    #[test]
    fn owners_of_a_full_range_are_summed_up() {
        let owners: Vec<_> =
            [1, 2, 3, 5].map(|port| (port, nginx())).into_iter().chain([(4, Owner::Unknown)]).collect();
        assert_eq!(summary(&owners), "1-3, 5 by `nginx` (pid 12, user root), 4 by unknown owner");
        let many: Vec<_> = (0..7)
            .map(|n| {
                (
                    n,
                    Owner::Process {
                        pid: n.into(),
                        command: "x".into(),
                        user: "u".into(),
                        others: 0,
                        about: Box::default(),
                    },
                )
            })
            .collect();
        assert!(summary(&many).ends_with("and others by 2 more owners"), "{}", summary(&many));
    }

    #[test]
    fn all_errors_are_told_in_one_diagnosis() {
        let text = diagnose(one_of_each()).to_string();
        for part in ["pid 12", "10.0.0.1", "both want port 80", "81 by unknown owner"] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }
}
