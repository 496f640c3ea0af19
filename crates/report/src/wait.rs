//! What came of `bootproof wait`: one document, as JSON and as text.
//!
//! Whoever fills it in has masked what it shows.

use crate::{
    json::{Millis, Problem},
    page::{Ink, Page, Style},
    time::{limit, took},
};
use bootproof_core::{Diagnosis, Identity};
use serde::{Serialize, Serializer};
use std::time::Duration;

/// The version of this document. It changes when a field is removed or changes its meaning.
pub const WAIT_SCHEMA_VERSION: u32 = 1;

/// A wait that has ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitReport {
    /// [`WAIT_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// How it ended.
    pub outcome: WaitOutcome,
    /// The exit code of the command.
    pub exit_code: u8,
    /// Whether one target was enough.
    pub any: bool,
    /// Whether they were to go, instead of come.
    pub not: bool,
    /// How long it took, in milliseconds.
    #[serde(rename = "tookMs", serialize_with = "millis")]
    pub took: Duration,
    /// How long it might have taken, in milliseconds; none for ever.
    #[serde(rename = "limitMs", serialize_with = "some_millis")]
    pub limit: Option<Duration>,
    /// Each target, in the order given.
    pub targets: Vec<WaitTarget>,
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitOutcome {
    /// What was waited for came (or went).
    Came,
    /// The time is over.
    TimeOut,
    /// Waiting longer cannot help.
    Hopeless,
    /// A signal ended it.
    Interrupted,
}

/// One target.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WaitTarget {
    /// As it may be shown.
    pub target: String,
    /// Whether it came (or is gone).
    pub came: bool,
    /// When it came, or when it was known that it cannot, in milliseconds.
    #[serde(rename = "afterMs", serialize_with = "some_millis")]
    pub after: Option<Duration>,
    /// How often it was asked.
    pub tries: u64,
    /// Since when it has said the last thing, in milliseconds.
    #[serde(rename = "sinceMs", serialize_with = "millis")]
    pub since: Duration,
    /// Who answered, or how it is gone.
    pub identity: Option<String>,
    /// Why it did not come.
    pub diagnosis: Option<Problem>,
}

fn millis<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    Millis::from(*time).serialize(to)
}

fn some_millis<S: Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    time.map(Millis::from).serialize(to)
}

impl WaitTarget {
    /// With what was said last, and when that was the end of it.
    pub fn new(target: &str, said: Option<&Result<Identity, Diagnosis>>, after: Option<Duration>) -> Self {
        let answer = said.map(Result::as_ref);
        Self {
            target: target.to_owned(),
            came: after.is_some() && matches!(answer, Some(Ok(_))),
            after,
            tries: 0,
            since: Duration::ZERO,
            identity: answer.and_then(Result::ok).map(|identity| identity.0.clone()),
            diagnosis: answer.and_then(Result::err).map(Problem::from),
        }
    }
}

impl WaitReport {
    /// The document.
    pub fn json(&self) -> String {
        // serde_json refuses only maps whose keys are not text; there are none.
        serde_json::to_string_pretty(self).expect("this document can be written as JSON") + "\n"
    }

    /// The text: who came, then each that did not with why, and a line that sums up. With `quiet`, only what did not come.
    pub fn text(&self, style: &Style, quiet: bool) -> String {
        let mut page = Page::new(style);
        if !quiet {
            self.targets.iter().filter(|target| target.came).for_each(|target| self.tell_come(target, &mut page));
        }
        if self.outcome != WaitOutcome::Came {
            self.targets.iter().filter(|target| !target.came).for_each(|target| self.tell_missing(target, &mut page));
            page.gap();
            page.fill(&[], Ink::Bad, &self.summary());
        }
        page.finish()
    }

    fn tell_come(&self, target: &WaitTarget, page: &mut Page<'_>) {
        let what = if self.not { "gone: " } else { "ready: " };
        let (who, after) = (target.identity.as_deref().unwrap_or_default(), target.after.unwrap_or_default());
        // Most identities of a mere port are the port itself.
        let who = if who.starts_with(&target.target) { who.to_owned() } else { format!("{}: {who}", target.target) };
        page.fill(&[Ink::Good.on(what)], Ink::Plain, &format!("{who}, after {}", took(after)));
    }

    fn tell_missing(&self, target: &WaitTarget, page: &mut Page<'_>) {
        page.gap();
        let time = took(target.after.unwrap_or(self.took));
        let tries = if target.tries == 1 { "1 try".to_owned() } else { format!("{} tries", target.tries) };
        let what = if self.not { "not gone: " } else { "not ready: " };
        page.fill(&[Ink::Bad.on(what)], Ink::Bold, &format!("{}, after {time} and {tries}", target.target));
        let Some(problem) = &target.diagnosis else {
            page.fill(&[Ink::Dim.on("  why    ")], Ink::Plain, "nothing was heard yet");
            return;
        };
        let last = format!("{}: {}", problem.code, problem.what);
        let since = format!("the same for {}", took(self.took.saturating_sub(target.since)));
        let more = format!("bootproof explain {}", problem.code);
        let why = problem.why.iter().map(|why| ("why", why));
        let lines = [("last", &last)].into_iter().chain(why);
        for (label, text) in lines.chain([("", &since), ("do", &problem.action), ("more", &more)]) {
            if !text.is_empty() {
                page.fill(&[Ink::Dim.on(format!("  {label:<6} "))], Ink::Plain, text);
            }
        }
    }

    fn summary(&self) -> String {
        let missing = self.targets.iter().filter(|target| !target.came).count();
        let (missing, of) = (missing, self.targets.len());
        let who = match (self.any, of) {
            (_, 1) => "the target".to_owned(),
            (true, _) => format!("each of {of} targets"),
            (false, _) => format!("{missing} of {of} targets"),
        };
        let way = if self.not { "go" } else { "come" };
        match self.outcome {
            WaitOutcome::Came => String::new(),
            WaitOutcome::TimeOut => {
                format!("time is over: {who} did not {way} in {}", self.limit.map_or_else(|| took(self.took), limit))
            }
            WaitOutcome::Hopeless => format!("waiting longer cannot help: {who} did not {way}"),
            WaitOutcome::Interrupted => format!("ended by a signal: {who} did not {way} in {}", took(self.took)),
        }
    }
}

#[cfg(test)]
#[path = "wait_tests.rs"]
mod tests;
