//! One declared Redis under proof: asked directly, then through the program's own handle, then through broken links.

use super::{Shown, lane, leavings::Leavings, round};
use crate::{
    Error, Failure, Handle, Source, Target,
    connection::{Connection, connect},
    declared::{Declared, bypass},
    diagnose,
    greeting::Ask,
};
use bootproof_core::{Cx, Diagnosis, Proofs, Retry, Seen};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long the handle may take to be back at a server that answers: the longest pause of its keeper and some.
const BACK: Duration = Duration::from_secs(2);

/// Everything a proof of one declared Redis uses.
pub(super) struct Subject<'a> {
    pub(super) cx: &'a Cx,
    pub(super) name: &'a str,
    /// The program's own handle.
    pub(super) handle: Arc<Handle>,
    /// Nothing is created on servers.
    pub(super) light: bool,
    pub(super) keys: Leavings,
}

/// A server that was asked directly, on a connection of the proof's own.
pub(super) struct Asked {
    pub(super) place: Source,
    pub(super) target: Arc<Target>,
    pub(super) answered: Result<Connection, Failure>,
    /// One round trip.
    pub(super) trip: Duration,
}

/// Shows one declared Redis.
pub(super) async fn show(cx: &Cx, declared: &Declared) -> Result<Shown, Diagnosis> {
    let name = declared.settings.name.as_str();
    let handle = cx.shelf().get::<Handle>(&format!("redis/{name}")).ok_or_else(|| diagnose::no_handle(name))?;
    let light = cx.policy().proofs == Proofs::Light;
    let subject = Subject { cx, name, light, keys: Leavings::none(cx), handle };
    if let Some(by) = declared.in_process_by {
        return subject.in_process(by).await;
    }
    let shown = subject.on_servers().await;
    subject.clean_up().await;
    shown
}

