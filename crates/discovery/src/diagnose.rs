//! What trouble with finding and publishing means to somebody who has to act on it.

use crate::{EtcdError, NotFound, Reason, Standing, Strange};
use bootproof_core::Diagnosis;

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("DISC-001", "no source knows a living service of that name"),
    ("DISC-002", "the variable leads to nobody"),
    ("DISC-003", "who answers is not the one that is wanted"),
    ("DISC-004", "etcd does not answer"),
    ("DISC-005", "etcd does not let us in"),
    ("DISC-006", "what answers is not etcd"),
    ("DISC-007", "the address cannot be reached from other machines"),
    ("DISC-008", "discovery is declared in a way that cannot work"),
    ("DISC-009", "what was published may be gone"),
    ("DISC-010", "something else stands in the registry"),
    ("DISC-011", "etcd refuses the request"),
];

impl NotFound {
    /// Tells it with everything that was asked.
    pub fn diagnosis(&self) -> Diagnosis {
        let name = &self.name;
        let mut diagnosis = match &self.reason {
            Reason::Declared(why) => return declared(why),
            Reason::Explicit { variable, why, unusable: true } => {
                Diagnosis::new("DISC-002", format!("`{variable}` says where `{name}` is, and cannot be used"))
                    .why(why)
                    .action(format!(
                        "set `{variable}` to a URL or `host:port`, or unset it to have `{name}` looked for"
                    ))
                    .configuration()
            }
            Reason::Explicit { variable, why, .. } => {
                Diagnosis::new("DISC-002", format!("`{variable}` says where `{name}` is, and nobody is there"))
                    .why(why)
                    .why("a variable that is set is explicit: no other source is asked")
                    .action(format!(
                        "start `{name}` there, correct `{variable}`, or unset it to have `{name}` looked for"
                    ))
                    .away()
            }
            Reason::Another => {
                Diagnosis::new("DISC-003", format!("who answers for `{name}` is not the one that is wanted"))
                    .action(
                        "correct the source that names the wrong server, or stop the server that should not be there",
                    )
                    .configuration()
            }
            Reason::Nowhere => Diagnosis::new("DISC-001", format!("no source knows a living `{name}`"))
                .action(format!("start `{name}`, or say where it is by its variable or a default"))
                .away(),
        };
        for passed in &self.passed_over {
            diagnosis = diagnosis.why(passed.to_string());
        }
        diagnosis.now("nothing is connected to it")
    }
}

impl EtcdError {
    /// Tells it.
    pub fn diagnosis(&self) -> Diagnosis {
        let code = match self {
            Self::Away { .. } => "DISC-004",
            Self::Login { .. } | Self::Forbidden { .. } => "DISC-005",
            Self::NotEtcd { .. } => "DISC-006",
            Self::Refused { .. } => "DISC-011",
        };
        let diagnosis = match self {
            Self::Away { tried } => {
                let diagnosis = Diagnosis::new(code, "etcd does not answer").away();
                tried.iter().fold(diagnosis, |diagnosis, (endpoint, why)| diagnosis.why(format!("`{endpoint}`: {why}")))
            }
            Self::Refused { .. } => Diagnosis::new(code, self.to_string()).away(),
            _ => Diagnosis::new(code, self.to_string()).configuration(),
        };
        diagnosis.now("other machines are not seen, and do not see this one").action(match self {
            Self::Away { .. } => "look at etcd (`etcdctl endpoint health`) and at the way there",
            Self::Login { .. } => "correct `user` and `password` under `[discovery]`",
            Self::Forbidden { .. } => "give the user a role that reads and writes `/bootproof/`",
            Self::NotEtcd { .. } => "correct the URL: it must be etcd's client port, with nothing before it",
            Self::Refused { .. } => "look at etcd's log; full storage is told as `NOSPACE`",
        })
    }
}

impl Standing {
    /// Tells why what was published is not known to stand there; none while it does.
    pub fn diagnosis(&self) -> Option<Diagnosis> {
        match self {
            Self::Published { .. } | Self::Trying { why: None } => None,
            Self::Trying { why: Some(why) } => Some(why.diagnosis()),
            Self::OutOfTouch { why, expired, .. } => {
                let now = match expired {
                    true => "the lease has run out: other machines do not find this service any more",
                    false => "other machines find this service until the lease runs out",
                };
                Some(
                    Diagnosis::new("DISC-009", "etcd is not reached, and what was published there may be gone")
                        .why(why.to_string())
                        .now(now)
                        .action("nothing, when etcd comes back: it is published again by itself; else look at the way to etcd")
                        .away(),
                )
            }
        }
    }
}

impl Strange {
    /// Tells it. It is a warning: other entries are read.
    pub fn diagnosis(&self) -> Diagnosis {
        Diagnosis::new("DISC-010", format!("`{}` stands in the registry and is no entry", self.key))
            .why(&self.why)
            .now("it is passed over, all others are read")
            .action("find out who writes there; delete it with `etcdctl del KEY` when nobody needs it")
    }
}

pub(crate) fn unreachable(address: &str, why: &str) -> Diagnosis {
    Diagnosis::new("DISC-007", format!("`{address}` cannot be reached from other machines"))
        .why(why)
        .now("nothing is published in etcd; this machine still finds the service")
        .action("let it listen on an address of this machine, or set `advertise` under `[discovery]`")
        .configuration()
}

pub(crate) fn declared(why: &str) -> Diagnosis {
    Diagnosis::new("DISC-008", "discovery is declared in a way that cannot work")
        .why(why)
        .now("nothing is looked up or published")
        .action("correct `[discovery]` or `[discover.NAME]` of `bootproof.toml`")
        .configuration()
}

#[cfg(test)]
#[path = "diagnose_tests.rs"]
mod tests;
