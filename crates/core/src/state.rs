//! The state of a run: the fold of its events. Text, JSON and tests read this one snapshot.

use crate::{
    ChosenEnvironment, Diagnosis, Event, Evidence, Mode, Node, Plan, RunEnd, Scope, Seed, Step, Undoing, Verdict,
    diagnose,
};
use std::{sync::Arc, time::Duration};

/// What is known of a run before it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunMeta {
    /// The service's name.
    pub service: String,
    /// The environment in force, and who chose it; `None` when none could be chosen, and nothing was started.
    pub environment: Option<ChosenEnvironment>,
    /// When the run began, since the Unix epoch.
    pub started_at: Duration,
    /// The seed of the waits between attempts.
    pub seed: Seed,
    /// The total time of the run.
    pub budget: Duration,
    /// Whether the run may change anything.
    pub mode: Mode,
    /// What the reader must know: assumptions that were made, protections that are switched off.
    pub notes: Vec<String>,
    /// Why nothing was started: the configuration cannot be used. Empty for a run that began.
    pub refused: Vec<Diagnosis>,
}

/// What came of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// The verdict.
    pub verdict: Verdict,
    /// What the proof covers; `None` without a proof.
    pub scope: Option<Scope>,
    /// What is wrong, unless it is proven or was skipped.
    pub diagnosis: Option<Diagnosis>,
    /// Who answered, for services.
    pub identity: Option<String>,
    /// Why it was skipped.
    pub skipped: Option<Skip>,
}

/// Why a node was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// Somebody switched it off.
    SwitchedOff {
        /// Who: `--skip redis`, `[fixes]`, `REDIS_MODE=disabled`.
        by: String,
    },
    /// The service declares nothing for it.
    NothingDeclared,
    /// Something it needs did not succeed.
    NeedFailed {
        /// What.
        id: String,
    },
    /// The run stopped before its turn, because something required failed.
    Stopped {
        /// What failed.
        id: String,
    },
    /// The run ended before its turn.
    RunEnded {
        /// How.
        how: String,
    },
    /// A read-only run looked, and neither changed nor proved anything.
    OnlyLooked,
}

impl Skip {
    /// One line for people.
    pub fn reason(&self) -> String {
        match self {
            Self::SwitchedOff { by } => format!("switched off by {by}"),
            Self::NothingDeclared => "nothing declared".into(),
            Self::NeedFailed { id } => format!("`{id}` did not succeed"),
            Self::Stopped { id } => format!("the start stopped when `{id}` failed"),
            Self::RunEnded { how } => format!("not begun when the run ended: {how}"),
            Self::OnlyLooked => "only looked at: this run changes and proves nothing".into(),
        }
    }
}

impl Ending {
    /// It was skipped.
    pub fn skipped(why: Skip) -> Self {
        Self { verdict: Verdict::Skipped, scope: None, diagnosis: None, identity: None, skipped: Some(why) }
    }

    /// It failed.
    pub fn failed(diagnosis: Diagnosis) -> Self {
        Self { verdict: Verdict::Failed, scope: None, diagnosis: Some(diagnosis), identity: None, skipped: None }
    }
}

/// How long a step took, added up over the attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The step.
    pub step: Step,
    /// The time.
    pub took: Duration,
}

/// How long each step took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spans([Option<Duration>; 4]);

impl Spans {
    /// The steps that were done, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Span> {
        let steps = [Step::Inspect, Step::Apply, Step::Prove, Step::Undo];
        steps.into_iter().zip(self.0).filter_map(|(step, took)| Some(Span { step, took: took? }))
    }

    fn add(&mut self, step: Step, took: Duration) {
        *self.0[step as usize].get_or_insert_default() += took;
    }
}

/// What is known of a node so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeState {
    /// When its first attempt began.
    pub began: Option<Duration>,
    /// Attempts begun. 0 for what was skipped.
    pub attempts: u32,
    /// The step under way, with its beginning.
    pub doing: Option<(Step, Duration)>,
    /// The steps done.
    pub spans: Spans,
    /// What was seen. Of an attempt that was tried again, nothing is kept but its diagnosis in `retried`.
    pub evidence: Vec<Evidence>,
    /// Why earlier attempts failed.
    pub retried: Vec<Diagnosis>,
    /// Whether `apply` was ever begun.
    pub applied: bool,
    /// What came of it, once it is done.
    pub ending: Option<Box<Ending>>,
    /// When it was done.
    pub ended: Option<Duration>,
    /// What came of taking it back.
    pub undone: Option<Undone>,
}

/// A change that was taken back, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    /// Taken back.
    Undone,
    /// Half done; the diagnosis says what is left.
    Stuck(Box<Diagnosis>),
}

/// The snapshot of a run.
#[derive(Debug, Clone)]
pub struct RunState {
    /// What was known before it began.
    pub meta: RunMeta,
    /// The plan.
    pub plan: Arc<Plan>,
    /// Shared by snapshots: taking one is cheap, and only a fold while one is looked at copies.
    nodes: Arc<Vec<NodeState>>,
    last: Duration,
    end: Option<RunEnd>,
    cleaned: bool,
}

