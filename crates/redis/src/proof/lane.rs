//! A link of our own in front of the server, broken and healed, and a second handle of the same settings behind it.
//!
//! Lanes run side by side: the proof takes as long as its slowest. A black hole costs one call its whole budget, so the
//! budget of these handles is made from the round trip that was measured; the evidence says how long it was.

use super::{
    round::Broken,
    subject::{Asked, Subject, ms},
};
use crate::{Error, Handle, Limits, Settings, Source, diagnose, target::Address};
use bootproof_core::{Diagnosis, Retry, Seen};
use bootproof_faults::{Fault, Link};
use std::time::{Duration, Instant};

/// The least budget of a call in a lane: above any answer of a server that is near, below what a start notices.
const LEAST: Duration = Duration::from_millis(25);

/// One way to break the way.
pub(super) struct Lane<'a> {
    subject: &'a Subject<'a>,
    first: &'a Asked,
    fault: Fault,
    words: String,
    /// Broken together: in front of the first choice, and of the server behind it.
    links: Vec<Link>,
    /// Who must answer then. `None`: nobody may.
    expected: Option<Source>,
}

/// Opens the links.
///
/// # Errors
/// Why none can be put there.
pub(super) fn open<'a>(subject: &'a Subject<'a>, first: &'a Asked, next: &[Asked]) -> Result<Vec<Lane<'a>>, String> {
    let Address::Tcp { tls, .. } = &first.target.address else {
        return Err("its server is reached through a Unix socket, and only TCP passes through a link".into());
    };
    let behind: Vec<&Asked> = next.iter().filter(|one| one.answered.is_ok()).collect();
    let falls_back = subject.handle.settings().fallback.is_allowed();
    let expected = falls_back.then(|| behind.first().map_or(Source::InProcess, |one| one.place));
    let mut ways = vec![(Fault::Refuse, "refused"), (Fault::BlackHole, "black-holed")];
    if tls.is_none() {
        ways.push((Fault::ReadOnly, "read-only"));
    } else {
        let look = subject.cx.look(format!("`{}`: link read-only", subject.name));
        look.saw("not shown: TLS hides the commands from the link");
    }
    let lane = |fault, words: String, targets: &[&Asked], expected| {
        let links: Result<Vec<_>, _> = targets.iter().map(|one| Link::open(one.target.place())).collect();
        let links = links.map_err(|error| format!("no loopback port for a link could be had: {error}"))?;
        Ok(Lane { subject, first, fault, words, links, expected })
    };
    let mut lanes: Vec<Result<Lane<'a>, String>> =
        ways.into_iter().map(|(fault, word)| lane(fault, format!("link {word}"), &[first], expected)).collect();
    if let [local] = behind[..]
        && matches!(local.target.address, Address::Tcp { .. })
    {
        lanes.push(lane(Fault::Refuse, "both links refused".into(), &[first, local], Some(Source::InProcess)));
    }
    lanes.into_iter().collect()
}

/// Drives all lanes to their end, side by side.
///
/// # Errors
/// The first that failed, with the others among its causes.
pub(super) async fn drive(lanes: Vec<Lane<'_>>) -> Result<Seen, Diagnosis> {
    let name = lanes.first().map_or("", |lane| lane.subject.name);
    let (mut seen, mut failed) = (None, vec![]);
    for ended in side_by_side(lanes.iter().map(Lane::drive).collect()).await {
        match ended {
            Ok(one) => seen = Some(one),
            Err(diagnosis) => failed.push(diagnosis),
        }
    }
    match (diagnose::together(failed), seen) {
        (Some(diagnosis), _) => Err(diagnosis),
        (None, Some(seen)) => Ok(seen),
        (None, None) => Err(diagnose::no_fallback(name, "no way to break the link was tried")),
    }
}

