//! One node: its steps, its limit, its retries.

use crate::{isolate::Isolated, shared::Shared, work::Work};
use bootproof_core::{
    Cx, Diagnosis, Ending, Event, Evidence, Finding, Fix, Node, Place, Proof, Retry, RunParts, Scope, Service, Skip,
    Standing, Step, Verdict, diagnose,
};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

/// Runs `node` to its end: never longer than its limit, never panics. What it changed and could not prove is taken back by
/// the driver, once nothing else runs.
pub(crate) async fn run_node(shared: &Shared, node: Node, parts: &Arc<RunParts>) -> Box<Ending> {
    attempts(shared, node, parts).await.unwrap_or_else(|diagnosis| Box::new(Ending::failed(*diagnosis)))
}

/// What came of trying. Boxed at once: it is handed through many futures.
type Tried = Result<Box<Ending>, Box<Diagnosis>>;

/// Tries until it holds, or until trying again cannot help or there is no time left for it.
async fn attempts(shared: &Shared, node: Node, parts: &Arc<RunParts>) -> Tried {
    let card = shared.plan.card(node);
    let mut now = shared.now();
    let until = now.saturating_add(shared.policy.limit_of(card));
    let deadline = until.min(shared.budget());
    for attempt in 1.. {
        shared.tell(Event::Attempt { node, attempt, at: now });
        let attempting = Attempt { shared, parts, place: Place { node, step: Step::Inspect, attempt, deadline } };
        let diagnosis = match attempting.within(until, now).await {
            Ok(ending) => return Ok(ending),
            Err(diagnosis) => diagnosis,
        };
        now = shared.now();
        let may_help = diagnosis.retry == Retry::MayHelp && now < deadline;
        let delay = shared.policy.backoff.delay(shared.seed, &card.id, attempt).filter(|_| may_help);
        let Some(delay) = delay.filter(|d| now.saturating_add(*d) < deadline) else { return Err(diagnosis) };
        shared.tell(Event::Retrying { node, attempt, delay, diagnosis, at: now });
        tokio::time::sleep(delay).await;
        now = shared.now();
    }
    Err(Box::new(diagnose::broke(&card.id, "more attempts than a number can count")))
}

/// One attempt at a node.
struct Attempt<'a> {
    shared: &'a Shared,
    parts: &'a Arc<RunParts>,
    place: Place,
}

impl Attempt<'_> {
    /// Runs the steps, until `until` at most. The budget is kept by the driver, which ends all nodes at once.
    async fn within(&self, until: Duration, now: Duration) -> Tried {
        let mut steps = pin!(Isolated::new(self.steps(now)));
        // A timer is made only for what has to wait.
        let first = poll_fn(|cx| Poll::Ready(steps.as_mut().poll(cx))).await;
        let done = match first {
            Poll::Ready(done) => Ok(done),
            Poll::Pending if until < self.shared.budget() => {
                tokio::time::timeout_at(self.shared.recorder.began() + until, steps).await
            }
            Poll::Pending => Ok(steps.await),
        };
        let card = self.shared.plan.card(self.place.node);
        match done {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => Err(Box::new(diagnose::broke(&card.id, &panic))),
            Err(_) => {
                let limit = self.shared.policy.limit_of(card);
                Err(Box::new(diagnose::over_limit(&card.id, limit, &self.doing())))
            }
        }
    }

    async fn steps(&self, now: Duration) -> Tried {
        match &self.shared.work[self.place.node.0] {
            Work::Fix(fix) => self.fix(fix.as_ref(), now).await,
            Work::Service(service) => self.service(service.as_ref(), now).await,
        }
    }

    async fn fix(&self, fix: &dyn Fix, now: Duration) -> Tried {
        let cx = self.begin(Step::Inspect, now);
        let (found, now) = self.end(Step::Inspect, fix.inspect(&cx).await)?;
        let Finding::Facts(facts) = &found else { return skipped(Skip::NothingDeclared) };
        self.saw(Step::Inspect, "looked", facts, now);
        let Some(permit) = self.shared.policy.permit() else { return skipped(Skip::OnlyLooked) };

        self.shared.apply_began(self.place.node);
        let cx = self.begin(Step::Apply, now);
        let (change, now) = self.end(Step::Apply, fix.apply(&cx, permit, &found).await)?;
        self.saw(Step::Apply, "changed", &change.made, now);
        let change = self.shared.apply_ended(self.place.node, change);
        if !self.shared.policy.robust {
            return Ok(Box::new(unproven(diagnose::not_robust())));
        }

        let cx = self.begin(Step::Prove, now);
        let (proof, _) = self.end(Step::Prove, fix.prove(&cx, &change).await)?;
        if !proof.was_seen_in(self.place.attempt) {
            let id = &self.shared.plan.card(self.place.node).id;
            let why = "its proof rests on something that was seen before the change";
            return Err(Box::new(diagnose::broke(id, why)));
        }
        Ok(Box::new(ending_of(proof)))
    }

    async fn service(&self, service: &dyn Service, now: Duration) -> Tried {
        let cx = self.begin(Step::Prove, now);
        let (identity, _) = self.end(Step::Prove, service.probe(&cx).await)?;
        let identity = Some(identity.0);
        let scope = Some(Scope::Server);
        Ok(Box::new(Ending { verdict: Verdict::Proven, scope, diagnosis: None, identity, skipped: None }))
    }

    fn begin(&self, step: Step, at: Duration) -> Cx {
        self.shared.tell(Event::StepBegan { node: self.place.node, step, at });
        Cx::new(Arc::clone(self.parts), Place { step, ..self.place })
    }

    fn end<T>(&self, step: Step, result: Result<T, Diagnosis>) -> Result<(T, Duration), Box<Diagnosis>> {
        let at = self.shared.now();
        self.shared.tell(Event::StepEnded { node: self.place.node, step, at });
        result.map(|output| (output, at)).map_err(Box::new)
    }

    /// Makes evidence of what a step says it found or made.
    fn saw(&self, step: Step, did: &str, facts: &[String], at: Duration) {
        for fact in facts {
            let evidence = Evidence { step, did: did.to_owned(), saw: fact.clone(), at, took: Duration::ZERO };
            self.shared.tell(Event::Saw { node: self.place.node, evidence });
        }
    }

    /// What is under way, for a message.
    fn doing(&self) -> String {
        let state = self.shared.recorder.state();
        let node = state.node(self.place.node);
        let step = node.doing.map_or("between two steps", |(step, _)| step.as_str());
        match node.evidence.last() {
            Some(last) => format!("{step}, after `{}`: {}", last.did, last.saw),
            None => step.to_owned(),
        }
    }
}

fn skipped(why: Skip) -> Tried {
    Ok(Box::new(Ending::skipped(why)))
}

fn unproven(diagnosis: Diagnosis) -> Ending {
    Ending { verdict: Verdict::Unproven, scope: None, diagnosis: Some(diagnosis), identity: None, skipped: None }
}

/// The verdict follows from the proof alone.
fn ending_of(proof: Proof) -> Ending {
    let (verdict, diagnosis) = match proof.standing {
        Standing::Proven => (Verdict::Proven, None),
        Standing::Degraded(because) => (Verdict::Degraded, Some(*because)),
        Standing::Unproven(because) => (Verdict::Unproven, Some(*because)),
    };
    Ending { verdict, scope: Some(proof.scope), diagnosis, identity: None, skipped: None }
}
