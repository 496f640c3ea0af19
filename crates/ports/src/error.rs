//! Why a port cannot be held, or is not shown to be ours.

use crate::Owner;
use std::{
    io,
    net::{IpAddr, SocketAddr},
    ops::RangeInclusive,
};

/// Why a port cannot be held, or is not shown to be ours.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// The variable that should say the number says none.
    #[error("`{variable}` must be a port for `{name}`, 1 to 65535, and {value} is none")]
    NotAPort {
        /// The port's name.
        name: String,
        /// The variable.
        variable: String,
        /// The value in backticks, or "its value" when that must not be shown.
        value: String,
    },
    /// The range holds no port, or begins at 0.
    #[error("the range {}-{} of `{name}` must go from a lower to a higher port, 1 to 65535", range.start(), range.end())]
    BadRange {
        /// The port's name.
        name: String,
        /// The range.
        range: RangeInclusive<u16>,
    },
    /// Two declarations get in each other's way.
    #[error("`{first}` and `{second}` {what}")]
    Clash {
        /// The one declared first.
        first: String,
        /// The other.
        second: String,
        /// What they share.
        what: String,
    },
    /// Somebody else has it, and it may not move.
    #[error("port {port} of `{name}` is held by {owner}")]
    Busy {
        /// The port's name.
        name: String,
        /// The number.
        port: u16,
        /// Who has it.
        owner: Owner,
    },
    /// Somebody else has it, and everything it may move to.
    #[error("every port that `{name}` may use is held by somebody else")]
    RangeFull {
        /// The port's name.
        name: String,
        /// The range.
        range: RangeInclusive<u16>,
        /// Who has which port.
        owners: Vec<(u16, Owner)>,
    },
    /// Ports this low need a right that this process lacks.
    #[error("port {port} of `{name}` needs a right that this process does not have")]
    Privileged {
        /// The port's name.
        name: String,
        /// The number.
        port: u16,
    },
    /// No interface of this machine has the address.
    #[error("`{ip}`, where `{name}` should listen, is not an address of this machine")]
    NotHere {
        /// The port's name.
        name: String,
        /// The address.
        ip: IpAddr,
    },
    /// The system refused the socket for another reason.
    #[error("the system refused a socket for `{name}` at `{address}`")]
    System {
        /// The port's name.
        name: String,
        /// Where.
        address: SocketAddr,
        /// What it said.
        source: io::Error,
    },
    /// Nothing holds the port, or something holds another one.
    #[error("the port of `{name}` is not held: {because}")]
    NotHeld {
        /// The port's name.
        name: String,
        /// What was found instead.
        because: String,
    },
    /// A connection to the port did not come out of our own listener.
    #[error("a connection to `{name}` at `{address}` did not reach our listener: {because}")]
    NotReached {
        /// The port's name.
        name: String,
        /// Where.
        address: SocketAddr,
        /// What was seen instead.
        because: String,
    },
    /// Another socket could listen there too.
    #[error("somebody else can take the port of `{name}` at `{address}`: {because}")]
    Takeable {
        /// The port's name.
        name: String,
        /// Where.
        address: SocketAddr,
        /// What was seen.
        because: String,
    },
    /// Another bootproof process has closed it for a program that is about to open it.
    #[error("port {port} of `{name}` is being handed over to a program as {by}")]
    Claimed {
        /// The port's name.
        name: String,
        /// The number.
        port: u16,
        /// Port, service and pid of whoever hands it over.
        by: String,
    },
    /// A Unix socket cannot be held, or is not shown to be ours.
    #[error("the socket `{path}` of `{name}` {trouble}")]
    Unix {
        /// Its name.
        name: String,
        /// Its path.
        path: String,
        /// What is wrong.
        trouble: crate::UnixTrouble,
    },
    /// A socket that this process was given is not what is declared.
    #[error("the socket that was given for `{name}` is not what is declared: {because}")]
    Given {
        /// The port's name.
        name: String,
        /// What is wrong with it.
        because: String,
    },
}
