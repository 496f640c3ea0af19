//! Which entries are true: somebody lives for them, and what they say is open is open.

use super::{Entry, Life, Place, State};
use crate::{
    Protocol,
    overlap::{Overlap, worst},
    table::{self, Row},
};

/// Those of `all` that are true as far as it can be seen from here, oldest first.
pub(super) fn only(mut all: Vec<Entry>) -> Vec<Entry> {
    let rows = table::listeners().ok();
    all.retain(|entry| match entry.lives_by().life() {
        Life::Over => false,
        Life::Elsewhere => true,
        Life::Alive => is_open(entry, rows.as_deref()),
    });
    all.sort_unstable_by_key(|entry| (entry.since, entry.id));
    all
}

/// Whether somebody listens there. A process can live on without the port; datagrams and other networks are not in the table.
fn is_open(entry: &Entry, rows: Option<&[Row]>) -> bool {
    let here = Place::here().is_ok_and(|here| entry.owner.place.shares_ports_with(here));
    match rows {
        Some(rows) if here && entry.protocol == Protocol::Tcp && entry.state != State::Releasing => {
            rows.iter().any(|row| worst(&entry.addresses, row.local) == Overlap::Certain)
        }
        _ => true,
    }
}