impl RunState {
    /// A run that has not begun.
    pub fn new(meta: RunMeta, plan: Arc<Plan>) -> Self {
        let nodes = Arc::new(vec![NodeState::default(); plan.len()]);
        Self { meta, plan, nodes, last: Duration::ZERO, end: None, cleaned: true }
    }

    /// A run that was refused before it began: nothing in it was started, and `meta.refused` says why.
    pub fn refused(meta: RunMeta) -> Self {
        let mut state = Self::new(meta, Arc::default());
        state.end = Some(RunEnd::Completed);
        state
    }

    /// Folds one event in. Nothing that follows the end of the run, or the end of a node, changes what was said.
    pub fn fold(&mut self, event: Event) {
        if self.end.is_some() {
            return;
        }
        match event {
            Event::Attempt { node, attempt, at } => self.attempt(node, attempt, at),
            Event::StepBegan { node, step, at } => self.step_began(node, step, at),
            Event::Saw { node, evidence } => {
                self.last = self.last.max(evidence.at);
                let all = &mut self.node_mut(node).evidence;
                if all.is_empty() {
                    // Most nodes of a large plan have one piece; the default would take the memory of four.
                    all.reserve_exact(1);
                }
                all.push(evidence);
            }
            Event::StepEnded { node, step, at } => self.step_ended(node, step, at),
            Event::Retrying { node, diagnosis, at, .. } => {
                self.last = at;
                let state = self.node_mut(node);
                state.retried.push(*diagnosis);
                state.evidence.clear();
            }
            Event::Ended { node, ending, at } => self.ended(node, ending, at),
            Event::Undone { node, undoing, at } => {
                self.last = at;
                self.node_mut(node).undone = Some(match undoing {
                    Undoing::Undone => Undone::Undone,
                    Undoing::Stuck(diagnosis) => Undone::Stuck(diagnosis),
                });
            }
            Event::RunEnded { end, cleaned, at } => {
                self.last = at;
                self.cleaned = cleaned;
                self.end = Some(end);
            }
        }
    }

    fn attempt(&mut self, node: Node, attempt: u32, at: Duration) {
        self.last = at;
        let state = self.node_mut(node);
        state.attempts = attempt;
        state.began.get_or_insert(at);
    }

    fn step_began(&mut self, node: Node, step: Step, at: Duration) {
        self.last = at;
        let state = self.node_mut(node);
        state.doing = Some((step, at));
        state.applied |= step == Step::Apply;
    }

    fn step_ended(&mut self, node: Node, step: Step, at: Duration) {
        self.last = at;
        let state = self.node_mut(node);
        let took = match state.doing.take() {
            Some((doing, since)) if doing == step => at.saturating_sub(since),
            _ => Duration::ZERO,
        };
        state.spans.add(step, took);
    }

    fn ended(&mut self, node: Node, ending: Box<Ending>, at: Duration) {
        self.last = at;
        let state = self.node_mut(node);
        if state.ending.is_none() {
            state.ending = Some(ending);
            state.ended = Some(at);
        }
    }

    fn node_mut(&mut self, node: Node) -> &mut NodeState {
        &mut Arc::make_mut(&mut self.nodes)[node.0]
    }

    /// What is known of `node`.
    pub fn node(&self, node: Node) -> &NodeState {
        &self.nodes[node.0]
    }

    /// How the run ended, once it has.
    pub fn end(&self) -> Option<&RunEnd> {
        self.end.as_ref()
    }

    /// Whether everything that cleans up behind dropped phases was done when the run ended.
    pub fn cleaned(&self) -> bool {
        self.cleaned
    }

    /// When the last event happened, since the run began: the duration of a run that is over.
    pub fn duration(&self) -> Duration {
        self.last
    }

    /// How long `node` took; zero when it was skipped.
    pub fn took(&self, node: Node) -> Duration {
        let state = self.node(node);
        match state.began {
            Some(began) => state.ended.unwrap_or(self.last).saturating_sub(began),
            None => Duration::ZERO,
        }
    }

    /// What may be said of `node` now. For one that is not done, that is what is true if the run ends here: `skipped` when
    /// it has not begun, `failed` when it was cut off; never `proven`.
    pub fn ending(&self, node: Node) -> Ending {
        self.ending_at(node, self.end.as_ref())
    }

    /// What may be said of `node` if the run ends now, by `end`; `None` when it is just dropped.
    pub fn ending_at(&self, node: Node, end: Option<&RunEnd>) -> Ending {
        let state = self.node(node);
        if let Some(ending) = &state.ending {
            return Ending::clone(ending);
        }
        let how = end.map_or_else(|| "the caller gave it up".to_owned(), ToString::to_string);
        if state.attempts == 0 {
            return Ending::skipped(Skip::RunEnded { how });
        }
        let id = &self.plan.card(node).id;
        let doing = state.doing.map_or("waiting to try again", |(step, _)| step.as_str());
        Ending::failed(match end {
            Some(RunEnd::BudgetRanOut) => diagnose::budget_ran_out(id, self.meta.budget, doing),
            Some(_) => diagnose::cancelled(id, &how),
            None => diagnose::given_up(id, doing),
        })
    }

    /// The verdict that may be given on `node` now: see [`RunState::ending`].
    pub fn verdict(&self, node: Node) -> Verdict {
        self.node(node).ending.as_ref().map_or_else(|| self.ending(node).verdict, |ending| ending.verdict)
    }
}
