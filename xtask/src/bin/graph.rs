//! What a graph of 10,000 empty nodes costs, beside a bare `JoinSet` with a limit and a record per node.
//!
//! Prints `{"services_ns": N, "fixes_ns": N, "peer_ns": N}`: the medians of alternating runs. `cargo xtask bench graph-10000` calls it.

use bootproof_core::{
    Card, Change, ChosenEnvironment, Cx, Environment, Finding, Fix, Identity, Mode, Permit, Phase, Policy, Proof,
    RunMeta, Scope, Seed, Service, Vars, Verdict,
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

/// Answers at once: one step, as the peer's nodes have.
struct Answering(Card);

impl Service for Answering {
    fn card(&self) -> &Card {
        &self.0
    }

    fn probe<'a>(&'a self, _: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(ready(Ok(Identity(String::new()))))
    }
}

fn engine(work: &[Work]) -> Engine {
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
    Engine::new(work.to_vec(), settings).expect("a valid plan")
}

async fn ours(work: &[Work]) -> Duration {
    let engine = engine(work);
    let began = Instant::now();
    let finished = engine.start(None).finish().await;
    let took = began.elapsed();
    let plan = &finished.state.plan;
    assert!(plan.order().iter().all(|node| finished.state.verdict(*node) == Verdict::Proven));
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
    let fix = |n| Work::Fix(Arc::new(Empty(Card::fix(format!("node{n}"), "empty"))));
    let service = |n| Work::Service(Arc::new(Answering(Card::service(format!("node{n}"), "empty", "tcp"))));
    let (fixes, services): (Vec<Work>, Vec<Work>) = ((0..NODES).map(fix).collect(), (0..NODES).map(service).collect());
    let (mut of_fixes, mut of_services, mut of_peer) = (vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        of_services.push(ours(&services).await);
        of_peer.push(peer().await);
        of_fixes.push(ours(&fixes).await);
    }
    let (services, fixes, peer) = (median(of_services), median(of_fixes), median(of_peer));
    let text = format!("{{\"services_ns\": {services}, \"fixes_ns\": {fixes}, \"peer_ns\": {peer}}}\n");
    std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes()).expect("stdout is open");
}
