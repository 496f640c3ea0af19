//! The contract suite that every fix must pass, and the rig that runs phases outside the engine.
//!
//! Read [`upholds_the_contract`] first. Inspect twice is equal; apply twice changes once; prove fails when apply is skipped;
//! any phase dropped at any await leaves nothing behind; undo restores.

use bootproof_core::{
    Change, Clock, Cx, Diagnosis, Environment, Event, Evidence, Finding, Fix, Hold, Node, Place, Policy, Proof,
    RunParts, Seed, Shelf, Sink, Standing, Step, Value, Vars,
};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{sync::mpsc, time::Instant};

/// How many polls a phase is given before it is dropped, at most. A phase with more awaits than this is cut at these.
const MOST_CUTS: usize = 60;
/// How long a cleaning task may go on after its phase was dropped.
const SETTLE: Duration = Duration::from_secs(5);

/// Makes contexts for phases, keeps the shelf between them, and collects evidence.
pub struct Rig {
    parts: RunParts,
    log: Arc<Log>,
    limit: Duration,
    over: Mutex<mpsc::Receiver<()>>,
}

#[derive(Default)]
struct Log(Mutex<Vec<Event>>);

impl Sink for Log {
    fn take(&self, event: Event) {
        self.0.lock().expect("no panic while it was held").push(event);
    }
}

struct Since(Instant);

impl Clock for Since {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

fn hold() -> (Hold, mpsc::Receiver<()>) {
    let (sender, receiver) = mpsc::channel(1);
    (Hold::new(sender), receiver)
}

impl Rig {
    /// The built-in policy of `environment`, no variables, an empty shelf, ten seconds for each phase.
    pub fn new(environment: Environment) -> Self {
        let log = Arc::new(Log::default());
        let (hold, over) = hold();
        let parts = RunParts {
            policy: Arc::new(Policy::builtin(environment)),
            given: Arc::default(),
            mapped: Arc::default(),
            shelf: Arc::new(Shelf::default()),
            seed: Seed(7),
            clock: Arc::new(Since(Instant::now())),
            sink: Arc::clone(&log) as Arc<dyn Sink>,
            hold,
        };
        Self { parts, log, limit: Duration::from_secs(10), over: Mutex::new(over) }
    }

    /// Sets variables, as given and as mapped.
    pub fn vars(mut self, pairs: &[(&str, &str)]) -> Self {
        let mut vars = Vars::clone(&self.parts.given);
        for (name, text) in pairs {
            let text = bootproof_core::Secret::new(*text);
            vars.set(*name, Value { text, source: "test".into(), shown: false });
        }
        self.parts.given = Arc::new(vars);
        self.parts.mapped = Arc::clone(&self.parts.given);
        self
    }

    /// Changes the policy.
    pub fn policy(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        let mut policy = Policy::clone(&self.parts.policy);
        change(&mut policy);
        self.parts.policy = Arc::new(policy);
        self
    }

    /// Gives each phase `limit`.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Uses another seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.parts.seed = Seed(seed);
        self
    }

    /// A context for one phase. All contexts of a rig share its shelf.
    pub fn cx(&self, step: Step) -> Cx {
        let deadline = self.parts.clock.now().saturating_add(self.limit);
        Cx::new(Arc::new(self.parts.clone()), Place { node: Node(0), step, attempt: 1, deadline })
    }

    /// What is held so far.
    pub fn shelf(&self) -> &Shelf {
        &self.parts.shelf
    }

    /// What was seen so far, in order.
    pub fn evidence(&self) -> Vec<Evidence> {
        let log = self.log.0.lock().expect("no panic while it was held");
        log.iter()
            .filter_map(|event| if let Event::Saw { evidence, .. } = event { Some(evidence.clone()) } else { None })
            .collect()
    }

    /// Runs inspect, apply and prove, as the engine would.
    ///
    /// # Errors
    /// The first diagnosis of a phase. A policy without a permit, and a fix for which nothing is declared, are panics: the
    /// test meant something else.
    pub async fn run(&self, fix: &dyn Fix) -> Result<(Finding, Change, Proof), Diagnosis> {
        let found = fix.inspect(&self.cx(Step::Inspect)).await?;
        assert_ne!(found, Finding::NothingDeclared, "nothing is declared for `{}`", fix.card().id);
        let permit = self.parts.policy.permit().expect("a policy that permits changes");
        let change = fix.apply(&self.cx(Step::Apply), permit, &found).await?;
        let proof = fix.prove(&self.cx(Step::Prove), &change).await?;
        Ok((found, change, proof))
    }

