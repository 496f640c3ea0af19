//! Every code of this crate, and the diagnoses of the way to a server, which all probes share. What a server says is
//! diagnosed in the file of its protocol.

use crate::address::Address;
use bootproof_core::Diagnosis;
use std::time::Duration;

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("NET-001", "the host name is not known"),
    ("NET-002", "the name service does not answer"),
    ("NET-003", "the connection is refused"),
    ("NET-004", "the host does not answer"),
    ("NET-005", "the server accepts connections but does not answer"),
    ("NET-006", "the connection was closed before an answer"),
    ("NET-007", "there is no way to the host"),
    ("NET-008", "the port speaks TLS, and was spoken to in plaintext"),
    ("NET-009", "the port speaks plaintext, and was spoken to in TLS"),
    ("NET-010", "the server's certificate is not accepted"),
    ("NET-011", "another protocol answers"),
    ("NET-012", "the address cannot be used"),
    ("NET-013", "the connection failed on this side"),
    ("NET-014", "the server and bootproof do not agree on TLS"),
    ("HTTP-001", "the HTTP server does not let us in"),
    ("HTTP-002", "the path does not exist on the HTTP server"),
    ("HTTP-003", "the HTTP server is up but not ready"),
    ("HTTP-004", "the HTTP server failed"),
    ("HTTP-005", "the HTTP status is not an accepted one"),
    ("HTTP-006", "the answer is not HTTP"),
    ("CH-001", "ClickHouse does not let us in"),
    ("CH-002", "the ClickHouse database does not exist"),
    ("CH-003", "this is ClickHouse's native port"),
    ("CH-004", "ClickHouse is read-only for us"),
    ("CH-005", "ClickHouse forbids the use of the database"),
    ("CH-006", "ClickHouse is busy"),
    ("CH-007", "this is not ClickHouse"),
    ("CH-008", "ClickHouse reports an error"),
    ("CMD-001", "the command's program does not exist"),
    ("CMD-002", "the command's program cannot be run"),
    ("CMD-003", "the command failed"),
    ("CMD-004", "the command was killed by a signal"),
    ("CMD-005", "the command was not done in time"),
    ("CMD-006", "the command cannot be used as it is written"),
    ("WAIT-001", "what is to go is still there"),
    ("WAIT-002", "somebody else answers there"),
    ("WAIT-003", "the file is not there"),
    ("WAIT-004", "the answer does not contain the text"),
];

pub(crate) fn unknown_host(to: &Address, why: &str) -> Diagnosis {
    // A name can appear with its container or pod, so time may cure it; a wrong name costs only a few short tries.
    Diagnosis::new("NET-001", format!("the host name `{}` is not known", to.host))
        .why(why)
        .action("correct the name, or start what carries it: in Compose and Kubernetes a name appears with its service")
        .away()
}

pub(crate) fn resolver_silent(to: &Address, why: &str) -> Diagnosis {
    Diagnosis::new("NET-002", format!("the name service does not answer for `{}`", to.host))
        .why(why)
        .action("look at the name service: `/etc/resolv.conf` and the servers it names")
        .away()
}

pub(crate) fn refused(to: &Address) -> Diagnosis {
    Diagnosis::new("NET-003", format!("`{to}` refuses connections: nobody listens there"))
        .action("start the server, or correct host and port; inside a container, `localhost` is the container itself")
        .away()
}

pub(crate) fn unanswered(to: &Address) -> Diagnosis {
    Diagnosis::new("NET-004", format!("`{to}` does not answer connects"))
        .action("look whether the host is up, and whether a firewall or security group drops packets on the way")
        .away()
}

/// `limit`: how long was waited, when it was we who stopped.
pub(crate) fn silent(to: &Address, doing: &str, limit: Option<Duration>) -> Diagnosis {
    let diagnosis = Diagnosis::new("NET-005", format!("`{to}` accepts connections but does not answer"))
        .action(
            "look at the server: it is stopped, overloaded, still loading, or expects another protocol (such as TLS)",
        )
        .away();
    match limit {
        Some(limit) => diagnosis.why(format!("{doing}: no answer in {limit:?}")),
        None => diagnosis,
    }
}

pub(crate) fn reset(to: &Address) -> Diagnosis {
    Diagnosis::new("NET-006", format!("`{to}` closed the connection before it answered"))
        .action(
            "look at the server's log: it is starting or stopping, is full, or expects another protocol (such as TLS)",
        )
        .away()
}

pub(crate) fn unreachable(to: &Address) -> Diagnosis {
    Diagnosis::new("NET-007", format!("there is no way to `{to}`"))
        .action("look at the network: routes, the interface, whether this host has IPv4 and IPv6")
        .away()
}

pub(crate) fn tls_expected(to: &Address, why: &str) -> Diagnosis {
    Diagnosis::new("NET-008", format!("`{to}` speaks TLS, and was spoken to in plaintext"))
        .why(why)
        .action("write `https://`, or use the server's plaintext port")
        .configuration()
}

pub(crate) fn plaintext_expected(to: &Address, why: &str) -> Diagnosis {
    Diagnosis::new("NET-009", format!("`{to}` speaks plaintext, and was spoken to in TLS"))
        .why(why)
        .action("write `http://`, or use the server's TLS port")
        .configuration()
}

pub(crate) fn certificate(to: &Address, why: &str, action: &str) -> Diagnosis {
    Diagnosis::new("NET-010", format!("the certificate of `{to}` is not accepted"))
        .why(why)
        .action(action)
        .configuration()
}

pub(crate) fn another_protocol(to: &Address, speaks: &str, expected: &str, why: &str) -> Diagnosis {
    Diagnosis::new("NET-011", format!("`{to}` speaks {speaks}, not {expected}"))
        .why(why)
        .action("correct the port, or declare the service as what it is")
        .configuration()
}

pub(crate) fn unusable(template: &str, why: &str) -> Diagnosis {
    Diagnosis::new("NET-012", format!("the address `{template}` cannot be used"))
        .why(why)
        .action("correct it in the service's file, or in the variable it comes from")
        .configuration()
}

pub(crate) fn missing_variables(names: &[String]) -> Diagnosis {
    let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    Diagnosis::new("NET-012", "the address cannot be used: variables that it needs have no value")
        .why(format!("without a value: {names}"))
        .action(format!("set {names}"))
        .configuration()
}

pub(crate) fn broken(to: &Address) -> Diagnosis {
    Diagnosis::new("NET-013", format!("the connection to `{to}` failed on this side"))
        .action("look at this host: open files (`ulimit -n`), free local ports, firewall rules, permissions")
}

pub(crate) fn no_agreement(to: &Address, why: &str) -> Diagnosis {
    Diagnosis::new("NET-014", format!("`{to}` and bootproof do not agree on TLS"))
        .why(why)
        .action("bootproof speaks TLS 1.2 and 1.3 without a client certificate: look at what the server demands")
        .configuration()
}
