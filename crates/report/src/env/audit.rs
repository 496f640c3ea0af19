//! `bootproof env audit`: where the code and the file part.

use super::{counted, to_json};
use crate::page::{Ink, Page, Style};
use serde::Serialize;

/// How many skipped files are listed in the text. The JSON has all.
const LISTED: usize = 10;

/// What the code reads, held against what is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvAudit {
    /// [`ENV_SCHEMA_VERSION`](super::ENV_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The environment whose severities count.
    pub environment: &'static str,
    /// The folder that was scanned.
    pub root: String,
    /// How many files of code were looked into.
    pub files: usize,
    /// How many reads of known names were found.
    pub reads: usize,
    /// How many findings are errors.
    pub errors: usize,
    /// How many are warnings.
    pub warnings: usize,
    /// The exit code of the command.
    pub exit_code: u8,
    /// What does not fit, in the order of the codes, then of the names.
    pub findings: Vec<AuditFinding>,
    /// Reads whose name is computed, so that nobody knows what they read.
    pub computed: Vec<String>,
    /// What was not looked into, with the reason.
    pub skipped: Vec<String>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditFinding {
    /// The code of the rule.
    pub code: &'static str,
    /// `warning` or `error`.
    pub severity: &'static str,
    /// The variable.
    pub name: String,
    /// What is wrong.
    pub message: String,
    /// Where in the code.
    pub places: Vec<AuditPlace>,
    /// What to do.
    pub action: &'static str,
}

/// A place in the code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditPlace {
    /// The file, relative to the root of the scan.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

impl EnvAudit {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text: findings, computed reads, what was skipped, notes, and a line that sums up. With `quiet`, only findings and that line.
    pub fn text(&self, style: &Style, quiet: bool) -> String {
        let mut page = Page::new(style);
        // They come in the order of the codes.
        for group in self.findings.chunk_by(|one, next| one.code == next.code) {
            page.gap();
            group.iter().for_each(|finding| finding.write(&mut page));
            page.fill(&[Ink::Dim.on("  do     ")], Ink::Plain, group[0].action);
        }
        if !quiet {
            list(&mut page, "computed names", &self.computed, usize::MAX);
            list(&mut page, "not looked into", &self.skipped, LISTED);
            list(&mut page, "notes", &self.notes, usize::MAX);
        }
        page.gap();
        let (ink, text) = self.summary();
        page.fill(&[], ink, &text);
        page.finish()
    }

    fn summary(&self) -> (Ink, String) {
        let Self { environment, files, reads, errors, warnings, .. } = self;
        let (ink, found) = match (errors, warnings) {
            (0, 0) => (Ink::Good, "code and file agree".to_owned()),
            (0, _) => (Ink::Warn, counted(*warnings, "warning")),
            (_, 0) => (Ink::Bad, counted(*errors, "error")),
            _ => (Ink::Bad, format!("{} and {}", counted(*errors, "error"), counted(*warnings, "warning"))),
        };
        let looked = format!("{} in {} of code", counted(*reads, "read"), counted(*files, "file"));
        (ink, format!("environment {environment}: {found}; {looked} below `{}`", self.root))
    }
}

impl AuditFinding {
    fn write(&self, page: &mut Page<'_>) {
        let ink = if self.severity == "error" { Ink::Bad } else { Ink::Warn };
        page.fill(&[ink.on(self.code), Ink::Plain.on(" ")], Ink::Plain, &self.message);
    }
}

fn list(page: &mut Page<'_>, heading: &str, lines: &[String], most: usize) {
    if lines.is_empty() {
        return;
    }
    page.heading(heading);
    for line in lines.iter().take(most) {
        page.fill(&[Ink::Plain.on("  ")], Ink::Plain, line);
    }
    if lines.len() > most {
        page.fill(
            &[Ink::Plain.on("  ")],
            Ink::Dim,
            &format!("and {} more (`--format json` lists all)", lines.len() - most),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &'static str, name: &str) -> AuditFinding {
        let places = vec![AuditPlace { file: "a.py".into(), line: 3 }];
        AuditFinding {
            code,
            severity: "warning",
            name: name.into(),
            message: format!("`{name}` is read"),
            places,
            action: "declare it",
        }
    }

    fn audit(findings: Vec<AuditFinding>) -> EnvAudit {
        EnvAudit {
            schema_version: crate::env::ENV_SCHEMA_VERSION,
            environment: "staging",
            root: ".".into(),
            files: 1,
            reads: 2,
            errors: 0,
            warnings: findings.len(),
            exit_code: 0,
            findings,
            computed: vec!["a.py:9: computed".into()],
            skipped: (0..12).map(|n| format!("file {n}")).collect(),
            notes: vec!["a note".into()],
        }
    }

    #[test]
    fn findings_come_first_with_one_action_for_each_rule_and_a_summary_last() {
        let text = audit(vec![finding("ENV-028", "A"), finding("ENV-029", "B"), finding("ENV-029", "C")])
            .text(&Style::default(), false);
        let expected = "ENV-028 `A` is read\n  do     declare it\n\nENV-029 `B` is read\nENV-029 `C` is read\n  do     declare it\n\ncomputed names\n";
        assert!(text.starts_with(expected), "{text}");
        assert!(text.contains("file 9") && !text.contains("file 10") && text.contains("and 2 more"));
        assert!(text.ends_with("environment staging: 3 warnings; 2 reads in 1 file of code below `.`\n"), "{text}");
    }

    #[test]
    fn quiet_leaves_findings_and_the_summary() {
        assert_eq!(
            audit(vec![]).text(&Style::default(), true),
            "environment staging: code and file agree; 2 reads in 1 file of code below `.`\n"
        );
    }
}
