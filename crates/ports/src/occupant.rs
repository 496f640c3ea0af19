//! Who has an address that somebody else, such as a container engine, is going to bind. Looks, and binds nothing.

use crate::{
    Owner, Protocol,
    listen::is_here,
    overlap::Overlap,
    owner::owners_of,
    place::Place,
    table::{self, Row},
};
use std::net::SocketAddr;

/// Whether somebody has any of some addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Occupied {
    /// Nobody listens there, or has a UDP socket there.
    Nobody,
    /// Somebody does.
    By(Owner),
    /// None of the addresses is of this machine.
    NotHere,
    /// The system does not tell.
    Untold,
}

/// What is known of each group of addresses: one look at the table of sockets, and one walk over the processes when
/// somebody is found. An address whose family the machine lacks is left out. Blocks for some milliseconds.
pub fn occupants(asked: &[(Protocol, Vec<SocketAddr>)]) -> Vec<Occupied> {
    let Ok(rows) = table::listeners(None) else { return vec![Occupied::Untold; asked.len()] };
    let places = asked.iter().map(|(protocol, addresses)| Place {
        protocol: *protocol,
        addresses: addresses.iter().copied().filter(|address| is_here(address.ip())).collect(),
    });
    let mut all: Vec<_> = places.map(|place| (first_look(&rows, &place), place)).collect();
    let held: Vec<_> = all.iter().filter(|(seen, _)| seen.is_none()).map(|(_, place)| place.clone()).collect();
    let mut owners = owners_of(&held).into_iter();
    let owner = |owners: &mut dyn Iterator<Item = Owner>| Occupied::By(owners.next().unwrap_or(Owner::Unknown));
    all.drain(..).map(|(seen, _)| seen.unwrap_or_else(|| owner(&mut owners))).collect()
}

/// `None`: somebody has it. Where the table cannot tell whether a listener on `::` takes IPv4, it does: most do.
fn first_look(rows: &[Row], place: &Place) -> Option<Occupied> {
    if place.addresses.is_empty() {
        return Some(Occupied::NotHere);
    }
    rows.iter().all(|row| row.worst(place) == Overlap::None).then_some(Occupied::Nobody)
}
