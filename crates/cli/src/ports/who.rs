//! `bootproof ports who`: everybody at a port number, whatever they speak and on whatever address.

use crate::{
    args::Common,
    format::Format,
    terminal::{note, print},
};
use bootproof::ports::{who_has, who_json};
use bootproof_core::ExitCode;

/// Prints who has each of `ports`. Nobody is an answer; a system that does not tell is a failure, and no port is free for it.
pub(super) fn who(ports: &[u16], common: &Common) -> ExitCode {
    match who_has(ports) {
        Ok(all) if common.format() == Format::Json => print(&who_json(&all)),
        Ok(all) => print(&all.iter().map(ToString::to_string).collect::<String>()),
        Err(error) => {
            note(&format!("bootproof: the system does not tell who has a port: {error}"));
            ExitCode::FAILED
        }
    }
}
