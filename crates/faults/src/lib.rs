//! A TCP link that can be refused, silenced, cut, slowed or made read-only.
//!
//! [`Link`] is a proxy on a loopback port of its own: point a client at [`Link::address`] and break the way
//! to its server with [`Link::set`], without touching the server or anybody else's connections. Proofs use
//! it in production, tests use it everywhere. Needs Linux: how [`Fault::Refuse`] keeps its port is told there.

mod exchange;
mod link;
mod relay;
mod resp;
mod writes;

use std::time::Duration;

pub use link::Link;
pub use writes::is_write;

/// What a [`Link`] does to its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Passes everything.
    None,
    /// Nobody listens: connects get "connection refused", live connections are reset.
    ///
    /// The port stays ours meanwhile. A second socket is bound to it and never listens; both carry
    /// `SO_REUSEADDR`, with which Linux lets a listener come and go beside it, while the kernel gives the
    /// port to nobody who did not ask for that very number with `SO_REUSEADDR` too.
    Refuse,
    /// Accepts, swallows what the client says and never answers. Since its bytes are lost, a connection that
    /// was in the hole is reset, not resumed, when another fault is set.
    BlackHole,
    /// Live connections are reset (RST), and every new one as soon as it is accepted.
    Cut,
    /// Every piece of the server's answers reaches the client this much later.
    Delay(Duration),
    /// For Redis: write commands are answered with the `-READONLY` error of a replica, the rest passes, and
    /// answers keep the order of their questions. Scripts and functions count as writes, since they may be.
    ///
    /// An idle connection goes on; one that waits for an answer when this is set is reset, because where
    /// its next command begins is not known. `MULTI` is not followed: a write in it is refused by itself.
    ReadOnly,
}
