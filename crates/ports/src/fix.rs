//! The fix `ports`: every declared port is bound on all families, held, and shown to be ours.

use crate::{
    Given, Held, PortError, PortSpec,
    acquire::{Acquired, acquire, acquire_in, acquire_without},
    bound::{Blanks, Bound},
    diagnose::diagnose,
    given::sort,
    inspect::{inspect, is_ours},
    ledger::{Ledger, Service},
    owner::owners_of,
    prove::prove,
    publish::{list, publish, restore},
    table,
    unix::{self, UnixSpec},
    wanted::{Wanted, wanted},
};
use bootproof_core::{Card, Change, Criticality, Cx, Diagnosis, Finding, Fix, Permit, Phase, Proof, Scope};
use std::{net::SocketAddr, sync::Arc};

/// The fix `ports`. What it holds is on the shelf as [`Held`], or as [`HeldUnix`](crate::HeldUnix), under `ports/<name>`.
#[derive(Debug)]
pub struct PortsFix {
    card: Card,
    specs: Vec<PortSpec>,
    unix: Vec<UnixSpec>,
    scope: Scope,
    ledger: Option<(Ledger, Service)>,
    given: Vec<Given>,
}

impl PortsFix {
    /// The fix for these ports. Its proof covers this process until [`PortsFix::scope`] says otherwise.
    pub fn new(specs: Vec<PortSpec>, criticality: Criticality) -> Self {
        let card = Card::fix("ports", "ports held on both IP families").needs("environment").criticality(criticality);
        Self { card, specs, unix: vec![], scope: Scope::Process, ledger: None, given: vec![] }
    }

    /// Sets what its proof covers.
    pub fn scope(mut self, scope: Scope) -> Self {
        self.scope = scope;
        self
    }

    /// Holds these Unix sockets, too.
    pub fn unix_sockets(mut self, sockets: Vec<UnixSpec>) -> Self {
        self.unix = sockets;
        self
    }

    /// Remembers and publishes the ports in `ledger`, in the name of `service`; its environment is that of the run.
    pub fn ledger(mut self, ledger: Ledger, service: Service) -> Self {
        self.ledger = Some((ledger, service));
        self
    }

    /// Sets the sockets that this process was given: a port that is among them is not bound again.
    pub fn given(mut self, sockets: Vec<Given>) -> Self {
        self.given = sockets;
        self
    }

    fn wanted(&self, cx: &Cx) -> Result<Vec<Wanted>, Diagnosis> {
        unix::no_name_twice(&self.specs, &self.unix).map_err(|error| diagnose(vec![error]))?;
        wanted(&self.specs, &cx.vars()).map_err(diagnose)
    }

    async fn look(&self, cx: &Cx) -> Result<Finding, Diagnosis> {
        if self.specs.is_empty() && self.unix.is_empty() {
            return Ok(Finding::NothingDeclared);
        }
        let sorted = sort(&self.given, self.wanted(cx)?).map_err(diagnose)?;
        let given: Vec<_> =
            sorted.fitting.iter().map(|fitting| given_fact(&fitting.wanted, &fitting.sockets)).collect();
        let unknown = sorted.unknown.into_iter().map(|what| format!("was given {what}, which no port declares"));
        let given: Vec<String> = given.into_iter().chain(unknown).collect();
        let ports = sorted.rest.into_iter().map(|wanted| {
            let ours = is_ours(&wanted, on_shelf(cx, &wanted).as_deref());
            (wanted, ours)
        });
        let ports: Vec<_> = ports.collect();
        let look = cx.look("looked who listens on the declared ports");
        let sockets = unix::pending(cx, &self.unix);
        let ledger = self.ledger.clone();
        let facts = blocking(move || {
            // Looking goes on without it, as binding does.
            let said = ledger.and_then(|(ledger, service)| Some((ledger.peek().ok()?, service)));
            unix::both(inspect(ports, said.as_ref()), unix::inspect(sockets))
        });
        let facts = facts.await;
        let mut facts = facts.map_err(diagnose)?;
        facts.extend(given);
        look.saw(facts.join("; "));
        Ok(Finding::facts(facts))
    }

    async fn bind(&self, cx: &Cx) -> Result<Change, Diagnosis> {
        let mut wanted = self.wanted(cx)?;
        wanted.retain(|wanted| !is_ours(wanted, on_shelf(cx, wanted).as_deref()));
        let sockets = unix::missing(cx, &self.unix);
        if wanted.is_empty() && sockets.is_empty() {
            return Ok(Change::nothing());
        }
        let look = cx.look("bound and listened on the declared ports");
        let sorted = sort(&self.given, wanted).map_err(diagnose)?;
        let mut held = match sorted.rest {
            rest if rest.is_empty() => vec![],
            rest => end(self.bound(cx, rest).await).await.map_err(diagnose)?,
        };
        let sockets = unix::hold_all(&sockets).map_err(diagnose)?;
        held.extend(sorted.fitting.into_iter().map(Held::given));
        let seen: Vec<_> = held.iter().map(|held| format!("`{}` at {}", held.spec().name, list(held))).collect();
        let mut change = Change::made(unix::shelve(cx, sockets));
        look.saw([seen, change.made.clone()].concat().join("; "));
        if !held.is_empty() {
            self.tell_of_the_ledger(cx, &held);
        }
        change.made.extend(publish(cx, held).made);
        Ok(change)
    }

