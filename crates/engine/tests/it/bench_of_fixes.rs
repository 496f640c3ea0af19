//! Scripted fixes and services, and a way to run them.

use bootproof_core::{
    Card, Change, ChosenEnvironment, Cx, Diagnosis, Environment, Event, Finding, Fix, Identity, Mode, Permit, Phase,
    Policy, Proof, RunMeta, RunState, Scope, Seed, Seen, Service, Step, Vars,
};
use bootproof_engine::{Engine, Observer, Settings, Work};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// What a scripted step does.
#[derive(Clone)]
pub enum Script {
    Ok,
    Sleep(Duration),
    Hang,
    Panic,
    Fail(Diagnosis),
    /// Proves by what was seen while applying.
    OldEvidence,
    /// Fails so often, then is well.
    FailTimes(u32, Diagnosis),
}

/// Writes down what happens, in order.
pub type Journal = Arc<Mutex<Vec<String>>>;

pub struct Scripted {
    pub card: Card,
    pub apply: Script,
    pub prove: Script,
    pub undo: Script,
    pub declared: bool,
    /// How long a task behind `prove` goes on cleaning.
    pub holding: Duration,
    pub journal: Journal,
    calls: AtomicU32,
    old: Mutex<Option<Seen>>,
}

impl Scripted {
    pub fn new(card: Card, journal: &Journal) -> Self {
        let (apply, prove, undo) = (Script::Ok, Script::Ok, Script::Ok);
        let (journal, calls) = (Arc::clone(journal), AtomicU32::new(0));
        let old = Mutex::default();
        Self { card, apply, prove, undo, declared: true, holding: Duration::ZERO, journal, calls, old }
    }

    pub fn apply(self, apply: Script) -> Self {
        Self { apply, ..self }
    }

    pub fn prove(self, prove: Script) -> Self {
        Self { prove, ..self }
    }

    pub fn undo(self, undo: Script) -> Self {
        Self { undo, ..self }
    }

    pub fn holding(self, holding: Duration) -> Self {
        Self { holding, ..self }
    }

    pub fn undeclared(self) -> Self {
        Self { declared: false, ..self }
    }

    pub fn work(self) -> Work {
        Work::Fix(Arc::new(self))
    }

    async fn play(&self, step: Step, script: &Script) -> Result<(), Diagnosis> {
        self.journal.lock().unwrap().push(format!("{step} {}", self.card.id));
        match script {
            Script::Ok | Script::OldEvidence => Ok(()),
            Script::Sleep(time) => {
                tokio::time::sleep(*time).await;
                Ok(())
            }
            Script::Hang => std::future::pending().await,
            Script::Panic => std::panic::resume_unwind(Box::new("scripted panic")),
            Script::Fail(diagnosis) => Err(diagnosis.clone()),
            Script::FailTimes(times, diagnosis) if self.calls.fetch_add(1, Ordering::Relaxed) < *times => {
                Err(diagnosis.clone())
            }
            Script::FailTimes(..) => Ok(()),
        }
    }
}

impl Fix for Scripted {
    fn card(&self) -> &Card {
        &self.card
    }

    fn inspect<'a>(&'a self, _: &'a Cx) -> Phase<'a, Finding> {
        Box::pin(async { Ok(if self.declared { Finding::facts(["a fact"]) } else { Finding::NothingDeclared }) })
    }

    fn apply<'a>(&'a self, cx: &'a Cx, _: Permit, _: &'a Finding) -> Phase<'a, Change> {
        Box::pin(async {
            self.play(Step::Apply, &self.apply).await?;
            *self.old.lock().unwrap() = Some(cx.look("applied it").saw("done"));
            Ok(Change::made(["something"]))
        })
    }

    fn prove<'a>(&'a self, cx: &'a Cx, _: &'a Change) -> Phase<'a, Proof> {
        Box::pin(async {
            let look = cx.look("tried it");
            self.play(Step::Prove, &self.prove).await?;
            if !self.holding.is_zero() {
                let (hold, time) = (cx.hold(), self.holding);
                tokio::spawn(async move {
                    tokio::time::sleep(time).await;
                    drop(hold);
                });
            }
            let old = self.old.lock().unwrap().filter(|_| matches!(self.prove, Script::OldEvidence));
            Ok(Proof::proven(Scope::Process, old.unwrap_or_else(|| look.saw("it holds"))))
        })
    }

    fn undo<'a>(&'a self, _: &'a Cx, _: &'a Change) -> Phase<'a, ()> {
        Box::pin(async { self.play(Step::Undo, &self.undo).await })
    }
}

/// A service that takes so long to answer.
pub struct Slow(pub Card, pub Duration);

impl Service for Slow {
    fn card(&self) -> &Card {
        &self.0
    }

    fn probe<'a>(&'a self, _: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(async {
            tokio::time::sleep(self.1).await;
            Ok(Identity("slow 1.0".into()))
        })
    }
}

/// Collects the events of a run.
#[derive(Default)]
pub struct Events(pub Mutex<Vec<Event>>);

impl Observer for Events {
    fn saw(&self, event: &Event, _: &RunState) {
        self.0.lock().unwrap().push(event.clone());
    }
}

pub fn journal() -> Journal {
    Arc::default()
}

pub fn settings(policy: Policy, seed: u64) -> Settings {
    Settings {
        meta: RunMeta {
            service: "test".into(),
            environment: Some(ChosenEnvironment { name: policy.environment, source: "test".into() }),
            started_at: Duration::ZERO,
            seed: Seed(seed),
            budget: policy.budget.total(),
            mode: policy.mode,
            notes: vec![],
            refused: vec![],
        },
        policy: Arc::new(policy),
        given: Arc::new(Vars::default()),
        mapped: Arc::new(Vars::default()),
    }
}

pub fn policy() -> Policy {
    Policy::builtin(Environment::Test)
}

pub fn check() -> Policy {
    Policy { mode: Mode::Check, ..policy() }
}

/// Runs `work` to its end under `policy`.
pub async fn run(work: Vec<Work>, policy: Policy) -> RunState {
    Engine::new(work, settings(policy, 1)).expect("a valid plan").start(None).finish().await.state
}

/// Runs and collects the events, too.
pub async fn run_with_events(work: Vec<Work>, policy: Policy, seed: u64) -> (RunState, Vec<Event>) {
    let events = Arc::new(Events::default());
    let engine = Engine::new(work, settings(policy, seed)).expect("a valid plan");
    let finished = engine.start(Some(Arc::clone(&events) as Arc<dyn Observer>)).finish().await;
    let events = events.0.lock().unwrap().clone();
    (finished.state, events)
}

pub fn away() -> Diagnosis {
    Diagnosis::new("TEST-001", "it is away").away()
}

pub fn wrong() -> Diagnosis {
    Diagnosis::new("TEST-002", "the password is wrong").configuration()
}

pub fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
