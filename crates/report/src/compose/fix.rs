//! `bootproof compose fix` and `undo`.

use super::{ComposeFinding, counted, labelled, notes, to_json};
use crate::page::{Ink, Page, Style};
use serde::Serialize;

/// What a fix did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeFix {
    /// [`COMPOSE_SCHEMA_VERSION`](super::COMPOSE_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The project's name.
    pub project: String,
    /// The override file.
    pub file: String,
    /// What became of it.
    pub written: ComposeWritten,
    /// Published ports that are moved.
    pub moves: Vec<ComposeMove>,
    /// Variables that are told.
    pub variables: Vec<ComposeVariable>,
    /// What somebody has to look at: it may mean a port that was moved.
    pub look_at: Vec<ComposeLook>,
    /// Conflicts that are left.
    pub left: Vec<ComposeFinding>,
    /// The command that starts the project with the override.
    pub command: String,
    /// The value of `COMPOSE_FILE` with which every command reads it.
    pub compose_file: String,
    /// What else the reader must know.
    pub notes: Vec<String>,
    /// The exit code of the command.
    pub exit_code: u8,
}

/// What became of the override file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComposeWritten {
    /// It was written, and proven.
    New,
    /// It is as it should be already, and was proven again.
    Same,
    /// Nothing moves, and there is none.
    None,
    /// Nothing moves any more: the one that was there was removed.
    Removed,
    /// `--dry-run`: nothing was written.
    DryRun,
}

/// A published port that is moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeMove {
    /// The service.
    pub service: String,
    /// Where it is written.
    pub place: String,
    /// As it is written.
    pub from: String,
    /// Where it is now.
    pub to: String,
    /// Why.
    pub why: String,
}

/// A variable that is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeVariable {
    /// The service.
    pub service: String,
    /// The variable.
    pub name: String,
    /// Where it is written.
    pub place: String,
    /// What of its value changes, and nothing else of it: `localhost:8080`.
    pub from: String,
    /// What it changes to.
    pub to: String,
}

/// Something that may mean a port that was moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeLook {
    /// Where it is written.
    pub place: String,
    /// What it is: a variable, of whom.
    pub what: String,
    /// Why it was not changed.
    pub why: String,
}

/// What was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeUndo {
    /// [`COMPOSE_SCHEMA_VERSION`](super::COMPOSE_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The override file.
    pub file: String,
    /// Whether there was one; it is removed.
    pub removed: bool,
    /// The ports that are where they were, each as `service: from <- to`.
    pub back: Vec<String>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

impl ComposeFix {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text: the difference, what is left, and how Compose is told.
    pub fn text(&self, style: &Style, quiet: bool) -> String {
        let mut page = Page::new(style);
        for one in &self.moves {
            page.gap();
            difference(&mut page, &one.place, &format!("{}: ports", one.service), [&one.from, &one.to]);
            labelled(&mut page, "why", &one.why);
        }
        for one in &self.variables {
            page.gap();
            difference(&mut page, &one.place, &format!("{}: {}", one.service, one.name), [&one.from, &one.to]);
        }
        if !self.look_at.is_empty() {
            page.heading("look at these: they may mean a port that is moved, and were not changed");
        }
        for one in &self.look_at {
            page.fill(&[Ink::Warn.on(format!("  {}  ", one.place))], Ink::Plain, &format!("{}: {}", one.what, one.why));
        }
        self.left.iter().for_each(|finding| finding.write(&mut page));
        if !quiet {
            notes(&mut page, &self.notes);
        }
        self.end(&mut page);
        page.finish()
    }

    fn end(&self, page: &mut Page<'_>) {
        page.gap();
        let file = &self.file;
        let (moved, told) = (counted(self.moves.len(), "port"), counted(self.variables.len(), "variable"));
        let done = match self.written {
            ComposeWritten::New => {
                format!("wrote `{file}`: {moved} moved, {told} told; read again with the project, and proven")
            }
            ComposeWritten::Same => format!("`{file}` is as it should be: {moved} moved, {told} told"),
            ComposeWritten::None => "nothing was written: no port has to move".to_owned(),
            ComposeWritten::Removed => format!("removed `{file}`: no port has to move any more"),
            ComposeWritten::DryRun => format!("nothing was written: `{file}` would move {moved} and tell {told}"),
        };
        let left = match self.left.len() {
            0 => String::new(),
            n => format!("; {} left", counted(n, "conflict")),
        };
        let ink = if self.left.is_empty() { Ink::Good } else { Ink::Bad };
        page.fill(&[Ink::Bold.on(format!("{}: ", self.project))], ink, &format!("{done}{left}"));
        if matches!(self.written, ComposeWritten::New | ComposeWritten::Same) && !self.moves.is_empty() {
            page.line(&[Ink::Dim.on("  start  "), Ink::Plain.on(&self.command)]);
            page.line(&[
                Ink::Dim.on("  or     "),
                Ink::Plain.on(format!("COMPOSE_FILE={} in `.env`, for every command", self.compose_file)),
            ]);
            page.line(&[Ink::Dim.on("  undo   "), Ink::Plain.on("bootproof compose undo")]);
        }
    }
}

fn difference(page: &mut Page<'_>, place: &str, what: &str, [from, to]: [&str; 2]) {
    page.line(&[Ink::Bold.on(what), Ink::Dim.on(format!("  {place}"))]);
    page.line(&[Ink::Bad.on(format!("  - {from}"))]);
    page.line(&[Ink::Good.on(format!("  + {to}"))]);
}

impl ComposeUndo {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        self.back.iter().for_each(|one| page.line(&[Ink::Plain.on(one)]));
        notes(&mut page, &self.notes);
        page.gap();
        let file = &self.file;
        let done =
            if self.removed { format!("removed `{file}`") } else { format!("there is no `{file}`: nothing to undo") };
        page.fill(&[], Ink::Bold, &done);
        page.finish()
    }
}
