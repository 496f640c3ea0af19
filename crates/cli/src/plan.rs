//! `bootproof plan`.

use crate::{
    args::{Common, Format},
    start::{refuse, startup},
    terminal::{Terminal, print},
};
use bootproof::{UNDO_GRACE, Vars};
use bootproof_core::{ExitCode, Mode};
use bootproof_report::PlanView;

/// Prints the plan. Nothing runs.
pub(crate) fn plan(common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    let prepared = match startup(common, vars, Mode::Verify).and_then(|startup| startup.prepare()) {
        Ok(prepared) => prepared,
        Err(refused) => return refuse(&refused, common.format, terminal),
    };
    let view = PlanView { plan: prepared.engine.plan(), policy: &prepared.policy, undo_grace: UNDO_GRACE };
    print(&match common.format {
        Format::Text => view.text(&terminal.out),
        Format::Json => view.json(),
        Format::Dot => view.dot(),
        Format::Mermaid => view.mermaid(),
    });
    ExitCode::OK
}
