//! What the runs of the command say of the environment: all of them the same, in both formats.

use crate::setup::*;
use bootproof_testkit::Sandbox;
use serde_json::Value;

/// The runs that look at the environment.
const RUNS: [&str; 2] = ["verify", "check"];

/// What was said.
pub struct Told {
    pub code: i32,
    /// The problems that stop the start, a line each.
    pub lines: Vec<String>,
    /// What is told besides.
    pub notes: Vec<String>,
    /// What to do.
    pub action: String,
    /// All outputs, with single blanks between the words: reports break their lines.
    pub everything: String,
}

impl Told {
    /// Asserts that a start is refused for exactly `lines`.
    #[track_caller]
    pub fn refuses(&self, lines: &[&str]) -> &Self {
        assert_eq!(self.lines, lines);
        assert_eq!(self.code, 78, "{}", self.everything);
        self
    }

    /// Asserts that nothing is wrong.
    #[track_caller]
    pub fn accepts(&self) -> &Self {
        assert_eq!(self.lines, [""; 0]);
        assert_eq!(self.code, 0, "{}", self.everything);
        self
    }

    /// Asserts that `note` is told in every output.
    #[track_caller]
    pub fn notes(&self, note: &str) -> &Self {
        assert!(self.notes.iter().any(|told| told == note), "{:#?}", self.notes);
        self
    }
}

/// Runs everything, and makes sure that all say the same.
pub async fn told(sandbox: &Sandbox, environment: &str, vars: &[(String, String)]) -> Told {
    told_with(sandbox, environment, vars, &[]).await
}

/// The same with more arguments.
pub async fn told_with(sandbox: &Sandbox, environment: &str, vars: &[(String, String)], args: &[&str]) -> Told {
    let mut all: Vec<Told> = vec![];
    for command in RUNS {
        let run = |format| {
            bootproof(sandbox, environment, &[command, "--format", format]).args(args).vars(vars.iter().cloned())
        };
        let report = Report::of(run("json").run().await);
        let (code, environment) = (report.code(), report.fix("environment"));
        let lines = texts(&environment["diagnosis"]["why"]);
        let action = environment["diagnosis"]["action"].as_str().unwrap_or_default().to_owned();
        let notes = texts(&report.json["notes"]);
        let text = run("text").run().await;
        assert_eq!(text.status.code(), Some(code), "{}", text.stdout);
        let flat = flat(&text.stdout);
        for line in lines.iter().chain(&notes) {
            let line = line.replace('→', "->");
            assert!(flat.contains(&line), "the text of `{command}` must say {line}:\n{}", text.stdout);
        }
        let everything = format!("{flat} {} {} {}", text.stderr, report.output.stdout, report.output.stderr);
        all.push(Told { code, lines, notes, action, everything });
    }
    let first = all.remove(0);
    for other in all {
        assert_eq!((&first.lines, first.code, &first.action), (&other.lines, other.code, &other.action));
        let only_looked = |note: &&String| !note.starts_with("this run only looked");
        assert!(first.notes.iter().eq(other.notes.iter().filter(only_looked)), "{:?} {:?}", first.notes, other.notes);
    }
    let (errors, warnings) = said_by_env_check(sandbox, environment, vars, args, first.code).await;
    assert_eq!(first.lines, errors);
    assert!(warnings.iter().eq(first.notes.iter().filter(|note| note.starts_with("ENV-"))), "{warnings:?}");
    first
}

/// The errors and warnings of `env check`, which says each piece of a problem by itself.
async fn said_by_env_check(
    sandbox: &Sandbox,
    environment: &str,
    vars: &[(String, String)],
    args: &[&str],
    code: i32,
) -> (Vec<String>, Vec<String>) {
    let run = |format| bootproof(sandbox, environment, &["env", "check", "--format", format]);
    let run = async |format| run(format).args(args).vars(vars.iter().cloned()).run().await;
    let (json, text) = (run("json").await, run("text").await);
    assert_eq!((json.status.code(), text.status.code()), (Some(code), Some(code)), "{}", text.stdout);
    let told: Value = serde_json::from_str(&json.stdout).expect("a document");
    let (mut errors, mut warnings, flat) = (vec![], vec![], flat(&text.stdout));
    for problem in told["problems"].as_array().expect("a list") {
        let piece = |key: &str| problem[key].as_str().map(|text| text.replace('→', "->"));
        let (code, what) = (piece("code").expect("a code"), piece("what").expect("a sentence"));
        assert!(flat.contains(&code) && flat.contains(&what), "{what}: {}", text.stdout);
        let from = problem["source"].as_str().filter(|source| *source != "process");
        let from = from.map(|source| format!(" (from {source})")).unwrap_or_default();
        let list = if problem["severity"] == "error" { &mut errors } else { &mut warnings };
        list.push(format!("{code} {}{from}", problem["what"].as_str().expect("a sentence")));
    }
    (errors, warnings)
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

/// `text` with single blanks between its words.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
