//! Shows afresh that a port is ours: its socket is open here, a nonce comes out of it, and nobody can listen beside it.

use crate::{
    Held, PortError,
    bound::{Bound, bind_beside},
    overlap::Overlap,
    table::Row,
    visit::{Visit, visit},
    wanted::{Wanted, parse},
};
use bootproof_core::{Cx, Seen};
use std::{io::ErrorKind, net::SocketAddr, time::Duration};

/// The longest one nonce may take. It takes well under a millisecond; this is for a machine that hardly runs.
const VISIT: Duration = Duration::from_secs(2);

/// Shows that what is held for `wanted` is ours. `rows` are all listening sockets, on systems that tell.
///
/// # Errors
/// What does not hold.
pub(crate) async fn prove(cx: &Cx, wanted: &Wanted, rows: Option<&[Row]>) -> Result<Seen, PortError> {
    let name = &wanted.spec.name;
    let not_held = |because: String| PortError::NotHeld { name: name.clone(), because };
    let held = cx.shelf().get::<Held>(&wanted.spec.key()).ok_or_else(|| not_held("nothing holds it".into()))?;
    is_as_published(cx, wanted, &held).map_err(not_held)?;
    let mut reached = None;
    for (address, socket) in held.sockets() {
        is_there(socket, address).map_err(not_held)?;
        let open = is_open_here(cx, wanted, socket, address, rows)?;
        reached = match open.filter(|_| held.was_given() && others_wait(socket)) {
            // The one that woke us up: what a nonce would push out of the queue is never answered.
            Some(open) => Some(open),
            None => nonce_comes_out(cx, name, &held, socket, address).await?.or(reached),
        };
        cannot_be_shared(cx, wanted, address)?;
    }
    reached.ok_or_else(|| PortError::NotReached {
        name: name.clone(),
        address: held.address(),
        because: "this machine has no address from which it could connect to itself".into(),
    })
}

/// Whether the number is the one that everybody else is told.
fn is_as_published(cx: &Cx, wanted: &Wanted, held: &Held) -> Result<(), String> {
    let (spec, port) = (&wanted.spec, held.port());
    let Some(variable) = &spec.variable else {
        let allowed = port == spec.port || spec.may_move_within().map_or(spec.port == 0, |range| range.contains(&port));
        return if allowed { Ok(()) } else { Err(format!("{port} is held, which is not what is declared")) };
    };
    match cx.vars().text(variable).and_then(parse) {
        Some(published) if published == port => Ok(()),
        Some(published) => Err(format!("{port} is held, and `{variable}` says {published}")),
        None => Err(format!("{port} is held, and `{variable}` says nothing")),
    }
}

fn is_there(socket: &Bound, address: SocketAddr) -> Result<(), String> {
    match socket.local_addr() {
        Ok(actual) if (actual.ip(), actual.port()) == (address.ip(), address.port()) => Ok(()),
        Ok(actual) => Err(format!("the socket for {address} is at {actual}")),
        Err(error) => Err(format!("the socket for {address} is broken: {error}")),
    }
}

/// Whether datagrams wait in the queue of `socket`. Connections do not count: they are kept, and the program gets them.
fn others_wait(socket: &Bound) -> bool {
    match socket {
        Bound::Udp(socket) => socket.peek_from(&mut [0]).is_ok(),
        Bound::Tcp(_) => false,
    }
}

/// Whether the one socket that has `address` is open in this process; what showed it, on systems that tell.
fn is_open_here(
    cx: &Cx,
    wanted: &Wanted,
    socket: &Bound,
    address: SocketAddr,
    rows: Option<&[Row]>,
) -> Result<Option<Seen>, PortError> {
    let look = cx.look(format!("looked up who listens at {address}"));
    let (Some(rows), Some(ours)) = (rows, inode(socket)) else {
        look.saw("this system does not tell; the nonce does");
        return Ok(None);
    };
    let at = |row: &&Row| row.overlap(wanted.spec.protocol, address) == Overlap::Certain;
    let listening: Vec<u64> = rows.iter().filter(at).map(|row| row.inode).collect();
    if listening == [ours] {
        return Ok(Some(look.saw(format!("one socket, inode {ours}, which is open in this process"))));
    }
    let because = format!("sockets {listening:?} listen there, and ours is {ours}");
    Err(PortError::NotReached { name: wanted.spec.name.clone(), address, because })
}

#[cfg(target_os = "linux")]
fn inode(socket: &Bound) -> Option<u64> {
    use std::os::fd::AsRawFd;
    crate::owner::socket_inode(&format!("/proc/self/fd/{}", socket.as_socket().as_raw_fd()))
}

#[cfg(not(target_os = "linux"))]
fn inode(_: &Bound) -> Option<u64> {
    None
}

async fn nonce_comes_out(
    cx: &Cx,
    name: &str,
    held: &Held,
    socket: &Bound,
    address: SocketAddr,
) -> Result<Option<Seen>, PortError> {
    let look = cx.look(match socket {
        Bound::Tcp(_) => format!("connected to {address} and sent a nonce once our listener had accepted"),
        Bound::Udp(_) => format!("sent a nonce to {address} as a datagram"),
    });
    let early = held.count_early();
    let not_reached =
        |error: std::io::Error| PortError::NotReached { name: name.to_owned(), address, because: error.to_string() };
    match visit(held, socket, address, cx.at_most(VISIT)).await.map_err(not_reached)? {
        Visit::Met(from) => {
            let others = others(held.count_early() - early, socket);
            Ok(Some(look.saw(format!("it came out of our socket, from {from}, and the answer came back{others}"))))
        }
        Visit::NoWayThere(ip) => {
            look.saw(format!("not tried: this machine has no `{ip}`, so nobody here can connect"));
            Ok(None)
        }
    }
}

fn others(count: usize, socket: &Bound) -> String {
    match (count, socket) {
        (0, _) => String::new(),
        (n, Bound::Tcp(_)) => format!("; {n} other clients stood before it, and their connections are kept open"),
        (n, Bound::Udp(_)) => format!("; {n} other datagrams stood before it, and are kept"),
    }
}

/// Tries to get the same place, with every sharing option the system has.
///
/// This process is the strongest stranger there is, so no other one is started for it: the kernel shares a port only with
/// `SO_REUSEPORT` set on both sides *and* the same user on both sides, and beyond that no rule of binding asks which process
/// it is. Where this is refused, every other process is. A test does it from other processes, one of another user.
fn cannot_be_shared(cx: &Cx, wanted: &Wanted, address: SocketAddr) -> Result<(), PortError> {
    let look = cx.look(format!("tried to bind {address} a second time, sharing allowed"));
    let because = match bind_beside(address, wanted.spec.protocol) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            look.saw("refused: the address is in use");
            return Ok(());
        }
        Ok(_) => "a second socket could have it".to_owned(),
        Err(error) => format!("a second socket was refused for another reason: {error}"),
    };
    Err(PortError::Takeable { name: wanted.spec.name.clone(), address, because })
}
