//! Conflicts of a project: inside of it, with the machine, and with other projects.
//!
//! Read [`check`] first. What is around the project is asked once, by the caller, and is data here: [`Around`].

mod advice;
mod claim;
mod finding;
mod inside;
mod machine;
mod neighbours;
mod others;

pub use claim::Seat;
pub(crate) use claim::{Claim, claims, share_an_address};
pub use finding::{Finding, Level};
pub use machine::{Answer, Question};
pub(crate) use machine::{is_blocked, is_ours_or_nobodys};
pub use neighbours::{known, named};
pub use others::{Other, Standing};

use crate::{Project, docker::Engine};
use std::ops::RangeInclusive;

/// Who listens, for each question in turn.
pub type Look<'a> = &'a dyn Fn(&[Question]) -> Vec<Answer>;

/// What is around a project.
pub struct Around<'a> {
    /// The machine.
    pub look: Look<'a>,
    /// What the container engine says.
    pub engine: &'a Engine,
    /// Other projects of this machine.
    pub others: &'a [Other],
    /// The ports that the kernel hands out by itself, and the first that needs no right.
    pub limits: &'a Limits,
}

/// The kernel's rules about ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// `net.ipv4.ip_local_port_range`.
    pub ephemeral: RangeInclusive<u16>,
    /// `net.ipv4.ip_local_reserved_ports`: never handed out by itself.
    pub reserved: Vec<RangeInclusive<u16>>,
    /// `net.ipv4.ip_unprivileged_port_start`.
    pub first_free: u16,
}

impl Limits {
    /// Whether the kernel may give `port` to anybody who connects somewhere.
    pub fn is_ephemeral(&self, port: u16) -> bool {
        self.ephemeral.contains(&port) && !self.reserved.iter().any(|range| range.contains(&port))
    }
}

/// Everything that is in the way of `project`, conflicts first, each group in the order of the files.
pub fn check(project: &Project, around: &Around<'_>) -> Vec<Finding> {
    let claims = claims(project);
    let mut found = inside::find(project, &claims);
    let mut met = others::find(project, &claims, around);
    found.append(&mut machine::find(project, &claims, around, &mut met));
    found.append(&mut met);
    found.append(&mut advice::find(&claims, around));
    found.sort_by_key(|finding| finding.level);
    found
}