    /// All of `wanted` at once, with the ledger when there is one and it serves.
    async fn bound(&self, cx: &Cx, wanted: Vec<Wanted>) -> Vec<Acquired> {
        let Some((ledger, service)) = &self.ledger else { return acquire(wanted) };
        let service = service.clone().environment(cx.environment());
        let bound = ledger.in_turn_async(|turn| acquire_in(turn, wanted.clone(), &service, &Blanks::default())).await;
        bound.unwrap_or_else(|error| acquire_without(error, wanted))
    }

    fn tell_of_the_ledger(&self, cx: &Cx, held: &[Held]) {
        let Some((ledger, service)) = &self.ledger else { return };
        let look = cx.look(format!("wrote the ports into the ledger in `{}`", ledger.folder().display()));
        let saw = match held.iter().find_map(Held::unpublished) {
            None => format!("published as those of `{}`, instance {}", service.name, service.instance),
            Some(error) => format!(
                "not published, so that others do not find them there, and no number is remembered: {}",
                error.in_full()
            ),
        };
        look.saw([saw].into_iter().chain(ledger.notes()).collect::<Vec<_>>().join("; "));
    }

    async fn show(&self, cx: &Cx) -> Result<Proof, Diagnosis> {
        let nothing = || PortError::NotHeld { name: "ports".into(), because: "none is declared".into() };
        let rows = blocking(|| table::listeners(None)).await.ok();
        let mut seen = Err(nothing());
        let (mut held, all) = (vec![], cx.look("held the declared ports through all of that"));
        for wanted in self.wanted(cx)? {
            seen = Ok(prove(cx, &wanted, rows.as_deref()).await.map_err(|error| diagnose(vec![error]))?);
            held.extend(on_shelf(cx, &wanted).map(|held| summary(&held)));
        }
        if let Some((last, sockets)) = unix::prove_all(cx, &self.unix).await.map_err(|error| diagnose(vec![error]))? {
            seen = Ok(last);
            held.extend(sockets);
        }
        if seen.is_ok() {
            seen = Ok(all.saw(held.join("; ")));
        }
        seen.map(|seen| Proof::proven(self.scope, seen)).map_err(|error| diagnose(vec![error]))
    }

    fn release(&self, cx: &Cx) {
        unix::release(cx, &self.unix);
        for spec in self.specs.iter().rev() {
            if let Some(held) = cx.shelf().take::<Held>(&spec.key()) {
                restore(cx, &held);
            }
        }
    }
}

fn on_shelf(cx: &Cx, wanted: &Wanted) -> Option<Arc<Held>> {
    cx.shelf().get(&wanted.spec.key())
}

/// Ends all searches. The sockets they found stay bound meanwhile, and are freed when this is dropped.
async fn end(searches: Vec<Acquired>) -> Result<Vec<Held>, Vec<PortError>> {
    let questions: Vec<_> = searches.iter().map(Acquired::questions).collect();
    let all = questions.concat();
    let owners = if all.is_empty() { vec![] } else { blocking(move || owners_of(&all)).await };
    let (mut held, mut errors, mut owners) = (vec![], vec![], owners.as_slice());
    for (search, questions) in searches.into_iter().zip(questions) {
        let (mine, rest) = owners.split_at(questions.len().min(owners.len()));
        owners = rest;
        match search.end(mine) {
            Ok(one) => held.push(one),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(held) } else { Err(errors) }
}

/// Runs what reads `/proc` beside the runtime's own threads. It holds nothing, so it may go on when the caller is dropped.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down, and nobody polls this any more.
            Err(_) => std::future::pending().await,
        },
    }
}

fn given_fact(wanted: &Wanted, sockets: &[(SocketAddr, Bound)]) -> String {
    let at: Vec<_> = sockets.iter().map(|(at, _)| at.to_string()).collect();
    format!("`{}` was given to this process at {}", wanted.spec.name, at.join(" and "))
}

/// Where a port is held, and why it is not where it was wanted.
fn summary(held: &Held) -> String {
    let moved = held.moved().map(|moved| format!(", moved from {}: held by {}", moved.from, moved.owner));
    format!("`{}` at {}{}", held.spec().name, list(held), moved.unwrap_or_default())
}

impl Fix for PortsFix {
    fn card(&self) -> &Card {
        &self.card
    }

    fn inspect<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Finding> {
        Box::pin(self.look(cx))
    }

    fn apply<'a>(&'a self, cx: &'a Cx, _by: Permit, _seen: &'a Finding) -> Phase<'a, Change> {
        Box::pin(self.bind(cx))
    }

    fn prove<'a>(&'a self, cx: &'a Cx, _done: &'a Change) -> Phase<'a, Proof> {
        Box::pin(self.show(cx))
    }

    fn undo<'a>(&'a self, cx: &'a Cx, _done: &'a Change) -> Phase<'a, ()> {
        Box::pin(async {
            self.release(cx);
            Ok(())
        })
    }
}
