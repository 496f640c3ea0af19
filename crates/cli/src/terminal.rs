//! What the terminal can show, and writing to it.

use crate::args::Color;
use bootproof::Vars;
use bootproof_core::ExitCode;
use bootproof_report::Style;
use std::io::{self, IsTerminal, Write};

/// What is known of the terminal: read once, from the variables and the two streams.
pub(crate) struct Terminal {
    /// How a report on stdout looks.
    pub(crate) out: Style,
    /// How a report on stderr looks.
    pub(crate) err: Style,
    /// Whether progress may be drawn live on stderr.
    pub(crate) live: bool,
}

impl Terminal {
    pub(crate) fn look(color: Color, vars: &Vars) -> Self {
        let (out, err) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let set = |name| vars.text(name).is_some_and(|text| !text.is_empty());
        let dumb = vars.text("TERM") == Some("dumb");
        let colored = |terminal| match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !dumb && !set("NO_COLOR"),
        };
        let unicode = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find(|name| set(name)).and_then(|name| vars.text(name));
        let unicode = unicode.is_some_and(|locale| locale.to_ascii_uppercase().replace('-', "").contains("UTF8"));
        let style = |terminal| Style { width: width(terminal, vars), color: colored(terminal), unicode };
        Self { out: style(out), err: style(err), live: err && !dumb && !set("CI") }
    }
}

/// `COLUMNS`, else the terminal's width, else 80: at most 120, wide lines are hard to read.
fn width(terminal: bool, vars: &Vars) -> usize {
    let told = vars.text("COLUMNS").and_then(|text| text.parse().ok());
    let seen = || terminal.then(|| usize::from(console::Term::stdout().size().1));
    told.or_else(seen).unwrap_or(80).clamp(40, 120)
}

/// Writes data to stdout. A reader that went away is no error: it has seen enough. A full disk is one.
pub(crate) fn print(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            note(&format!("bootproof: the report could not be written: {error}"));
            ExitCode::FAILED
        }
        _ => ExitCode::OK,
    }
}

/// Writes a line to stderr. When that is closed there is nobody left to tell.
pub(crate) fn note(line: &str) {
    drop(writeln!(io::stderr(), "{line}"));
}
