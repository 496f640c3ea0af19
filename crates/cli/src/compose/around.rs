//! What is around the project: asked once for each run of the command.

use super::{args::AroundArgs, place};
use bootproof::{
    Vars,
    compose::{
        ComposeError, Project, Request,
        conflict::{Around, Finding, Limits, Other, known, named},
        diagnose,
        docker::{Engine, PATIENCE, ask},
        machine,
    },
};
use bootproof_core::Diagnosis;
use bootproof_report::compose::{ComposeFinding, ComposeSide};
use std::path::Path;

/// What was found around a project.
pub(super) struct Surroundings {
    pub engine: Engine,
    pub others: Vec<Other>,
    pub limits: Limits,
    /// What the reader must know of it.
    pub notes: Vec<String>,
}

impl Surroundings {
    /// Asks the engine, and reads the other projects.
    pub(super) fn look(project: &Project, request: &Request<'_>, args: &AroundArgs) -> Result<Self, Vec<Diagnosis>> {
        let engine = engine(request.vars);
        let (mut others, mut notes) = known(&engine, project, request.vars);
        match &engine {
            Engine::Silent(why) => {
                notes.push(format!("containers are not known, and so not which ports are this project's own: {why}"))
            }
            Engine::Absent | Engine::Answered(_) => {}
        }
        let mut wrong = vec![];
        for folder in &args.with {
            match named(&request.folder.join(folder), request.vars) {
                Ok(other) => {
                    others.retain(|known| known.project.folder != other.project.folder);
                    others.push(other);
                }
                Err(errors) => wrong.extend(errors),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong.iter().map(|error: &ComposeError| diagnose::diagnose(error)).collect());
        }
        Ok(Self { engine, others, limits: machine::limits(), notes })
    }

    pub(super) fn around(&self) -> Around<'_> {
        Around { look: &machine::look, engine: &self.engine, others: &self.others, limits: &self.limits }
    }
}

/// The engine of this machine. One of another machine says nothing of the ports here.
fn engine(vars: &Vars) -> Engine {
    let host = vars.text("DOCKER_HOST").unwrap_or_default();
    if host.starts_with("tcp://") || host.starts_with("ssh://") {
        return Engine::Silent(
            "`DOCKER_HOST` leads to another machine, whose ports are not those of this one".to_owned(),
        );
    }
    ask(Path::new("docker"), PATIENCE)
}

pub(super) fn finding(finding: &Finding) -> ComposeFinding {
    let other = finding.other.as_ref().map(|(who, at)| ComposeSide { who: who.clone(), place: at.as_ref().map(place) });
    ComposeFinding {
        level: finding.level.as_str(),
        code: finding.code,
        place: place(&finding.place),
        what: finding.what.clone(),
        other,
        action: finding.action.clone(),
        fixable: finding.moving.is_some(),
    }
}
