//! `bootproof plan`.

use crate::{
    args::Common,
    format::Format,
    start::prepare,
    terminal::{Terminal, print},
    verify::report,
};
use bootproof::{UNDO_GRACE, Vars};
use bootproof_core::{ExitCode, Mode};
use bootproof_report::PlanView;

/// Prints the plan. Nothing runs.
pub(crate) fn plan(common: &Common, vars: Vars, terminal: &Terminal) -> ExitCode {
    let prepared = match prepare(common, vars, Mode::Verify) {
        Ok(prepared) => prepared,
        Err(refused) => return report(&refused.state(), common, terminal),
    };
    let view = PlanView { plan: prepared.engine.plan(), policy: &prepared.policy, undo_grace: UNDO_GRACE };
    print(&match common.format() {
        Format::Json => view.json(),
        Format::Dot => view.dot(),
        Format::Mermaid => view.mermaid(),
        _ => view.text(&terminal.out),
    })
}
