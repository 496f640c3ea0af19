//! Shows afresh that a port is ours: its socket is open here, a nonce comes out of it, and nobody can listen beside it.

use crate::{
    Held, PortError,
    listen::listen_beside,
    overlap::{Overlap, overlap},
    table::Row,
    visit::{Visit, visit},
    wanted::{Wanted, parse},
};
use bootproof_core::{Cx, Seen};
use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

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
    for (address, listener) in held.sockets() {
        is_there(listener, address).map_err(not_held)?;
        is_open_here(cx, name, listener, address, rows)?;
        reached = nonce_comes_out(cx, name, &held, listener, address).await?.or(reached);
        cannot_be_shared(cx, name, address)?;
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

fn is_there(listener: &TcpListener, address: SocketAddr) -> Result<(), String> {
    match listener.local_addr() {
        Ok(actual) if (actual.ip(), actual.port()) == (address.ip(), address.port()) => Ok(()),
        Ok(actual) => Err(format!("the listener for {address} is at {actual}")),
        Err(error) => Err(format!("the listener for {address} is broken: {error}")),
    }
}

/// Whether the one socket that listens at `address` is open in this process.
fn is_open_here(
    cx: &Cx,
    name: &str,
    listener: &TcpListener,
    address: SocketAddr,
    rows: Option<&[Row]>,
) -> Result<(), PortError> {
    let look = cx.look(format!("looked up who listens at {address}"));
    let (Some(rows), Some(ours)) = (rows, inode(listener)) else {
        look.saw("this system does not tell; the nonce does");
        return Ok(());
    };
    let at = |row: &&Row| overlap(address, row.local) == Overlap::Certain;
    let listening: Vec<u64> = rows.iter().filter(at).map(|row| row.inode).collect();
    if listening == [ours] {
        look.saw(format!("one socket, inode {ours}, which is open in this process"));
        return Ok(());
    }
    let because = format!("sockets {listening:?} listen there, and ours is {ours}");
    Err(PortError::NotReached { name: name.to_owned(), address, because })
}

#[cfg(target_os = "linux")]
fn inode(listener: &TcpListener) -> Option<u64> {
    use std::os::fd::AsRawFd;
    crate::owner::socket_inode(&format!("/proc/self/fd/{}", listener.as_raw_fd()))
}

#[cfg(not(target_os = "linux"))]
fn inode(_: &TcpListener) -> Option<u64> {
    None
}

async fn nonce_comes_out(
    cx: &Cx,
    name: &str,
    held: &Held,
    listener: &TcpListener,
    address: SocketAddr,
) -> Result<Option<Seen>, PortError> {
    let look = cx.look(format!("connected to {address} and sent a nonce once our listener had accepted"));
    let early = held.count_early();
    let not_reached =
        |error: std::io::Error| PortError::NotReached { name: name.to_owned(), address, because: error.to_string() };
    match visit(held, listener, address, cx.at_most(VISIT)).await.map_err(not_reached)? {
        Visit::Met(from) => {
            let others = match held.count_early() - early {
                0 => String::new(),
                n => format!("; {n} other clients stood before it, and their connections are kept open"),
            };
            Ok(Some(look.saw(format!("it came out of our listener, from {from}, and the answer came back{others}"))))
        }
        Visit::NoWayThere(ip) => {
            look.saw(format!("not tried: this machine has no `{ip}`, so nobody here can connect"));
            Ok(None)
        }
    }
}

/// Tries to listen at the same place, with every sharing option the system has.
fn cannot_be_shared(cx: &Cx, name: &str, address: SocketAddr) -> Result<(), PortError> {
    let look = cx.look(format!("tried to listen at {address} a second time, sharing allowed"));
    let because = match listen_beside(address) {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            look.saw("refused: the address is in use");
            return Ok(());
        }
        Ok(_) => "a second socket could listen there".to_owned(),
        Err(error) => format!("a second socket was refused for another reason: {error}"),
    };
    Err(PortError::Takeable { name: name.to_owned(), address, because })
}