    /// Waits until everything that holds the run is over.
    ///
    /// # Panics
    /// When that takes more than five seconds.
    pub async fn settle(&mut self) {
        let (hold, over) = hold();
        self.parts.hold = hold;
        let mut before = std::mem::replace(self.over.get_mut().expect("no panic while it was held"), over);
        let closed = tokio::time::timeout(SETTLE, before.recv()).await;
        assert_eq!(closed, Ok(None), "something still holds the run {SETTLE:?} after its phase was dropped");
    }
}

/// A future that is given so many polls and then dropped.
struct Cut<F> {
    future: F,
    polls: usize,
}

impl<F: Future + Unpin> Future for Cut<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == 0 {
            return Poll::Ready(None);
        }
        self.polls -= 1;
        match Pin::new(&mut self.future).poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // Once the polls are used up, the future is dropped where it waits.
            Poll::Pending if self.polls == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Checks all duties of `fix`. `make_rig` makes a fresh rig; `world` fingerprints what the fix could leave behind (tables,
/// listening sockets, keys, files), without times.
///
/// # Panics
/// With the duty that is not kept.
pub async fn upholds_the_contract(fix: &dyn Fix, make_rig: impl Fn() -> Rig, world: impl AsyncFn() -> String) {
    inspects_twice_equal(fix, &make_rig, &world).await;
    proves_nothing_unapplied(fix, &make_rig, &world).await;
    applies_once_proves_and_undoes(fix, &make_rig, &world).await;
    for step in [Step::Inspect, Step::Apply, Step::Prove] {
        leaves_nothing_when_dropped(fix, &make_rig, &world, step).await;
    }
}

async fn inspects_twice_equal(fix: &dyn Fix, make_rig: &impl Fn() -> Rig, world: &impl AsyncFn() -> String) {
    let (rig, before) = (make_rig(), world().await);
    let first = fix.inspect(&rig.cx(Step::Inspect)).await;
    let second = fix.inspect(&rig.cx(Step::Inspect)).await;
    assert_eq!(first, second, "inspect twice must be equal");
    assert!(rig.shelf().keys().is_empty(), "inspect put {:?} on the shelf", rig.shelf().keys());
    stands_still(&before, world, "inspect must touch nothing").await;
}

async fn proves_nothing_unapplied(fix: &dyn Fix, make_rig: &impl Fn() -> Rig, world: &impl AsyncFn() -> String) {
    let (rig, before) = (make_rig(), world().await);
    let proof = fix.prove(&rig.cx(Step::Prove), &Change::nothing()).await;
    let nothing_shown = matches!(&proof, Err(_) | Ok(Proof { standing: Standing::Unproven(_), .. }));
    assert!(nothing_shown, "prove must fail when apply is skipped, and said {proof:?}");
    stands_still(&before, world, "a failed proof must leave nothing behind").await;
}

async fn applies_once_proves_and_undoes(fix: &dyn Fix, make_rig: &impl Fn() -> Rig, world: &impl AsyncFn() -> String) {
    let (mut rig, before) = (make_rig(), world().await);
    let (found, change, proof) = rig.run(fix).await.unwrap_or_else(|d| panic!("the fix must hold in this rig: {d}"));
    assert!(!matches!(proof.standing, Standing::Unproven(_)), "the proof must show something: {proof:?}");
    assert!(rig.evidence().iter().any(|e| e.step == Step::Prove), "a proof must come with evidence");
    rig.settle().await;
    let applied = world().await;
    let permit = rig.parts.policy.permit().expect("a policy that permits changes");
    let again = fix.apply(&rig.cx(Step::Apply), permit, &found).await.expect("apply a second time");
    assert!(again.is_nothing(), "apply a second time must change nothing more, and made {:?}", again.made);
    stands_still(&applied, world, "apply a second time must change nothing more").await;
    fix.prove(&rig.cx(Step::Prove), &again).await.expect("prove a second time");
    rig.settle().await;
    stands_still(&applied, world, "prove must leave nothing behind").await;
    fix.undo(&rig.cx(Step::Undo), &change).await.expect("undo");
    rig.settle().await;
    stands_still(&before, world, "undo must restore what was there").await;
    assert!(rig.shelf().keys().is_empty(), "undo left {:?} on the shelf", rig.shelf().keys());
    let proof = fix.prove(&rig.cx(Step::Prove), &change).await;
    assert!(
        matches!(&proof, Err(_) | Ok(Proof { standing: Standing::Unproven(_), .. })),
        "proven after undo: {proof:?}"
    );
}

async fn leaves_nothing_when_dropped(
    fix: &dyn Fix,
    make_rig: &impl Fn() -> Rig,
    world: &impl AsyncFn() -> String,
    step: Step,
) {
    let before = world().await;
    for polls in 1..=MOST_CUTS {
        let mut rig = make_rig();
        let (done, cut_change) = run_cut(fix, &rig, step, polls).await;
        rig.settle().await;
        if step == Step::Inspect {
            stands_still(&before, world, &format!("inspect dropped at await {polls} left something behind")).await;
        }
        // Whatever was dropped, a later run must still come to a truthful end, and everything must be gone after it.
        let (_, mut change, _) = rig
            .run(fix)
            .await
            .unwrap_or_else(|d| panic!("{step} dropped at await {polls}, and then the fix does not hold: {d}"));
        change.made.extend(cut_change.made);
        fix.undo(&rig.cx(Step::Undo), &change).await.expect("undo");
        rig.settle().await;
        stands_still(&before, world, &format!("{step} dropped at await {polls} left something behind")).await;
        if done {
            break;
        }
    }
    if step != Step::Inspect {
        is_undone_when_dropped(fix, make_rig, world, step).await;
    }
}

/// What the engine does when a step is over its limit: no later run, only what cleans up by itself, and undo with the change
/// that is known so far.
async fn is_undone_when_dropped(
    fix: &dyn Fix,
    make_rig: &impl Fn() -> Rig,
    world: &impl AsyncFn() -> String,
    step: Step,
) {
    let before = world().await;
    for polls in 1..=MOST_CUTS {
        let mut rig = make_rig();
        let (done, change) = run_cut(fix, &rig, step, polls).await;
        rig.settle().await;
        fix.undo(&rig.cx(Step::Undo), &change).await.expect("undo");
        rig.settle().await;
        stands_still(&before, world, &format!("{step} dropped at await {polls} and undone left something behind"))
            .await;
        let keys = rig.shelf().keys();
        assert!(keys.is_empty(), "{step} dropped at await {polls} and undone left {keys:?} on the shelf");
        if done {
            break;
        }
    }
}

/// Runs the phases up to `step` and drops that after `polls` polls. Tells whether it was done by then, and what was changed.
async fn run_cut(fix: &dyn Fix, rig: &Rig, step: Step, polls: usize) -> (bool, Change) {
    let cx = rig.cx(Step::Inspect);
    if step == Step::Inspect {
        return (Cut { future: fix.inspect(&cx), polls }.await.is_some(), Change::nothing());
    }
    let found = fix.inspect(&cx).await.expect("inspect");
    let permit = rig.parts.policy.permit().expect("a policy that permits changes");
    let cx = rig.cx(Step::Apply);
    if step == Step::Apply {
        let applied = Cut { future: fix.apply(&cx, permit, &found), polls }.await;
        return (applied.is_some(), applied.map_or_else(Change::nothing, |change| change.expect("apply")));
    }
    let change = fix.apply(&cx, permit, &found).await.expect("apply");
    let cx = rig.cx(Step::Prove);
    (Cut { future: fix.prove(&cx, &change), polls }.await.is_some(), change)
}

/// Checks that the world is as `expected`, or is so within two seconds: a connection that was let go is noticed by its server a
/// moment later, and a process that another thread just started holds every socket until it runs its own program.
async fn stands_still(expected: &str, world: &impl AsyncFn() -> String, otherwise: &str) {
    let until = Instant::now() + Duration::from_secs(2);
    let mut now = world().await;
    while now != expected && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
        now = world().await;
    }
    assert_eq!(expected, now, "{otherwise}");
}
