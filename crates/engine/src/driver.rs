//! Drives the nodes of a run: starts whatever is ready, and ends everything when it must end.

use crate::{
    attempt::run_node,
    shared::{Shared, UNDO_GRACE},
    undo::undo,
};
use bootproof_core::{Ending, Event, Hold, Node, RunEnd, RunParts, Skip, Verdict};
use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::Instant,
};

/// Why a node's dependents may go on, or not.
#[derive(Clone, Copy)]
enum Came {
    /// It succeeded, or its absence was wished for.
    Well,
    /// It did not succeed; this node is to blame.
    Amiss(Node),
}

struct Driver {
    shared: Arc<Shared>,
    waiting: Vec<usize>,
    came: Vec<Option<Came>>,
    ready: VecDeque<Node>,
    running: JoinSet<(Node, Box<Ending>)>,
    parts: Arc<RunParts>,
}

/// Drives a run to its end. `signal` is above zero, or -1 for the caller, once the run shall end.
pub(crate) async fn drive(shared: Arc<Shared>, mut signal: watch::Receiver<i32>) {
    let (alive, mut cleaning) = mpsc::channel::<()>(1);
    let mut driver = Driver::new(Arc::clone(&shared), shared.parts(Hold::new(alive)));
    let mut end = driver.run(&mut signal).await;
    let latest = shared.now().saturating_add(UNDO_GRACE);
    driver.end_running(&end).await;
    drop(driver);
    // What dropped phases left to clean up is cleaned before anything is taken back from under it. Whoever cleans holds a clone
    // of the sender's owner; none is left when the channel is closed.
    let half = latest.saturating_sub(shared.now()) / 2;
    let mut cleaned = tokio::time::timeout(half, cleaning.recv()).await.is_ok();
    let late_signal = *signal.borrow();
    if late_signal > 0 && !matches!(end, RunEnd::Cancelled { .. }) {
        // It came after the last node was done: the start is not to be made all the same.
        end = RunEnd::Cancelled { signal: late_signal };
    }
    cleaned &= take_back(&shared, &end, latest).await;
    shared.tell(Event::RunEnded { end, cleaned, at: shared.now() });
}

/// Takes back what shall not stay: everything when the start is not made, else what fixes changed that did not succeed.
/// Tells whether whatever cleans up behind that was done by `latest`, too.
async fn take_back(shared: &Shared, end: &RunEnd, latest: Duration) -> bool {
    let (alive, mut cleaning) = mpsc::channel::<()>(1);
    let parts = shared.parts(Hold::new(alive));
    let back: Vec<Node> = {
        let state = shared.recorder.state();
        let starts = !matches!(end, RunEnd::Cancelled { .. }) && state.may_start();
        let unfinished = |node: Node| state.node(node).ending.as_ref().is_none_or(|e| e.verdict == Verdict::Failed);
        shared.to_undo().into_iter().filter(|node| !starts || unfinished(*node)).collect()
    };
    for node in back {
        undo(shared, node, latest.saturating_sub(shared.now()), &parts).await;
    }
    drop(parts);
    tokio::time::timeout(latest.saturating_sub(shared.now()), cleaning.recv()).await.is_ok()
}

impl Driver {
    fn new(shared: Arc<Shared>, parts: Arc<RunParts>) -> Self {
        let plan = &shared.plan;
        let waiting: Vec<usize> = (0..plan.len()).map(|n| plan.needs(Node(n)).len()).collect();
        let ready = plan.order().iter().copied().filter(|n| waiting[n.0] == 0).collect();
        Self { came: vec![None; plan.len()], waiting, ready, running: JoinSet::new(), parts, shared }
    }

    async fn run(&mut self, signal: &mut watch::Receiver<i32>) -> RunEnd {
        let budget = tokio::time::sleep_until(self.shared.recorder.began() + self.shared.budget());
        tokio::pin!(budget);
        loop {
            if let Some(by) = self.start_ready().await {
                return RunEnd::Stopped { by };
            }
            let (node, ending) = tokio::select! {
                biased;
                signal = ended_by(signal) => return RunEnd::Cancelled { signal },
                () = &mut budget => return RunEnd::BudgetRanOut,
                done = self.running.join_next() => match done {
                    Some(Ok(done)) => done,
                    // A node's future never panics and is aborted only when the run is over.
                    Some(Err(_)) => continue,
                    None => return RunEnd::Completed,
                },
            };
            if let Some(by) = self.came_to(node, ending) {
                return RunEnd::Stopped { by };
            }
        }
    }