impl Subject<'_> {
    fn label(&self, text: &str) -> String {
        format!("`{}`: {text}", self.name)
    }

    /// The in-process store is the declared first choice.
    async fn in_process(&self, by: &str) -> Result<Shown, Diagnosis> {
        let settings = self.handle.settings();
        let look = self.cx.look(self.label("wrote, read and deleted a fresh key"));
        let round = round::write_read_delete(&self.handle, &self.keys, None).await;
        let round = round.map_err(|broken| broken.diagnosis(self.name))?;
        let bypass = bypass(settings.use_, &settings.fallback);
        let seen = look.saw(format!(
            "{} answered, chosen by {by}, slowest call {}; it ends with this process{bypass}",
            round.from,
            ms(round.slowest)
        ));
        Ok(Shown::Proven { seen, in_process: true })
    }

    async fn on_servers(&self) -> Result<Shown, Diagnosis> {
        let asked = self.ask_all().await?;
        let (first, next) = asked.split_first().ok_or_else(|| diagnose::no_handle(self.name))?;
        match &first.answered {
            Err(failure) => self.without_first(failure, next).await,
            Ok(witness) => match self.first_serves(first.place, witness).await {
                Ok(_) => self.broken_links(first, next).await,
                Err(broken) if broken.only_our_keys() => {
                    Ok(Shown::Unproven(broken.diagnosis(self.name).now("the server lets us in; nothing was written")))
                }
                Err(broken) => Err(broken.diagnosis(self.name)),
            },
        }
    }

    /// Asks every server that the handle uses. What only a change of the configuration cures is no matter of fallbacks.
    async fn ask_all(&self) -> Result<Vec<Asked>, Diagnosis> {
        let mut asked = vec![];
        for (place, target) in self.handle.servers() {
            let look = self.cx.look(
                self.label(&format!("asked {place} at `{}` afresh, and whether it takes writes", target.place())),
            );
            let one = self.ask(place, target).await;
            match &one.answered {
                Ok(_) => look.saw(format!("it answers and takes writes; a round trip takes {}", ms(one.trip))),
                Err(failure) => look.saw(format!("it does not serve: {}", failure.diagnosis().code)),
            };
            if let Err(failure) = &one.answered
                && failure.is_permanent()
            {
                return Err(failure.diagnosis().now(format!(
                    "`{}` does not start with a wrong configuration; no fallback covers it up",
                    self.name
                )));
            }
            if one.answered.is_ok() && !self.light {
                self.keys.may_be_on(&one.target);
            }
            asked.push(one);
        }
        Ok(asked)
    }

    async fn ask(&self, place: Source, target: Target) -> Asked {
        let target = Arc::new(target);
        let limit = self.cx.at_most(self.handle.settings().limits.connect);
        let mut answered = connect(&target, Ask::Writes, limit).await;
        let began = Instant::now();
        if let Ok(connection) = &answered
            && let Err(no) = connection.send(&redis::cmd("PING"), began + limit).await
        {
            answered = Err(no.into_failure(&target));
        }
        Asked { place, target, answered, trip: began.elapsed() }
    }

    /// What serves now, by the program's own handle.
    async fn first_serves(&self, first: Source, witness: &Connection) -> Result<Seen, round::Broken> {
        let did = if self.light {
            "asked whether a write would be taken, creating nothing (light proof)"
        } else {
            "wrote, read and deleted a fresh key, with a second connection watching"
        };
        let look = self.cx.look(self.label(did));
        let (round, waited) = self.reached(&self.handle, first, Some(witness)).await?;
        let waited = if waited > Duration::from_millis(5) { format!(", after {}", ms(waited)) } else { String::new() };
        Ok(look.saw(format!("{} answered, slowest call {}{waited}", round.from, ms(round.slowest))))
    }

    /// One round that `by` answers, repeated while `handle` is on its way there. How long that took is told too.
    pub(super) async fn reached(
        &self,
        handle: &Handle,
        by: Source,
        witness: Option<&Connection>,
    ) -> Result<(round::Round, Duration), round::Broken> {
        let (since, limit) = (Instant::now(), self.cx.at_most(BACK));
        loop {
            let waited = since.elapsed();
            let round = match (handle.serves_now() == Some(by), self.light) {
                (false, _) => Err(round::Broken::Mixed),
                (true, true) => round::write_nothing(handle).await,
                (true, false) => round::write_read_delete(handle, &self.keys, witness).await,
            };
            match round {
                Ok(round) if round.from == by => return Ok((round, waited)),
                Err(broken) if !broken.is_passing() || waited >= limit => return Err(broken),
                Ok(_) if waited >= limit => return Err(round::Broken::Mixed),
                _ => tokio::time::sleep(Duration::from_millis(1)).await,
            }
        }
    }

    /// One round that a fallback answers. Light proofs write to the in-process store alone.
    pub(super) async fn falls_back(&self, handle: &Handle) -> Result<round::Round, round::Broken> {
        if !self.light {
            return round::write_read_delete(handle, &self.keys, None).await;
        }
        let asked = round::write_nothing(handle).await?;
        match handle.in_process().filter(|_| asked.from == Source::InProcess) {
            Some(store) => {
                let round = round::write_read_delete(&store, &self.keys, None).await?;
                Ok(round::Round { slowest: round.slowest.max(asked.slowest), ..round })
            }
            None => Ok(asked),
        }
    }

    /// The first choice is away: the fallback serves, or nothing may.
    async fn without_first(&self, failure: &Failure, next: &[Asked]) -> Result<Shown, Diagnosis> {
        let because = failure.diagnosis();
        let settings = self.handle.settings();
        if !settings.fallback.is_allowed() {
            let look = self.cx.look(self.label("wrote while its server is away"));
            return match round::write_nothing(&self.handle).await {
                Err(round::Broken::Call(error @ Error::NoServer { .. })) => {
                    look.saw(format!("refused: {error}"));
                    Err(because
                        .now(format!("nothing serves `{}`: a {} may not fall back here", self.name, settings.use_)))
                }
                // It came back in this moment, or refuses this write only: the next attempt tells.
                _ => Err(because.now(format!("`{}` does not serve steadily", self.name))),
            };
        }
        let look = self.cx.look(self.label("wrote, read and deleted a fresh key while its first choice is away"));
        let round = self.falls_back(&self.handle).await.map_err(|broken| self.no_fallback(&broken))?;
        let bypass = bypass(settings.use_, &settings.fallback);
        let seen = look.saw(format!("{} answered, slowest call {}{bypass}", round.from, ms(round.slowest)));
        if round.from == self.handle.first_choice() {
            return Err(because.now(format!("`{}` comes and goes", self.name)));
        }
        let now = match round.from {
            Source::InProcess => "reads and writes go to the in-process store; they end with this process",
            _ => "reads and writes go to the local server",
        };
        let also = next.iter().filter_map(|one| one.answered.as_ref().err());
        let because = also.fold(because.now(now), |all, failure| all.why(failure.to_string()));
        Ok(Shown::Degraded { seen, in_process: round.from == Source::InProcess, because })
    }

    pub(super) fn no_fallback(&self, broken: &round::Broken) -> Diagnosis {
        let diagnosis = broken.diagnosis(self.name);
        let retry = if broken.is_passing() { Retry::MayHelp } else { Retry::Never };
        diagnose::no_fallback(self.name, format!("{}: {}", diagnosis.code, diagnosis.why.join("; "))).retry(retry)
    }

    /// The way to the first choice is broken, in several ways, and healed.
    async fn broken_links(&self, first: &Asked, next: &[Asked]) -> Result<Shown, Diagnosis> {
        let lanes = match lane::open(self, first, next) {
            Ok(lanes) => lanes,
            Err(why) => return Ok(Shown::Unproven(diagnose::not_shown(self.name, why))),
        };
        let seen = lane::drive(lanes).await?;
        let away = next.iter().find_map(|one| one.answered.as_ref().err());
        Ok(match away {
            None => Shown::Proven { seen, in_process: false },
            Some(failure) => {
                let because = failure.diagnosis().now("the first choice serves; this layer behind it is passed by");
                Shown::Degraded { seen, in_process: false, because }
            }
        })
    }

    /// What the proof made on servers is gone, whatever the proof came to.
    async fn clean_up(&self) {
        let look = self.cx.look(self.label("looked for keys left by this proof"));
        match self.keys.clear().await {
            Ok(None) => return,
            Ok(Some(0)) => look.saw("none is left"),
            Ok(Some(some)) => look.saw(format!("removed {some}")),
            Err(failure) => look.saw(format!("could not look, what is left expires within 10 s: {failure}")),
        };
    }
}

/// A duration for people: `0.2 ms`.
pub(super) fn ms(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}
