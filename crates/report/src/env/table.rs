//! `bootproof env`: every declared variable in a row.

use super::{EnvProblem, HIDDEN, notes, on_one_line, to_json};
use crate::page::{Ink, Page, Piece, Style, cut, wide};
use serde::Serialize;

/// Every declared variable, and on demand the names of the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvTable {
    /// [`ENV_SCHEMA_VERSION`](super::ENV_SCHEMA_VERSION).
    pub schema_version: u32,
    /// The environment in force.
    pub environment: &'static str,
    /// The declared variables, in the order of the file.
    pub variables: Vec<EnvRow>,
    /// What is set and not declared, by name; null unless it was asked for.
    pub undeclared: Option<Vec<EnvUndeclared>>,
    /// Problems of no single variable.
    pub problems: Vec<EnvProblem>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

/// A declared variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvRow {
    /// Its name.
    pub name: String,
    /// Whether it has a value.
    pub set: bool,
    /// As much of the value as may be shown.
    pub value: Option<String>,
    /// Whether there is more than that.
    pub hidden: bool,
    /// Where the value came from.
    pub source: Option<String>,
    /// The word for its type.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Facts in a word or two: `required`, `not set`, `old name`.
    pub notes: Vec<String>,
    /// What is wrong with it.
    pub problems: Vec<EnvProblem>,
}

/// A variable that is set and not declared: never its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvUndeclared {
    /// Its name.
    pub name: String,
    /// Where it is set.
    pub source: String,
    /// The declared variable that it is an older name of, or names the file of.
    pub belongs_to: Option<String>,
}

/// The most columns for a name and a source: what is longer is cut.
const WIDEST: usize = 40;
/// The least columns for a value, and for a source where there is little room.
const LEAST: usize = 12;
/// The columns that a note wants.
const NOTE: usize = 20;
/// The blanks behind the four columns before the note.
const GAPS: usize = 8;

/// The columns of the table.
struct Columns {
    name: usize,
    value: usize,
    source: usize,
    kind: usize,
}

impl EnvTable {
    /// The document.
    pub fn json(&self) -> String {
        to_json(self)
    }

    /// The text. Values are cut where a line ends; `bootproof env explain NAME` shows them whole.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        let columns = self.columns(&page);
        if !self.variables.is_empty() {
            let heads = ["NAME", "VALUE", "SOURCE", "TYPE"].map(str::to_owned);
            columns.row(&mut page, [Ink::Dim; 4], heads, (Ink::Dim, "NOTE"));
        }
        for row in &self.variables {
            row.write(&mut page, &columns);
        }
        for problem in &self.problems {
            page.gap();
            let (code, text) = problem.in_short();
            page.fill(&[code], Ink::Plain, &text);
        }
        self.write_undeclared(&mut page);
        notes(&mut page, &self.notes);
        page.finish()
    }

    fn columns(&self, page: &Page<'_>) -> Columns {
        let widest = |least: usize, most: usize, text: &dyn Fn(&EnvRow) -> String| {
            let all = self.variables.iter().map(|row| wide(&page.clean(&text(row)))).max().unwrap_or(0);
            all.max(least).min(most)
        };
        let name = widest(4, WIDEST, &|row| row.name.clone());
        let source = widest(6, WIDEST, &|row| row.told_source());
        let kind = widest(4, WIDEST, &|row| row.kind.to_owned());
        let wanted = widest(5, usize::MAX, &|row| row.told_value());
        Columns::fit(name, wanted, source, kind, page.style.width)
    }

    fn write_undeclared(&self, page: &mut Page<'_>) {
        let Some(undeclared) = &self.undeclared else { return };
        page.heading(if undeclared.is_empty() {
            "nothing is set that is not declared"
        } else {
            "set and not declared"
        });
        let name = undeclared.iter().map(|one| wide(&page.clean(&one.name))).max().unwrap_or(0).min(WIDEST);
        for one in undeclared {
            let of = one.belongs_to.as_ref().map(|of| format!(" (for {of})")).unwrap_or_default();
            let lead = cell(page, Ink::Plain, &one.name, name);
            page.fill(&[Ink::Plain.on("  "), lead, Ink::Plain.on("  ")], Ink::Plain, &format!("{}{of}", one.source));
        }
    }
}

impl EnvRow {
    fn told_value(&self) -> String {
        match (&self.value, self.set) {
            (Some(value), _) => on_one_line(value),
            (None, true) => HIDDEN.to_owned(),
            (None, false) => "-".to_owned(),
        }
    }

    fn told_source(&self) -> String {
        self.source.clone().unwrap_or_else(|| "-".to_owned())
    }

    fn write(&self, page: &mut Page<'_>, columns: &Columns) {
        let worst = self.problems.iter().find(|problem| problem.is_error()).or(self.problems.first());
        let name = worst.map_or(Ink::Bold, EnvProblem::ink);
        let value = if self.value.is_some() { Ink::Plain } else { Ink::Dim };
        let cells = [self.name.clone(), self.told_value(), self.told_source(), self.kind.to_owned()];
        columns.row(page, [name, value, Ink::Plain, Ink::Dim], cells, (Ink::Dim, &self.notes.join(", ")));
        for problem in &self.problems {
            let (code, text) = problem.in_short();
            page.fill(&[Ink::Plain.on("    "), code], Ink::Plain, &text);
        }
    }
}

impl Columns {
    /// The value gives way first, then the source, then the name; a note that finds no room goes on the next line.
    fn fit(name: usize, value: usize, source: usize, kind: usize, width: usize) -> Self {
        let width = width.saturating_sub(GAPS + kind);
        let least = value.min(LEAST);
        let source = source.min(width.saturating_sub(name + least).max(LEAST));
        let name = name.min(width.saturating_sub(source + least).max(LEAST));
        let value = value.min(width.saturating_sub(name + source + NOTE).max(least));
        Self { name, value, source, kind }
    }

    fn row(&self, page: &mut Page<'_>, inks: [Ink; 4], texts: [String; 4], (ink, note): (Ink, &str)) {
        let widths = [self.name, self.value, self.source, self.kind];
        let mut lead = vec![];
        for ((ink, text), width) in inks.into_iter().zip(&texts).zip(widths) {
            lead.push(cell(page, ink, text, width));
            lead.push(Ink::Plain.on("  "));
        }
        if note.is_empty() { page.line(&lead) } else { page.fill(&lead, ink, note) }
    }
}

/// `text` cut or filled up to `width` columns.
fn cell(page: &Page<'_>, ink: Ink, text: &str, width: usize) -> Piece {
    let text = cut(&page.clean(text), width, page.style.ellipsis());
    let blanks = " ".repeat(width.saturating_sub(wide(&text)));
    ink.on(text + &blanks)
}