    /// Starts all that is ready. A node is polled once in place, and spawned only when it has to wait: most of a plan's
    /// cheap nodes never need a task of their own. Returns what stops the run, if something does.
    async fn start_ready(&mut self) -> Option<Node> {
        // The memory of the last future that was done in place, for the next.
        let mut spare = None;
        while let Some(node) = self.ready.pop_front() {
            let ending = match self.skip(node) {
                Some(why) => Box::new(Ending::skipped(why)),
                None => {
                    let mut work = in_place_of(spare.take(), self.work(node));
                    match poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await {
                        Poll::Ready((_, ending)) => {
                            spare = Some(work);
                            ending
                        }
                        Poll::Pending => {
                            self.running.spawn(work);
                            continue;
                        }
                    }
                }
            };
            if let Some(by) = self.came_to(node, ending) {
                return Some(by);
            }
        }
        None
    }

    fn work(&self, node: Node) -> impl Future<Output = (Node, Box<Ending>)> + Send + use<> {
        let (shared, parts) = (Arc::clone(&self.shared), Arc::clone(&self.parts));
        async move { (node, run_node(&shared, node, &parts).await) }
    }

    /// Why `node` shall not run, if it shall not.
    fn skip(&self, node: Node) -> Option<Skip> {
        if let Some(by) = self.shared.policy.switched_off_by(&self.shared.plan.card(node).id) {
            return Some(Skip::SwitchedOff { by: by.to_owned() });
        }
        self.blame(node).map(|culprit| Skip::NeedFailed { id: self.shared.plan.card(culprit).id.clone() })
    }

    /// The first required need of `node` that did not come well, down to what failed first.
    fn blame(&self, node: Node) -> Option<Node> {
        self.shared.plan.needs(node).iter().find_map(|(need, required)| match self.came[need.0] {
            Some(Came::Amiss(culprit)) if *required => Some(culprit),
            _ => None,
        })
    }

    /// Notes what came of `node` and makes its dependents ready. Returns the node when it stops the run.
    fn came_to(&mut self, node: Node, ending: Box<Ending>) -> Option<Node> {
        let came = match &*ending {
            Ending { verdict: Verdict::Failed, .. } => Came::Amiss(node),
            // Nobody asked for it to be left unproven.
            Ending { verdict: Verdict::Unproven, .. } if self.shared.policy.robust => Came::Amiss(node),
            Ending { skipped: Some(Skip::NeedFailed { .. }), .. } => Came::Amiss(self.blame(node).unwrap_or(node)),
            _ => Came::Well,
        };
        self.came[node.0] = Some(came);
        let stops = ending.verdict == Verdict::Failed
            && !self.shared.policy.graceful
            && self.shared.plan.card(node).is_required();
        self.shared.tell(Event::Ended { node, ending, at: self.shared.now() });
        for dependent in self.shared.plan.dependents(node) {
            self.waiting[dependent.0] -= 1;
            if self.waiting[dependent.0] == 0 {
                self.ready.push_back(*dependent);
            }
        }
        stops.then_some(node)
    }

    /// Ends what still runs, keeps what was done in the same moment, and says of everything else why it never ran.
    async fn end_running(&mut self, end: &RunEnd) {
        self.running.abort_all();
        // A task that blocks its thread cannot be aborted, and must not keep the run.
        let latest = Instant::now() + UNDO_GRACE / 4;
        while let Ok(Some(ended)) = tokio::time::timeout_at(latest, self.running.join_next()).await {
            if let Ok((node, ending)) = ended {
                self.came_to(node, ending);
            }
        }
        for &node in self.shared.plan.order().iter().filter(|n| self.came[n.0].is_none()) {
            let ending = match end {
                RunEnd::Stopped { by } => Ending::skipped(Skip::Stopped { id: self.shared.plan.card(*by).id.clone() }),
                _ => self.shared.recorder.state().ending_at(node, Some(end)),
            };
            self.shared.tell(Event::Ended { node, ending: Box::new(ending), at: self.shared.now() });
        }
    }
}

/// `future` on the heap, in the memory of `done` if there is one.
fn in_place_of<F: Future>(done: Option<Pin<Box<F>>>, future: F) -> Pin<Box<F>> {
    match done {
        Some(mut memory) => {
            memory.set(future);
            memory
        }
        None => Box::pin(future),
    }
}

/// Waits for a signal, or for the caller's wish, to end the run. For ever when nobody is left who could wish it.
async fn ended_by(signal: &mut watch::Receiver<i32>) -> i32 {
    let wish = signal.wait_for(|signal| *signal != 0).await.map(|number| *number).ok();
    match wish {
        Some(number) => number.max(0),
        None => std::future::pending().await,
    }
}