/// Polls all until all are done, in this task: what they hold ends with it.
async fn side_by_side<T>(futures: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    std::future::poll_fn(|cx| {
        for (future, done) in running.iter_mut().filter(|(_, done)| done.is_none()) {
            if let std::task::Poll::Ready(value) = future.as_mut().poll(cx) {
                *done = Some(value);
            }
        }
        match running.iter().all(|(_, done)| done.is_some()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    running.into_iter().filter_map(|(_, done)| done).collect()
}

impl Lane<'_> {
    async fn drive(&self) -> Result<Seen, Diagnosis> {
        let twin = self.subject.handle.twin(self.settings());
        let ended = self.through(&twin).await;
        twin.close().await;
        ended
    }

    fn settings(&self) -> Settings {
        let own = self.subject.handle.settings();
        let links: Vec<_> = self.links.iter().map(Link::address).collect();
        let (remote, local) = match self.first.place {
            Source::Remote => (links.first(), links.get(1)),
            _ => (None, links.first()),
        };
        own.behind(remote.copied(), local.copied()).limits(Limits { call: self.budget(), ..own.limits })
    }

    /// Four round trips, 25 ms at least, and never more than the program's own calls have.
    fn budget(&self) -> Duration {
        (self.first.trip * 4).max(LEAST).min(self.subject.handle.settings().limits.call)
    }

    async fn through(&self, twin: &Handle) -> Result<Seen, Diagnosis> {
        let Self { subject, first, .. } = self;
        twin.settled().await;
        let reached = subject.reached(twin, first.place, first.answered.as_ref().ok()).await;
        reached.map_err(|broken| self.no_way_back("through a link that passes everything", &broken))?;
        self.set(self.fault)?;
        match self.expected {
            Some(expected) => self.falls_back(twin, expected).await?,
            None => self.refuses(twin).await?,
        };
        self.set(Fault::None)?;
        self.comes_back(twin).await
    }

    fn set(&self, fault: Fault) -> Result<(), Diagnosis> {
        let set = self.links.iter().try_for_each(|link| link.set(fault));
        set.map_err(|error| diagnose::not_shown(self.subject.name, format!("{}: {error}", self.words)))
    }

    async fn falls_back(&self, twin: &Handle, expected: Source) -> Result<Seen, Diagnosis> {
        let subject = self.subject;
        let look = subject.cx.look(format!("`{}`: {}: wrote, read and deleted a fresh key", subject.name, self.words));
        let round = subject.falls_back(twin).await.map_err(|broken| subject.no_fallback(&broken))?;
        let budget = self.subject.handle.settings().limits.call;
        if round.from != expected || round.slowest > budget {
            let why = format!("{}: {} answered, slowest call {}", self.words, round.from, ms(round.slowest));
            // A machine that stalled may do better next time.
            let retry = if round.from == expected { Retry::MayHelp } else { Retry::Never };
            return Err(diagnose::no_fallback(subject.name, why).retry(retry));
        }
        let within = format!("slowest call {}, limited to {} for this proof", ms(round.slowest), ms(self.budget()));
        Ok(look.saw(format!("{} answered, {within}; {}", round.from, self.because(twin))))
    }

    async fn refuses(&self, twin: &Handle) -> Result<Seen, Diagnosis> {
        let subject = self.subject;
        let look = subject.cx.look(format!("`{}`: {}: wrote a key that may not fall back", subject.name, self.words));
        let began = Instant::now();
        match super::round::write_nothing(twin).await {
            Err(Broken::Call(error @ Error::NoServer { .. })) => {
                Ok(look.saw(format!("refused in {}: {error}; {}", ms(began.elapsed()), self.because(twin))))
            }
            other => {
                let why = format!("{}: a write that may not fall back was not refused: {other:?}", self.words);
                Err(diagnose::no_fallback(subject.name, why))
            }
        }
    }

    async fn comes_back(&self, twin: &Handle) -> Result<Seen, Diagnosis> {
        let Self { subject, first, .. } = self;
        let look = subject.cx.look(format!("`{}`: {}, then healed: waited for the way back", subject.name, self.words));
        let back = subject.reached(twin, first.place, first.answered.as_ref().ok()).await;
        let (round, waited) = back.map_err(|broken| self.no_way_back("after the link was healed", &broken))?;
        let seen_there =
            if subject.light { "" } else { ", and a second connection saw the write there and its removal" };
        Ok(look.saw(format!("{} answered again after {}{seen_there}", round.from, ms(waited))))
    }

    fn because(&self, twin: &Handle) -> String {
        twin.first_choice_away().map_or_else(String::new, |failure| failure.detail.clone())
    }

    fn no_way_back(&self, when: &str, broken: &Broken) -> Diagnosis {
        let why = format!("{}: {when}: {}", self.words, broken.diagnosis(self.subject.name).what);
        diagnose::no_way_back(self.subject.name, why)
    }
}
