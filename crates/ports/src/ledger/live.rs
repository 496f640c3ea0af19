//! Which entries are true: somebody lives for them, and what they say is open is open.

use super::{Entry, Life, Realm, State};
use crate::{
    overlap::Overlap,
    place::Place,
    table::{self, Row},
};

/// Those of `all` that are true as far as it can be seen from here, oldest first, then by name.
pub(super) fn only(mut all: Vec<Entry>) -> Vec<Entry> {
    let rows = table::listeners(None).ok();
    all.retain(|entry| match entry.lives_by().life() {
        Life::Over => false,
        Life::Elsewhere => true,
        Life::Alive => is_open(entry, rows.as_deref()),
    });
    all.sort_unstable_by(|a, b| (a.since, &a.service, &a.port, a.id).cmp(&(b.since, &b.service, &b.port, b.id)));
    all
}

/// Whether somebody has it open. A process can live on without its port. Other networks are not in the table.
fn is_open(entry: &Entry, rows: Option<&[Row]>) -> bool {
    let here = Realm::here().is_ok_and(|here| entry.owner.realm.shares_ports_with(here));
    let place = Place { protocol: entry.protocol, addresses: entry.addresses.clone() };
    match rows {
        Some(rows) if here && entry.state != State::Releasing => {
            rows.iter().any(|row| row.worst(&place) == Overlap::Certain)
        }
        _ => true,
    }
}
