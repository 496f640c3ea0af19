//! Why a Redis server does not serve: the troubles told apart, and how a server's own words are read.
//!
//! A [`Failure`] is about the server; an error that is an ordinary answer to one command (`WRONGTYPE`, `ERR value is not
//! an integer`) never becomes one.

use crate::diagnose;
use bootproof_core::{Cause, Diagnosis};

/// What is the matter with a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Its name does not resolve.
    Dns,
    /// Nobody listens there.
    Refused,
    /// No answer to the attempt to connect.
    Unreachable,
    /// It accepts and does not answer.
    Silent,
    /// It closes the connection without an answer.
    Reset,
    /// The TLS handshake fails, or its certificate is not trusted.
    Tls,
    /// TLS was asked for, and it speaks plain text.
    Plaintext,
    /// It wants a password and none is given.
    NoAuth,
    /// It does not accept this user and password.
    WrongPass,
    /// A password is given, and it has none set.
    NoPasswordSet,
    /// Protected mode: it serves its own machine only.
    Protected,
    /// The user may not do what is needed.
    NoPerm,
    /// There is no database of this number.
    WrongDatabase,
    /// It is a read-only replica.
    ReadOnly,
    /// It is loading its data.
    Loading,
    /// Its memory is full and nothing may be evicted.
    OutOfMemory,
    /// It refuses writes because it cannot save them or has too few replicas.
    Misconf,
    /// No further client is let in.
    MaxClients,
    /// A script keeps it busy.
    Busy,
    /// It is a node of a cluster and sends us elsewhere.
    Cluster,
    /// It waits for its master or its cluster.
    MasterDown,
    /// Something else answers there.
    NotRedis,
    /// It answers in a way that is not known here.
    Unexpected,
}

/// A server that does not serve: which one, and why. Holds no secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Redis at `{address}` {}: {detail}", diagnose::fact(*.trouble).what)]
pub struct Failure {
    /// What is the matter.
    pub trouble: Trouble,
    /// Where, such as `127.0.0.1:6379`; without credentials.
    pub address: String,
    /// What was seen, such as the server's own words.
    pub detail: String,
}

impl Failure {
    /// A failure of the server at `address`.
    pub(crate) fn new(trouble: Trouble, address: &str, detail: impl Into<String>) -> Self {
        Self { trouble, address: address.to_owned(), detail: detail.into() }
    }

    /// The same, told to people. Who knows the effect adds it with [`Diagnosis::now`].
    pub fn diagnosis(&self) -> Diagnosis {
        diagnose::of(self)
    }

    /// Whether only a change of the configuration helps: such a server is not hammered, and no fallback covers it up.
    pub fn is_permanent(&self) -> bool {
        diagnose::fact(self.trouble).cause == Cause::Configuration
    }
}

/// What the first word of a server's error says.
const WORDS: &[(&str, Trouble)] = &[
    ("ASK", Trouble::Cluster),
    ("BUSY", Trouble::Busy),
    ("CLUSTERDOWN", Trouble::MasterDown),
    ("DENIED", Trouble::Protected),
    ("LOADING", Trouble::Loading),
    ("MASTERDOWN", Trouble::MasterDown),
    ("MISCONF", Trouble::Misconf),
    ("MOVED", Trouble::Cluster),
    ("NOAUTH", Trouble::NoAuth),
    ("NOPERM", Trouble::NoPerm),
    ("NOREPLICAS", Trouble::Misconf),
    ("OOM", Trouble::OutOfMemory),
    ("READONLY", Trouble::ReadOnly),
    ("TRYAGAIN", Trouble::MasterDown),
    ("WRONGPASS", Trouble::WrongPass),
];

/// What a longer beginning says. Older servers than 6.0 have no words of their own for passwords.
const BEGINNINGS: &[(&str, Trouble)] = &[
    ("ERR max number of clients", Trouble::MaxClients),
    ("ERR AUTH <password> called without any password", Trouble::NoPasswordSet),
    ("ERR Client sent AUTH, but no password is set", Trouble::NoPasswordSet),
    ("ERR invalid password", Trouble::WrongPass),
    ("ERR operation not permitted", Trouble::NoAuth),
    ("ERR DB index is out of range", Trouble::WrongDatabase),
    ("ERR invalid DB index", Trouble::WrongDatabase),
    ("ERR SELECT is not allowed in cluster mode", Trouble::WrongDatabase),
];

impl Trouble {
    /// What a server's error line says about the server; `None` for an ordinary answer to one command.
    pub(crate) fn of_error(line: &str) -> Option<Self> {
        let word = line.split_ascii_whitespace().next().unwrap_or_default();
        let known = WORDS.iter().find(|(known, _)| *known == word);
        let begun = || BEGINNINGS.iter().find(|(begins, _)| line.starts_with(begins));
        known.or_else(begun).map(|(_, trouble)| *trouble)
    }

    /// As [`Trouble::of_error`], for an error that answers one command of a program: that the user may not run *this*
    /// command says nothing of the others.
    pub(crate) fn of_answer(line: &str) -> Option<Self> {
        Self::of_error(line).filter(|trouble| *trouble != Self::NoPerm)
    }

    /// Whether it keeps the server from writing and leaves it fit to be read.
    pub(crate) fn only_writes(self) -> bool {
        matches!(self, Self::ReadOnly | Self::OutOfMemory | Self::Misconf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_password_errors_are_three() {
        let lines = [
            ("NOAUTH Authentication required.", Trouble::NoAuth),
            ("WRONGPASS invalid username-password pair or user is disabled.", Trouble::WrongPass),
            (
                "ERR AUTH <password> called without any password configured for the default user. Are you sure?",
                Trouble::NoPasswordSet,
            ),
            ("ERR invalid password", Trouble::WrongPass),
        ];
        for (line, trouble) in lines {
            assert_eq!(Trouble::of_error(line), Some(trouble), "{line}");
        }
    }

    #[test]
    fn an_ordinary_answer_says_nothing_about_the_server() {
        for line in [
            "ERR value is not an integer or out of range",
            "WRONGTYPE Operation against a key holding the wrong kind of value",
            "NOSCRIPT No matching script",
            "",
        ] {
            assert_eq!(Trouble::of_error(line), None, "{line}");
        }
        assert_eq!(Trouble::of_answer("NOPERM User app has no permissions to run the 'set' command"), None);
    }
}
