//! What a hand-over that did not come out as wanted means to somebody who has to act on it.

use crate::Owner;
use bootproof_core::Diagnosis;
use std::{net::SocketAddr, time::Duration};

/// Somebody else listens where the program should.
pub(super) fn lost(name: &str, at: SocketAddr, owner: &Owner) -> Diagnosis {
    Diagnosis::new("PORT-030", format!("the port of `{name}` at `{at}` went to {owner}, not to the program"))
        .why("it was released for the program to bind, and somebody else was faster")
        .now("clients that connect there reach somebody else")
        .action(format!(
            "stop the owner if it should not be there, and start again; `hand_over = \"socket\"` under `[ports.{name}]` leaves no \
             such gap, where the program can take a socket"
        ))
}

/// Nobody listens where the program should.
pub(super) fn nobody(name: &str, at: &[SocketAddr], waited: Duration) -> Diagnosis {
    let at: Vec<_> = at.iter().map(|at| format!("`{at}`")).collect();
    Diagnosis::new("PORT-031", format!("nobody listens for `{name}` at {} after {waited:?}", at.join(" or ")))
        .now("the program runs, and clients are refused there")
        .action(format!("look whether the program reads the number it is told, or takes longer to start: {TOLD}"))
}

const TOLD: &str = "its variables are `PORT` and `<NAME>_PORT`";

/// The program does not have the sockets it was given.
pub(super) fn not_taken(name: &str, missing: &[&str], may_release: bool) -> Diagnosis {
    let missing: Vec<_> = missing.iter().map(|at| format!("`{at}`")).collect();
    Diagnosis::new("PORT-032", format!("the program has closed what it was given for `{name}`: {}", missing.join(", ")))
        .why("its sockets were open in it when it was started, and are no more")
        .now("nobody listens there, unless the program binds the port itself")
        .action(match may_release {
            true => format!("{KEEP}, or declare `hand_over = \"release\"` under `[ports.{name}]`"),
            false => KEEP.to_owned(),
        })
}

const KEEP: &str = "let the program keep the files from number 3 on";

/// The sockets are still open here.
pub(super) fn kept(name: &str) -> Diagnosis {
    Diagnosis::new("PORT-033", format!("bootproof itself still has the sockets of `{name}` open"))
        .now("when the program ends, clients go on waiting at a port that nobody serves")
        .action("this is a fault in bootproof: report it with this text")
}
