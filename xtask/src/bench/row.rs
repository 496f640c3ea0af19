//! One line of the result, as text and as JSON.

use std::fmt::Write;

/// What a job measured. With a peer, `target` bounds the ratio; without one, `ours` itself, in `unit`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Row {
    job: String,
    ours: Option<f64>,
    peer: Option<f64>,
    unit: &'static str,
    ratio: Option<f64>,
    target: Option<f64>,
    /// `None` when there was nothing to meet, or no peer to compare with.
    pub(super) met: Option<bool>,
    note: String,
}

impl Row {
    /// A value that has to stay under `target`.
    pub(super) fn absolute(job: &str, ours: f64, unit: &'static str, target: f64, note: &str) -> Self {
        let met = Some(ours <= target);
        Self {
            job: job.to_owned(),
            ours: Some(ours),
            peer: None,
            unit,
            ratio: None,
            target: Some(target),
            met,
            note: note.to_owned(),
        }
    }

    /// A value beside a peer's; their ratio has to stay under `target`, if there is one.
    pub(super) fn beside(job: &str, ours: f64, peer: f64, unit: &'static str, target: Option<f64>, note: &str) -> Self {
        let ratio = ours / peer;
        let met = target.map(|target| ratio <= target);
        Self {
            job: job.to_owned(),
            ours: Some(ours),
            peer: Some(peer),
            unit,
            ratio: Some(ratio),
            target,
            met,
            note: note.to_owned(),
        }
    }

    /// A value whose peer is not on this machine.
    pub(super) fn without_peer(job: &str, ours: f64, unit: &'static str, target: f64, peer: &str) -> Self {
        let note = format!("{peer} is missing here, nothing to compare with");
        let (job, target) = (job.to_owned(), Some(target));
        Self { job, ours: Some(ours), peer: None, unit, ratio: None, target, met: None, note }
    }

    /// A peer that is not on this machine, where ours has a row of its own.
    pub(super) fn missing(job: &str, peer: &str) -> Self {
        let note = format!("{peer} is missing here, nothing to compare with");
        Self { job: job.to_owned(), ours: None, peer: None, unit: "", ratio: None, target: None, met: None, note }
    }

    /// A job that could not be done: not met.
    pub(super) fn impossible(job: &str, problem: &str) -> Self {
        let (job, note) = (job.to_owned(), problem.lines().next().unwrap_or_default().to_owned());
        Self { job, ours: None, peer: None, unit: "", ratio: None, target: None, met: Some(false), note }
    }
}

/// An array of objects, one a line.
pub(super) fn json(rows: &[Row]) -> String {
    let objects: Vec<_> = rows.iter().map(object).collect();
    format!("[\n  {}\n]\n", objects.join(",\n  "))
}

fn object(row: &Row) -> String {
    let number = |value: Option<f64>| value.map_or("null".to_owned(), |value| format!("{value:.3}"));
    format!(
        r#"{{"job": {}, "ours": {}, "peer": {}, "unit": {}, "ratio": {}, "target": {}, "met": {}, "note": {}}}"#,
        quoted(&row.job),
        number(row.ours),
        number(row.peer),
        quoted(row.unit),
        number(row.ratio),
        number(row.target),
        row.met.map_or("null".to_owned(), |met| met.to_string()),
        quoted(&row.note),
    )
}

fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if u32::from(c) < 0x20 => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Columns for people.
pub(super) fn table(rows: &[Row]) -> String {
    let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.2}"));
    let head = ["job", "ours", "peer", "unit", "ratio", "target", "met", "note"].map(str::to_owned);
    let line = |row: &Row| {
        let met = match row.met {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "-",
        };
        let numbers = [row.ours, row.peer, row.ratio, row.target].map(number);
        let [ours, peer, ratio, target] = numbers;
        [row.job.clone(), ours, peer, row.unit.to_owned(), ratio, target, met.to_owned(), row.note.clone()]
    };
    let lines: Vec<_> = std::iter::once(head).chain(rows.iter().map(line)).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: Vec<_> = (0..8).map(width).collect();
    let mut out = String::new();
    for line in &lines {
        let cells: Vec<_> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_bounds_the_ratio_where_there_is_a_peer_and_the_value_where_there_is_none() {
        assert_eq!(Row::absolute("a", 150.0, "ms", 150.0, "").met, Some(true));
        assert_eq!(Row::absolute("a", 151.0, "ms", 150.0, "").met, Some(false));
        assert_eq!(Row::beside("a", 5.0, 2.0, "ms", Some(2.5), "").met, Some(true));
        assert_eq!(Row::beside("a", 5.1, 2.0, "ms", Some(2.5), "").met, Some(false));
        assert_eq!(Row::beside("a", 5.1, 2.0, "ms", None, "").met, None);
    }

    #[test]
    fn a_missing_peer_is_neither_met_nor_missed_and_a_failed_job_is_missed() {
        assert_eq!(Row::without_peer("a", 1.0, "ms", 0.5, "wait4x").met, None);
        assert_eq!(Row::impossible("a", "it broke\nthere").met, Some(false));
    }

    #[test]
    fn json_has_every_field_and_escapes_text() {
        let text = json(&[Row::without_peer("a", 1.5, "ms", 0.5, "\"x\"\n")]);
        assert_eq!(
            text,
            "[\n  {\"job\": \"a\", \"ours\": 1.500, \"peer\": null, \"unit\": \"ms\", \"ratio\": null, \"target\": 0.500, \
             \"met\": null, \"note\": \"\\\"x\\\"\\u000a is missing here, nothing to compare with\"}\n]\n"
        );
    }

    #[test]
    fn the_table_lines_up() {
        let text = table(&[Row::beside("check-tcp", 1.0, 2.0, "ms", Some(0.5), "x")]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0].find("unit"), lines[1].find("ms"));
        assert!(lines[1].ends_with("0.50    yes  x") || lines[1].contains("yes"));
    }
}
