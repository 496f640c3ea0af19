//! Conflicts with what runs on the machine now. What this project's own containers have is no conflict.

use super::{
    Around, Seat,
    claim::Claim,
    finding::{Finding, Level},
    others,
};
use crate::{Project, Protocol, docker::Engine};
use std::{collections::BTreeMap, net::IpAddr};

/// The most ports of one range that are looked at; who publishes more than that has room enough.
const MOST: usize = 1024;

/// Whether somebody has a port of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// The address; `None` is all of both families.
    pub ip: Option<IpAddr>,
    /// The port.
    pub port: u16,
    /// The protocol.
    pub protocol: Protocol,
}

/// Who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nobody.
    Free,
    /// Somebody.
    Held {
        /// Who, for people.
        by: String,
        /// Whether it may be the port of a container: a proxy of an engine, or a process of root that cannot be looked into.
        maybe_engine: bool,
    },
    /// The address is none of this machine.
    NotHere,
    /// It cannot be told.
    Unknown,
}

/// What is in the way of one port.
enum Block<'a> {
    Container(&'a crate::docker::Container),
    Held(String),
    Unclear(String),
    NotHere,
}

/// What must be asked for `claims`.
fn questions_of(claims: &[Claim<'_>]) -> Vec<Question> {
    let of = |claim: &Claim<'_>| {
        let (ip, protocol) = (claim.port().host_ip, claim.port().protocol);
        claim.ports.clone().take(MOST).map(move |port| Question { ip, port, protocol })
    };
    let mut all: Vec<_> = claims.iter().flat_map(of).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Conflicts of the claims that are on; those that `met` tells already are left out.
pub(super) fn find(project: &Project, claims: &[Claim<'_>], around: &Around<'_>, met: &mut [Finding]) -> Vec<Finding> {
    let on: Vec<_> = claims.iter().copied().filter(|claim| claim.service.enabled).collect();
    let questions = questions_of(&on);
    let answers: BTreeMap<_, _> = questions.iter().copied().zip((around.look)(&questions)).collect();
    let told: Vec<Seat> =
        met.iter().filter(|one| one.level == Level::Conflict).filter_map(|one| one.moving.clone()).collect();
    let mut found: Vec<_> = on
        .iter()
        .filter(|claim| !told.contains(&claim.seat()))
        .filter_map(|claim| blocked(project, claim, around, &answers))
        .collect();
    found.extend(namesake(project, around.engine));
    found
}

fn blocked(
    project: &Project,
    claim: &Claim<'_>,
    around: &Around<'_>,
    answers: &BTreeMap<Question, Answer>,
) -> Option<Finding> {
    let mut first = None;
    let mut left = usize::try_from(claim.room()).unwrap_or(usize::MAX).min(MOST);
    for question in questions_of(&[*claim]) {
        let answer = answers.get(&question).unwrap_or(&Answer::Unknown);
        if let Some(block) = block(project, question, answer, around.engine) {
            left -= 1;
            first = first.or(Some((question.port, block)));
        }
    }
    let needed = usize::try_from(claim.service.replicas).unwrap_or(usize::MAX).min(MOST);
    match first {
        Some((port, block)) if left < needed => Some(told(claim, port, block, around)),
        _ => None,
    }
}

/// Whether moving something to `question` would meet somebody, whoever it is.
pub(crate) fn is_blocked(question: Question, answer: &Answer, engine: &Engine) -> bool {
    *answer != Answer::Free || engine.holder(question.ip, question.port, question.protocol).is_some()
}

/// Whether nobody is known to have `question` but perhaps `project` itself.
pub(crate) fn is_ours_or_nobodys(project: &Project, question: Question, answer: &Answer, engine: &Engine) -> bool {
    matches!(block(project, question, answer, engine), None | Some(Block::Unclear(_)))
}

fn block<'a>(project: &Project, question: Question, answer: &Answer, engine: &'a Engine) -> Option<Block<'a>> {
    if let Some(container) = engine.holder(question.ip, question.port, question.protocol) {
        return (!container.is_of(&project.name, &project.folder)).then_some(Block::Container(container));
    }
    match answer {
        Answer::Free | Answer::Unknown => None,
        Answer::NotHere => Some(Block::NotHere),
        Answer::Held { by, maybe_engine: true } => Some(Block::Unclear(by.clone())),
        Answer::Held { by, .. } => Some(Block::Held(by.clone())),
    }
}

fn told(claim: &Claim<'_>, port: u16, block: Block<'_>, around: &Around<'_>) -> Finding {
    let (name, protocol) = (&claim.service.name, claim.port().protocol);
    let wants = format!("`{name}` wants to publish {port}/{protocol}");
    let new = |code, what: String| Finding::new(Level::Conflict, code, claim.place(), what);
    let free = "stop it if it should not be there, or let `bootproof compose fix` move the published port";
    match block {
        Block::Container(container) if container.project.is_some() => {
            let place = others::place_of(around.others, container, port);
            let finding = new("COMPOSE-024", format!("{wants}, which another project has"));
            finding.other(container.shown(), place.as_ref()).action(free).moving(claim.seat())
        }
        Block::Container(container) => {
            let finding = new("COMPOSE-023", format!("{wants}, which a container has that is of no project"));
            finding.other(container.shown(), None).action(free).moving(claim.seat())
        }
        Block::Held(by) => {
            let finding = new("COMPOSE-023", format!("{wants}, which somebody listens on"));
            finding.other(by, None).action(free).moving(claim.seat())
        }
        Block::Unclear(by) => {
            let why = match around.engine {
                Engine::Silent(why) => why.clone(),
                Engine::Absent => "there is no `docker` client to ask".to_owned(),
                Engine::Answered(_) => "the engine that `docker` talks to does not know it".to_owned(),
            };
            let what = format!("{wants}, which somebody has: perhaps a container of this very project; {why}");
            new("COMPOSE-025", what).other(by, None).action("make `docker ps` work for this user, or run this as root")
        }
        Block::NotHere => {
            let ip = claim.port().host_ip.map(|ip| ip.to_string()).unwrap_or_default();
            let what = format!("`{name}` publishes at `{ip}`, which is no address of this machine");
            new("COMPOSE-026", what).action("publish at an address that `ip address` shows, or leave it out")
        }
    }
}

/// A project of the same name in another folder: `up` in one takes the containers of the other for its own.
fn namesake(project: &Project, engine: &Engine) -> Option<Finding> {
    let same_name = |one: &&crate::docker::Container| one.project.as_deref() == Some(project.name.as_str());
    let of_others = |one: &&crate::docker::Container| !one.is_of(&project.name, &project.folder);
    let other = engine.containers().iter().filter(same_name).find(of_others)?;
    let folder = other.folder.as_deref().unwrap_or(std::path::Path::new("?")).display().to_string();
    let place = crate::Place::file(project.files.first()?.as_path());
    let what = format!(
        "another folder has a project of the same name, `{}`: each takes the other's containers for its own",
        project.name
    );
    let finding = Finding::new(Level::Warning, "COMPOSE-029", &place, what);
    Some(finding.other(format!("the project in `{folder}`"), None).action("give one of them another `name:`"))
}
