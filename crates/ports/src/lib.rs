//! Port conflicts: both IP families, owner named, listeners that stay held until they are handed over.
//!
//! Alone: [`reserve`] gives a [`Held`] port, bound and listening on every family, or says who has it. In a run:
//! [`PortsFix`]. There is no "is it free?" here: binding is the check, and what was bound stays bound.

mod acquire;
mod bound;
#[cfg(target_os = "linux")]
mod diag;
mod diagnose;
mod error;
mod fix;
mod given;
#[cfg(target_os = "linux")]
pub mod hand_over;
mod held;
mod inspect;
pub mod ledger;
mod listen;
mod occupant;
mod overlap;
mod owner;
mod place;
mod prove;
mod publish;
mod reserve;
mod rights;
mod search;
mod spec;
mod states;
mod table;
mod unix;
mod visit;
mod wanted;

pub use diagnose::CODES;
pub use error::PortError;
pub use fix::PortsFix;
pub use given::Given;
pub use held::{Datagram, Held, Moved};
pub use occupant::{Occupied, occupants};
pub use owner::{About, Container, Owner};
pub use reserve::{reserve, reserve_in};
pub use spec::{HandOver, Host, PortSpec, Protocol};
pub use states::{Doing, KernelView, PortState, PortStatus, Taken, Who, state_of, who_has, who_json};
pub use unix::{HeldUnix, UnixSpec, UnixTrouble, hold_unix};
