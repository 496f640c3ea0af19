//! What a graph of 10,000 empty nodes costs, beside a bare `JoinSet` with a limit and a record per node.
//!
//! Prints `{"ours_ns": N, "peer_ns": N}`: the medians of alternating runs. `cargo xtask bench graph-10000` calls it.

use bootproof_core::{
    Card, Change, ChosenEnvironment, Cx, Environment, Finding, Fix, Mode, Permit, Phase, Policy, Proof, RunMeta, Scope,
    Seed, Vars,
};
use bootproof_engine::{Engine, Settings, Work};
use std::{
    future::ready,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const NODES: usize = 10_000;
const ROUNDS: usize = 21;

/// Finds nothing wrong, changes nothing, and proves it at once: all three steps, nothing in them.
struct Empty(Card);

impl Fix for Empty {
    fn card(&self) -> &Card {
        &self.0
    }

    fn inspect<'a>(&'a self, _: &'a Cx) -> Phase<'a, Finding> {
        Box::pin(ready(Ok(Finding::Facts(vec![]))))
    }

    fn apply<'a>(&'a self, _: &'a Cx, _: Permit, _: &'a Finding) -> Phase<'a, Change> {
        Box::pin(ready(Ok(Change::nothing())))
    }

    fn prove<'a>(&'a self, cx: &'a Cx, _: &'a Change) -> Phase<'a, Proof> {
        let seen = cx.look(String::new()).saw(String::new());
        Box::pin(ready(Ok(Proof::proven(Scope::Process, seen))))
    }

    fn undo<'a>(&'a self, _: &'a Cx, _: &'a Change) -> Phase<'a, ()> {
        Box::pin(ready(Ok(())))
    }
}

fn engine(fixes: &[Arc<Empty>]) -> Engine {
    let environment = ChosenEnvironment { name: Environment::Test, source: "bench".into() };
    let settings = Settings {
        meta: RunMeta {
            service: "bench".into(),
            environment: Some(environment),
            started_at: Duration::ZERO,
            seed: Seed(1),
            budget: Duration::from_secs(30),
            mode: Mode::Verify,
            notes: vec![],
            refused: vec![],
        },
        policy: Arc::new(Policy::builtin(Environment::Test)),
        given: Arc::new(Vars::default()),
        mapped: Arc::new(Vars::default()),
    };
    let work = fixes.iter().map(|fix| Work::Fix(Arc::clone(fix) as Arc<dyn Fix>)).collect();
    Engine::new(work, settings).expect("a valid plan")
}

async fn ours(fixes: &[Arc<Empty>]) -> Duration {
    let engine = engine(fixes);
    let began = Instant::now();
    let finished = engine.start(None).finish().await;
    let took = began.elapsed();
    assert_eq!(finished.state.totals().proven, NODES);
    took
}

async fn peer() -> Duration {
    let began = Instant::now();
    let mut set = JoinSet::new();
    let mut records = Vec::with_capacity(NODES);
    for node in 0..NODES {
        set.spawn(async move {
            let began = Instant::now();
            let done = tokio::time::timeout(Duration::from_secs(10), async {}).await;
            (node, done.is_ok(), began.elapsed())
        });
    }
    while let Some(done) = set.join_next().await {
        records.push(done.expect("no panic"));
    }
    assert_eq!(records.len(), NODES);
    began.elapsed()
}

fn median(mut times: Vec<Duration>) -> u128 {
    times.sort_unstable();
    times[times.len() / 2].as_nanos()
}

#[tokio::main]
async fn main() {
    let fixes: Vec<_> = (0..NODES).map(|n| Arc::new(Empty(Card::fix(format!("node{n}"), "empty")))).collect();
    let (mut our_times, mut peer_times) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        our_times.push(ours(&fixes).await);
        peer_times.push(peer().await);
    }
    let text = format!("{{\"ours_ns\": {}, \"peer_ns\": {}}}\n", median(our_times), median(peer_times));
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()).expect("stdout is open");
}
