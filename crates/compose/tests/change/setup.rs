//! A project in a folder, and a machine as the test says it is.

use bootproof_compose::{
    Project, Request,
    change::{Base, ChangeError, Plan, Written, plan, write},
    conflict::{Answer, Around, Finding, Limits, Other, Question, check},
    docker::Engine,
    read,
};
use bootproof_core::Vars;
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// A folder with a project, and what is around it.
pub struct World {
    pub folder: TempDir,
    pub vars: Vars,
    /// Ports that others listen on, at every address.
    pub busy: Vec<u16>,
    /// Ports of which nobody can tell whose they are.
    pub unclear: Vec<u16>,
    pub engine: Engine,
    pub others: Vec<Other>,
    pub limits: Limits,
}

/// A project of this one file.
pub fn world(compose: &str) -> World {
    let world = World {
        folder: TempDir::with_prefix("shop").unwrap(),
        vars: Vars::default(),
        busy: vec![],
        unclear: vec![],
        engine: Engine::Absent,
        others: vec![],
        limits: Limits { ephemeral: 32768..=60999, reserved: vec![], first_free: 1024 },
    };
    world.write("compose.yaml", compose);
    world
}

impl World {
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap()
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("compose.bootproof.yaml")
    }

    pub fn request(&self) -> Request<'_> {
        Request::new(self.folder.path(), &self.vars)
    }

    pub fn project(&self) -> Project {
        read(&self.request()).unwrap()
    }

    pub fn base(&self) -> Base {
        Base::read(&self.request()).unwrap()
    }

    fn answer(&self, question: &Question) -> Answer {
        let held = |maybe_engine| Answer::Held { by: "`nginx` (pid 12, user root)".into(), maybe_engine };
        match question.port {
            port if self.busy.contains(&port) => held(false),
            port if self.unclear.contains(&port) => held(true),
            _ => Answer::Free,
        }
    }

    pub fn with_around<T>(&self, then: impl FnOnce(&Around<'_>) -> T) -> T {
        let look = |questions: &[Question]| questions.iter().map(|one| self.answer(one)).collect();
        let (engine, others, limits) = (&self.engine, self.others.as_slice(), &self.limits);
        then(&Around { look: &look, engine, others, limits })
    }

    pub fn check(&self) -> Vec<Finding> {
        self.with_around(|around| check(&self.project(), around))
    }

    /// The findings in one line each: level, code, line, what, the other side with its line.
    pub fn told(&self) -> Vec<String> {
        self.check().iter().map(told).collect()
    }

    pub fn plan(&self) -> Plan {
        self.with_around(|around| plan(&self.base(), around, None))
    }

    pub fn fix(&self) -> Result<Written, ChangeError> {
        let (base, plan) = (self.base(), self.plan());
        self.with_around(|around| write(&self.request(), &base, &plan, around))
    }
}

pub fn told(finding: &Finding) -> String {
    let other = finding.other.as_ref().map(|(who, place)| {
        let line = place.as_ref().map(|place| format!(" on line {}", place.line)).unwrap_or_default();
        format!("; {who}{line}")
    });
    let (level, code) = (finding.level.as_str(), finding.code);
    format!("{level} {code} line {}: {}{}", finding.place.line, finding.what, other.unwrap_or_default())
}
