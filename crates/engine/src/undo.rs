//! Takes changes back.

use crate::{isolate::Isolated, shared::Shared, work::Work};
use bootproof_core::{Cx, Event, Node, Place, RunParts, Step, Undoing, diagnose};
use std::{sync::Arc, time::Duration};

/// Takes the change of `node` back, within `limit`. What cannot be taken back is told as stuck.
pub(crate) async fn undo(shared: &Shared, node: Node, limit: Duration, parts: &Arc<RunParts>) {
    let (Work::Fix(fix), Some(change)) = (&shared.work[node.0], shared.change_of(node)) else { return };
    let began = shared.now();
    shared.tell(Event::StepBegan { node, step: Step::Undo, at: began });
    let cx =
        Cx::new(Arc::clone(parts), Place { node, step: Step::Undo, attempt: 1, deadline: began.saturating_add(limit) });
    let id = &shared.plan.card(node).id;
    let undone = tokio::time::timeout(limit, Isolated::new(async { fix.undo(&cx, &change).await })).await;
    let undoing = match undone {
        Ok(Ok(Ok(()))) => Undoing::Undone,
        Ok(Ok(Err(because))) => Undoing::Stuck(Box::new(diagnose::stuck(id, &because))),
        Ok(Err(panic)) => Undoing::Stuck(Box::new(diagnose::undo_broke(id, &format!("undo panicked: {panic}")))),
        Err(_) => Undoing::Stuck(Box::new(diagnose::undo_broke(id, &format!("undo was not done after {limit:?}")))),
    };
    shared.settled(node);
    let at = shared.now();
    shared.tell(Event::StepEnded { node, step: Step::Undo, at });
    shared.tell(Event::Undone { node, undoing, at });
}
