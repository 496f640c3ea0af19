//! A free port near the wanted one: the same for everybody who asks with the same things around.

use crate::{
    Project, Protocol,
    conflict::{Around, Question, claims, is_blocked, is_ours_or_nobodys, share_an_address},
    port::Port,
};
use std::{net::IpAddr, ops::RangeInclusive};

/// How many ports are asked for at once.
const BATCH: usize = 64;
/// What is added to a port that needs a right: 80 becomes 8080, 443 becomes 8443.
const UP: u16 = 8000;

/// Ports that are given away: address, ports, protocol.
#[derive(Debug, Clone, Default)]
pub(super) struct Taken(Vec<(Option<IpAddr>, RangeInclusive<u16>, Protocol)>);

impl Taken {
    /// What `project` publishes, all profiles on, and what the others around it do.
    pub fn of(project: &Project, around: &Around<'_>) -> Self {
        let mut taken = Self::default();
        let others = around.others.iter().map(|other| &other.project);
        for project in [project].into_iter().chain(others) {
            claims(project).iter().for_each(|claim| taken.add(claim.port()));
        }
        taken
    }

    pub fn add(&mut self, port: &Port) {
        if let Some(range) = &port.published {
            self.0.push((port.host_ip, range.clone(), port.protocol));
        }
    }

    /// Whether any port of `port` is given away.
    pub fn meets(&self, port: &Port) -> bool {
        questions(port).any(|question| self.has(question))
    }

    fn has(&self, question: Question) -> bool {
        self.0.iter().any(|(ip, range, protocol)| {
            *protocol == question.protocol && range.contains(&question.port) && share_an_address(*ip, question.ip)
        })
    }
}

fn questions(port: &Port) -> impl Iterator<Item = Question> + use<> {
    let (ip, protocol) = (port.host_ip, port.protocol);
    port.published.clone().into_iter().flatten().map(move |port| Question { ip, port, protocol })
}

/// Whether nobody has `port`, except perhaps containers of `project`; of somebody unknown it is assumed that he is one.
pub(super) fn only_we_have(project: &Project, port: &Port, around: &Around<'_>) -> bool {
    let questions: Vec<_> = questions(port).collect();
    let answers = (around.look)(&questions);
    questions
        .iter()
        .zip(&answers)
        .all(|(question, answer)| is_ours_or_nobodys(project, *question, answer, around.engine))
}

/// Where `port` can go: a block as long as its own that is free at its address. First those above it, then those below;
/// within `range` only, when there is one, and never among the ports that the kernel hands out.
pub(super) fn choose(
    port: &Port,
    taken: &Taken,
    around: &Around<'_>,
    range: Option<&RangeInclusive<u16>>,
) -> Option<RangeInclusive<u16>> {
    let wanted = port.published.as_ref()?;
    let length = usize::from(wanted.end() - wanted.start()) + 1;
    let candidates = candidates(*wanted.start(), range, around);
    let is_good = |port_number: &u16| {
        let limits = around.limits;
        let high_enough = *port_number >= limits.first_free.max(1) && !limits.is_ephemeral(*port_number);
        range.is_some_and(|range| range.contains(port_number)) || (range.is_none() && high_enough)
    };
    let question = |number| Question { ip: port.host_ip, port: number, protocol: port.protocol };
    let mut free_there = candidates.filter(is_good).filter(|number| !taken.has(question(*number)));
    let mut run: Vec<u16> = vec![];
    loop {
        let batch: Vec<u16> = free_there.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            return None;
        }
        let questions: Vec<_> = batch.iter().copied().map(question).collect();
        let answers = (around.look)(&questions);
        for (question, answer) in questions.iter().zip(&answers) {
            let follows = run.last().is_none_or(|last| last.checked_add(1) == Some(question.port));
            if is_blocked(*question, answer, around.engine) || !follows {
                run.clear();
            }
            if !is_blocked(*question, answer, around.engine) {
                run.push(question.port);
            }
            if run.len() == length {
                return Some(run[0]..=question.port);
            }
        }
    }
}

/// Numbers in the order in which they are tried.
fn candidates(wanted: u16, range: Option<&RangeInclusive<u16>>, around: &Around<'_>) -> Box<dyn Iterator<Item = u16>> {
    if let Some(range) = range {
        return Box::new(range.clone());
    }
    let first = if wanted < around.limits.first_free { wanted.saturating_add(UP) } else { wanted.saturating_add(1) };
    Box::new((first..=u16::MAX).chain(around.limits.first_free.max(1)..first))
}
