//! `bootproof compose check`.

use super::{counted, labelled, notes, to_json};
use crate::page::{Ink, Page, Style};
use serde::Serialize;

/// What is in the way of a Compose project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeCheck {
    /// [`COMPOSE_SCHEMA_VERSION`](super::COMPOSE_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The project's name.
    pub project: String,
    /// Its files, in the order in which they were merged.
    pub files: Vec<String>,
    /// What was found, conflicts first.
    pub findings: Vec<ComposeFinding>,
    /// How many of the findings are conflicts.
    pub conflicts: usize,
    /// How many of the findings are warnings.
    pub warnings: usize,
    /// What else the reader must know.
    pub notes: Vec<String>,
    /// The exit code of the command.
    pub exit_code: u8,
}

/// One trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeFinding {
    /// `conflict`, `warning` or `note`.
    pub level: &'static str,
    /// Its code, such as `COMPOSE-020`.
    pub code: &'static str,
    /// Where it is written: `compose.yaml:5:9`.
    pub place: String,
    /// What is wrong, in one sentence.
    pub what: String,
    /// The other side, when there is one.
    pub other: Option<ComposeSide>,
    /// What to do.
    pub action: String,
    /// Whether `compose fix` cures it.
    pub fixable: bool,
}

/// The other side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComposeSide {
    /// Who it is.
    pub who: String,
    /// Where it is written; null when it is nowhere.
    pub place: Option<String>,
}

impl ComposeCheck {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text: one paragraph for each finding. `quiet` leaves out notes and what is only worth knowing.
    pub fn text(&self, style: &Style, quiet: bool) -> String {
        let mut page = Page::new(style);
        for finding in self.findings.iter().filter(|finding| !quiet || finding.level == "conflict") {
            finding.write(&mut page);
        }
        if !quiet {
            notes(&mut page, &self.notes);
        }
        page.gap();
        let (conflicts, warnings) = (counted(self.conflicts, "conflict"), counted(self.warnings, "warning"));
        let ink = if self.conflicts == 0 { Ink::Good } else { Ink::Bad };
        page.fill(&[Ink::Bold.on(format!("{}: ", self.project))], ink, &format!("{conflicts}, {warnings}"));
        page.finish()
    }
}

impl ComposeFinding {
    pub(super) fn write(&self, page: &mut Page<'_>) {
        page.gap();
        let ink = match self.level {
            "conflict" => Ink::Bad,
            "warning" => Ink::Warn,
            _ => Ink::Dim,
        };
        page.fill(&[ink.on(format!("{}: ", self.code))], Ink::Bold, &self.what);
        labelled(page, "at", &self.place);
        if let Some(ComposeSide { who, place }) = &self.other {
            let place = place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
            labelled(page, "other", &format!("{who}{place}"));
        }
        labelled(page, "do", &self.action);
    }
}
