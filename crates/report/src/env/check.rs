//! `bootproof env check`: everything that is wrong, and nothing else.

use super::{EnvOverride, EnvProblem, counted, notes, to_json};
use crate::page::{Ink, Page, Style};
use serde::Serialize;

/// Everything that is wrong with the variables of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvCheck {
    /// [`ENV_SCHEMA_VERSION`](super::ENV_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The environment in force.
    pub environment: &'static str,
    /// How many variables are declared.
    pub declared: usize,
    /// How many of them have a value.
    pub set: usize,
    /// How many problems are errors.
    pub errors: usize,
    /// How many are warnings.
    pub warnings: usize,
    /// The exit code of the command: 78 when there is an error or nothing is declared, 3 when warnings were to fail it.
    pub exit_code: u8,
    /// The errors and warnings, in the order of the file.
    pub problems: Vec<EnvProblem>,
    /// The rules whose severity the file changes, where it made a difference.
    pub overrides: Vec<EnvOverride>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

impl EnvCheck {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text: errors first, then warnings, changed rules, notes, and a line that sums up. With `quiet`, only problems and that line.
    pub fn text(&self, style: &Style, quiet: bool) -> String {
        let mut page = Page::new(style);
        let (errors, warnings): (Vec<_>, Vec<_>) = self.problems.iter().partition(|problem| problem.is_error());
        for problem in errors.into_iter().chain(warnings) {
            page.gap();
            problem.write(&mut page);
        }
        if !quiet {
            if !self.overrides.is_empty() {
                page.gap();
            }
            self.overrides.iter().for_each(|over| over.write(&mut page, self.environment));
            notes(&mut page, &self.notes);
        }
        page.gap();
        let (ink, text) = self.summary();
        page.fill(&[], ink, &text);
        page.finish()
    }

    fn summary(&self) -> (Ink, String) {
        let Self { environment, declared, set, errors, warnings, .. } = self;
        let values = match declared {
            0 => "nothing is declared, so that nothing was checked".to_owned(),
            _ => format!("{set} of {} set", counted(*declared, "declared variable")),
        };
        let (ink, found) = match (errors, warnings) {
            (0, 0) if *declared == 0 => (Ink::Bad, "no problems".to_owned()),
            (0, 0) => (Ink::Good, "no problems".to_owned()),
            (0, _) => (Ink::Warn, counted(*warnings, "warning")),
            (_, 0) => (Ink::Bad, counted(*errors, "error")),
            _ => (Ink::Bad, format!("{} and {}", counted(*errors, "error"), counted(*warnings, "warning"))),
        };
        (ink, format!("environment {environment}: {found}; {values}"))
    }
}
