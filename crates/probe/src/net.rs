//! Connecting, and what an operating system's error on a connection means. Used by every probe; nothing else here reads
//! an [`io::Error`] of a socket.

use crate::{
    address::Address,
    diagnose,
    race::{self, Failures},
    resolve::resolve,
    service::{CONNECT, limit},
};
use bootproof_core::{Cx, Diagnosis};
use std::{io, io::ErrorKind, net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time::Instant};

/// Connects within [`CONNECT`], looking the host up included.
pub(crate) async fn connect(cx: &Cx, to: &Address) -> Result<TcpStream, Diagnosis> {
    let (began, limit) = (Instant::now(), limit(cx, CONNECT));
    let look = cx.look(format!("connected to `{to}`"));
    let addresses = resolve(to, limit).await?;
    let left = limit.saturating_sub(began.elapsed());
    let stream = race::connect(&addresses, left).await.map_err(|failures| unreached(to, &failures, limit))?;
    look.saw(match addresses.as_slice() {
        [_] => "accepted".to_owned(),
        _ => stream.peer_addr().map_or_else(|_| "accepted".to_owned(), |peer| format!("accepted by {peer}")),
    });
    Ok(stream)
}

/// What an error on a connection means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// The host says that nobody listens.
    Refused,
    /// The connection was reset or closed.
    Reset,
    /// Nothing came back.
    Unanswered,
    /// There is no way to the host.
    Unreachable,
    /// Something on this side, such as no more file handles.
    Other,
}

impl Trouble {
    pub(crate) fn of(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ConnectionRefused => Self::Refused,
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof => Self::Reset,
            ErrorKind::TimedOut => Self::Unanswered,
            ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::AddrNotAvailable => Self::Unreachable,
            _ => Self::Other,
        }
    }
}

/// The diagnosis of an error on a connection that stood, during `doing`.
pub(crate) fn broken(to: &Address, doing: &str, error: &io::Error) -> Diagnosis {
    let why = format!("{doing}: {error}");
    match Trouble::of(error) {
        Trouble::Refused => diagnose::refused(to),
        Trouble::Reset => diagnose::reset(to),
        Trouble::Unanswered => diagnose::silent(to, doing, None),
        Trouble::Unreachable => diagnose::unreachable(to),
        Trouble::Other => diagnose::broken(to),
    }
    .why(why)
}

/// The diagnosis of a connect that reached none of the addresses: the most telling error first, all of them as causes.
pub(crate) fn unreached(to: &Address, failures: &Failures, limit: Duration) -> Diagnosis {
    let worst = failures.iter().map(|(_, error)| Trouble::of(error)).min().unwrap_or(Trouble::Unanswered);
    let mut diagnosis = match worst {
        Trouble::Refused => diagnose::refused(to),
        Trouble::Reset => diagnose::reset(to),
        Trouble::Unanswered => diagnose::unanswered(to),
        Trouble::Unreachable => diagnose::unreachable(to),
        Trouble::Other => diagnose::broken(to),
    };
    for (address, error) in failures {
        diagnosis = diagnosis.why(told(address, error, limit));
    }
    diagnosis
}

fn told(address: &SocketAddr, error: &io::Error, limit: Duration) -> String {
    match Trouble::of(error) {
        Trouble::Refused => format!("{address} refuses the connection"),
        Trouble::Unanswered => format!("{address} did not answer in {limit:?}"),
        _ => format!("{address}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bootproof_core::{Cause, Retry};

    fn address() -> Address {
        Address { host: "db".into(), port: 5432 }
    }

    #[test]
    fn each_error_of_the_system_has_its_own_diagnosis() {
        for (kind, code) in [
            (ErrorKind::ConnectionRefused, "NET-003"),
            (ErrorKind::TimedOut, "NET-004"),
            (ErrorKind::ConnectionReset, "NET-006"),
            (ErrorKind::HostUnreachable, "NET-007"),
            (ErrorKind::NetworkUnreachable, "NET-007"),
        ] {
            let diagnosis = unreached(&address(), &vec![(([10, 0, 0, 1], 1).into(), kind.into())], CONNECT);
            assert_eq!((diagnosis.code, diagnosis.cause, diagnosis.retry), (code, Cause::Away, Retry::MayHelp));
        }
    }

    #[test]
    fn what_is_wrong_on_this_side_is_not_blamed_on_time() {
        let failures = vec![(([10, 0, 0, 1], 1).into(), io::Error::from_raw_os_error(24))];
        let diagnosis = unreached(&address(), &failures, CONNECT);
        assert_eq!((diagnosis.code, diagnosis.cause, diagnosis.retry), ("NET-013", Cause::Fault, Retry::Never));
        assert!(diagnosis.why[0].contains("Too many open files"), "{diagnosis}");
    }

    #[test]
    fn of_several_addresses_the_most_telling_error_is_named_and_all_are_told() {
        let failures = vec![
            ("[::1]:1".parse().unwrap(), ErrorKind::AddrNotAvailable.into()),
            ("127.0.0.1:1".parse().unwrap(), ErrorKind::ConnectionRefused.into()),
        ];
        let diagnosis = unreached(&address(), &failures, CONNECT);
        assert_eq!((diagnosis.code, diagnosis.why.len()), ("NET-003", 2), "{diagnosis}");
    }
}
