//! A held port without a run around it.

use crate::{
    Held, PortError, PortSpec,
    acquire::{Acquired, acquire, acquire_in, acquire_without},
    bound::Blanks,
    ledger::{Ledger, Service},
    owner::owners_of,
    wanted::Wanted,
};
use bootproof_core::Vars;

/// Binds `spec.port` on every family of its host and holds it, or moves within its range when it is busy. The variable is
/// not looked at. Blocks: microseconds, and some milliseconds more when the owner of a busy port has to be found.
///
/// ```
/// use bootproof_ports::{PortSpec, reserve};
///
/// let held = reserve(&PortSpec::new("api", 0))?;
/// let listener = held.listener()?; // a bound std::net::TcpListener, nonblocking
/// assert_eq!(listener.local_addr()?.port(), held.port());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// The port is busy and may not move, the range is full, a right is missing, the address is not of this machine, or the
/// system refuses a socket.
pub fn reserve(spec: &PortSpec) -> Result<Held, PortError> {
    one(acquire(vec![Wanted::of(spec, &Vars::default())?]), &spec.name)
}

/// [`reserve`], with the ledger: a port that has to move comes back to the number that it had last time, none is taken that another
/// program is about to open, and what is held is published in the name of `service` until it is dropped. When the ledger does not serve,
/// the port is held without it, and [`Held::unpublished`] says why.
///
/// # Errors
/// As [`reserve`]; never those of the ledger.
pub fn reserve_in(spec: &PortSpec, ledger: &Ledger, service: &Service) -> Result<Held, PortError> {
    let wanted = vec![Wanted::of(spec, &Vars::default())?];
    // Made before, as others wait for the end of the turn.
    let blanks = Blanks::ready(&spec.host.addresses(0), spec.protocol);
    let bound = ledger.in_turn(|turn| acquire_in(turn, wanted.clone(), service, &blanks));
    one(bound.unwrap_or_else(|error| acquire_without(error, wanted)), &spec.name)
}

fn one(bound: Vec<Acquired>, name: &str) -> Result<Held, PortError> {
    let nothing = || PortError::NotHeld { name: name.to_owned(), because: "nothing was asked for".to_owned() };
    let bound = bound.into_iter().next().ok_or_else(nothing)?;
    let owners = owners_of(&bound.questions());
    bound.end(&owners)
}
