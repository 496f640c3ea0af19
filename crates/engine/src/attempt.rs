//! One node: its steps, its limit, its retries.

use crate::{
    isolate::Isolated,
    shared::{Shared, UNDO_GRACE},
    undo::undo,
    work::Work,
};
use bootproof_core::{
    Diagnosis, Ending, Event, Evidence, Finding, Fix, Hold, Node, Proof, Retry, Service, Skip, Standing, Step, Verdict,
    diagnose,
};
use std::time::Duration;

/// Runs `node` to its end: never longer than its limit, never panics. What it changed and could not prove is taken back.
pub(crate) async fn run_node(shared: &Shared, node: Node, hold: Hold) -> Ending {
    let failed = match attempts(shared, node, &hold).await {
        Ok(ending) => return ending,
        Err(diagnosis) => diagnosis,
    };
    undo(shared, node, UNDO_GRACE, &hold).await;
    Ending::failed(failed)
}

/// Tries until it holds, or until trying again cannot help or there is no time left for it.
async fn attempts(shared: &Shared, node: Node, hold: &Hold) -> Result<Ending, Diagnosis> {
    let card = shared.plan.card(node);
    let limit = card.limit.min(shared.policy.step_timeout);
    let until = shared.now().saturating_add(limit);
    let deadline = until.min(shared.budget());
    for attempt in 1.. {
        shared.tell(Event::Attempt { node, attempt, at: shared.now() });
        let diagnosis = match once(shared, node, attempt, deadline, until, hold).await {
            Ok(ending) => return Ok(ending),
            Err(diagnosis) => diagnosis,
        };
        let may_help = diagnosis.retry == Retry::MayHelp && shared.now() < deadline;
        let delay = shared.policy.backoff.delay(shared.seed, &card.id, attempt).filter(|_| may_help);
        let Some(delay) = delay.filter(|d| shared.now().saturating_add(*d) < deadline) else { return Err(diagnosis) };
        shared.tell(Event::Retrying { node, attempt, delay, diagnosis: Box::new(diagnosis), at: shared.now() });
        tokio::time::sleep(delay).await;
    }
    Err(diagnose::broke(&card.id, "more attempts than a number can count"))
}

/// One attempt, within the node's own limit. The budget is kept by the driver, which ends all nodes at once.
async fn once(
    shared: &Shared,
    node: Node,
    attempt: u32,
    deadline: Duration,
    until: Duration,
    hold: &Hold,
) -> Result<Ending, Diagnosis> {
    let try_once = TryOnce { shared, node, attempt, deadline, hold };
    let steps = Isolated::new(async {
        match &shared.work[node.0] {
            Work::Fix(fix) => try_once.fix(fix.as_ref()).await,
            Work::Service(service) => try_once.service(service.as_ref()).await,
        }
    });
    let done = if until < shared.budget() {
        tokio::time::timeout_at(shared.recorder.began() + until, steps).await
    } else {
        Ok(steps.await)
    };
    let id = &shared.plan.card(node).id;
    match done {
        Ok(Ok(result)) => result,
        Ok(Err(panic)) => Err(diagnose::broke(id, &panic)),
        Err(_) => Err(diagnose::over_limit(
            id,
            shared.plan.card(node).limit.min(shared.policy.step_timeout),
            &try_once.doing(),
        )),
    }
}

struct TryOnce<'a> {
    shared: &'a Shared,
    node: Node,
    attempt: u32,
    deadline: Duration,
    hold: &'a Hold,
}

impl TryOnce<'_> {
    async fn fix(&self, fix: &dyn Fix) -> Result<Ending, Diagnosis> {
        let cx = self.begin(Step::Inspect);
        let found = self.end(Step::Inspect, fix.inspect(&cx).await)?;
        let Finding::Facts(facts) = &found else { return Ok(Ending::skipped(Skip::NothingDeclared)) };
        self.saw(Step::Inspect, "looked", facts);
        let Some(permit) = self.shared.policy.permit() else { return Ok(Ending::skipped(Skip::OnlyLooked)) };

        self.shared.apply_began(self.node);
        let cx = self.begin(Step::Apply);
        let change = self.end(Step::Apply, fix.apply(&cx, permit, &found).await)?;
        self.saw(Step::Apply, "changed", &change.made);
        let change = self.shared.apply_ended(self.node, change);
        if !self.shared.policy.robust {
            return Ok(unproven(diagnose::not_robust()));
        }

        let cx = self.begin(Step::Prove);
        let proof = self.end(Step::Prove, fix.prove(&cx, &change).await)?;
        Ok(ending_of(proof))
    }

    async fn service(&self, service: &dyn Service) -> Result<Ending, Diagnosis> {
        let cx = self.begin(Step::Prove);
        let identity = self.end(Step::Prove, service.probe(&cx).await)?;
        Ok(Ending {
            verdict: Verdict::Proven,
            scope: Some(bootproof_core::Scope::Server),
            diagnosis: None,
            identity: Some(identity.0),
            skipped: None,
        })
    }

    fn begin(&self, step: Step) -> bootproof_core::Cx {
        self.shared.tell(Event::StepBegan { node: self.node, step, at: self.shared.now() });
        self.shared.cx(self.node, step, self.attempt, self.deadline, self.hold)
    }

    fn end<T>(&self, step: Step, result: Result<T, Diagnosis>) -> Result<T, Diagnosis> {
        self.shared.tell(Event::StepEnded { node: self.node, step, at: self.shared.now() });
        result
    }

    /// Makes evidence of what a step says it found or made.
    fn saw(&self, step: Step, did: &str, facts: &[String]) {
        for fact in facts {
            let at = self.shared.now();
            let evidence = Evidence { step, did: did.to_owned(), saw: fact.clone(), at, took: Duration::ZERO };
            self.shared.tell(Event::Saw { node: self.node, evidence });
        }
    }

    /// The step under way, for a message.
    fn doing(&self) -> String {
        let state = self.shared.recorder.state();
        let node = state.node(self.node);
        let step = node.doing.map_or("between two steps", |(step, _)| step.as_str());
        match node.evidence.last() {
            Some(last) => format!("{step}, after `{}`: {}", last.did, last.saw),
            None => step.to_owned(),
        }
    }
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
