//! `bootproof compose fix`. Writes one file of our own, and nothing else.

use super::{
    args::AroundArgs,
    around::{Surroundings, finding},
    place, refused, refused_by, shown, still_named,
};
use crate::{
    args::Common,
    format::Format,
    terminal::{Terminal, print},
};
use bootproof::{
    Refused,
    compose::{
        Request,
        change::{Base, Move, Plan, Unclear, Wire, Written, check_place, plan, write},
    },
};
use bootproof_core::ExitCode;
use bootproof_report::compose::{
    COMPOSE_SCHEMA_VERSION, ComposeFix, ComposeLook, ComposeMove, ComposeVariable, ComposeWritten,
};
use std::ops::RangeInclusive;

/// How to fix.
pub(super) struct Wish {
    pub dry_run: bool,
    pub range: Option<RangeInclusive<u16>>,
}

/// Moves what is in the way, proves it, and prints the difference.
pub(super) fn fix(
    request: &Request<'_>,
    args: &AroundArgs,
    wish: &Wish,
    common: &Common,
    terminal: &Terminal,
) -> Result<ExitCode, Refused> {
    let base = Base::read(request).map_err(|error| refused(&error))?;
    let around = Surroundings::look(&base.project, request, args).map_err(refused_by)?;
    let plan = plan(&base, &around.around(), wish.range.as_ref());
    let written = if wish.dry_run {
        check_place(&base).map_err(|error| refused(&error))?;
        ComposeWritten::DryRun
    } else {
        match write(request, &base, &plan, &around.around()).map_err(|error| refused(&error))? {
            Written::New => ComposeWritten::New,
            Written::Same => ComposeWritten::Same,
            Written::Nothing => ComposeWritten::None,
            Written::Removed => ComposeWritten::Removed,
        }
    };
    let document = document(&base, &plan, written, around.notes);
    let printed = print(&match common.format() {
        Format::Json => document.json(),
        _ => document.text(&terminal.out, common.quiet),
    });
    Ok(if document.exit_code == ExitCode::OK.0 { printed } else { ExitCode(document.exit_code) })
}

fn document(base: &Base, plan: &Plan, written: ComposeWritten, mut notes: Vec<String>) -> ComposeFix {
    let free_again = plan.moves.iter().filter(|one| one.why.is_none());
    notes.extend(free_again.map(|one| {
        let service = &one.seat.service;
        format!(
            "nothing is in the way of `{}` of `{service}` any more: `bootproof compose undo` moves it back",
            one.from
        )
    }));
    let without = plan.moves.is_empty() && base.own().is_some();
    if without && written == ComposeWritten::DryRun {
        notes.push(format!("no port has to move any more: `{}` would be removed", shown(&base.path)));
    }
    if without && base.is_read && written == ComposeWritten::Removed {
        notes.push(still_named());
    }
    let code = if plan.left.is_empty() { ExitCode::OK } else { ExitCode::FAILED };
    ComposeFix {
        schema_version: COMPOSE_SCHEMA_VERSION,
        project: base.project.name.clone(),
        file: shown(&base.path),
        written,
        moves: plan.moves.iter().map(moved).collect(),
        variables: plan.wires.iter().map(variable).collect(),
        look_at: plan.unclear.iter().map(look_at).collect(),
        left: plan.left.iter().map(finding).collect(),
        command: base.command(),
        compose_file: base.compose_file(),
        notes,
        exit_code: code.0,
    }
}

fn moved(one: &Move) -> ComposeMove {
    let why = match &one.why {
        None => "an earlier fix moved it, and it stays".to_owned(),
        Some(why) => {
            let other = why.other.as_ref().map(|(who, at)| {
                let at = at.as_ref().map(|at| format!(" at {}", place(at))).unwrap_or_default();
                format!(": {who}{at}")
            });
            format!("{}{}", why.what, other.unwrap_or_default())
        }
    };
    let (from, to) = (one.from.to_string(), one.to.to_string());
    ComposeMove { service: one.seat.service.clone(), place: place(&one.place), from, to, why }
}

fn variable(wire: &Wire) -> ComposeVariable {
    let [from, to] = wire.shown.clone();
    ComposeVariable { service: wire.service.clone(), name: wire.name.clone(), place: place(&wire.place), from, to }
}

fn look_at(one: &Unclear) -> ComposeLook {
    ComposeLook { place: place(&one.place), what: format!("`{}` of `{}`", one.name, one.service), why: one.why.clone() }
}
