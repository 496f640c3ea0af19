//! A problem, told so that somebody woken at night can act on it.

use std::fmt;

/// What kind of trouble it is: decides the exit code and whether a supervisor should start the service again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// The configuration is wrong (wrong password, bad URL, missing variable): exit 78, a restart will not help.
    Configuration,
    /// Something required is away, starting or full: exit 75, a restart may help.
    Away,
    /// Something is broken or shown not to hold: exit 1, a restart will not help by itself.
    Fault,
    /// Time ran out: exit 124 when it was the whole budget.
    Time,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Retry {
    /// Time cures it: refused, no answer, server starting, too many connections.
    MayHelp,
    /// Time does not cure it: wrong password, unknown database, bad URL, permission.
    Never,
}

/// One problem: stable code, what, why, effect now, what to do. Holds no secrets: whoever makes it masks first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Stable code such as `PORT-002`; `docs/codes/CODE.md` explains it.
    pub code: &'static str,
    /// What is wrong, in one lower-case sentence, values in backticks.
    pub what: String,
    /// The chain of causes, nearest first.
    pub why: Vec<String>,
    /// The effect it has now.
    pub now: String,
    /// What to do.
    pub action: String,
    /// Whether trying again can help.
    pub retry: Retry,
    /// What kind of trouble it is.
    pub cause: Cause,
}

impl Diagnosis {
    /// A problem with `code` and one sentence on what is wrong. [`Cause::Fault`] and [`Retry::Never`] until said otherwise.
    pub fn new(code: &'static str, what: impl Into<String>) -> Self {
        Self {
            code,
            what: what.into(),
            why: vec![],
            now: String::new(),
            action: String::new(),
            retry: Retry::Never,
            cause: Cause::Fault,
        }
    }

    /// Adds a cause behind those given so far.
    pub fn why(mut self, why: impl Into<String>) -> Self {
        self.why.push(why.into());
        self
    }

    /// Says what effect it has now.
    pub fn now(mut self, now: impl Into<String>) -> Self {
        self.now = now.into();
        self
    }

    /// Says what to do.
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = action.into();
        self
    }

    /// The configuration is wrong; nothing but a change of it helps.
    pub fn configuration(mut self) -> Self {
        (self.cause, self.retry) = (Cause::Configuration, Retry::Never);
        self
    }

    /// Something is away for now; trying again may help.
    pub fn away(mut self) -> Self {
        (self.cause, self.retry) = (Cause::Away, Retry::MayHelp);
        self
    }

    /// Time ran out; trying again may help.
    pub fn time(mut self) -> Self {
        (self.cause, self.retry) = (Cause::Time, Retry::MayHelp);
        self
    }

    /// Sets whether trying again can help, apart from the cause.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.what)?;
        for why in &self.why {
            write!(f, "\n  why    {why}")?;
        }
        for (label, text) in [("now", &self.now), ("do", &self.action)] {
            if !text.is_empty() {
                write!(f, "\n  {label:<6} {text}")?;
            }
        }
        write!(f, "\n  more   bootproof explain {}", self.code)
    }
}

impl std::error::Error for Diagnosis {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_alone_is_enough_to_act_on() {
        let text = Diagnosis::new("REDIS-003", "Redis at `127.0.0.1:6379` does not answer")
            .why("no reply to PING in 500 ms")
            .now("writes go to the in-process store")
            .action("look at the server")
            .to_string();
        assert_eq!(
            text,
            "REDIS-003: Redis at `127.0.0.1:6379` does not answer\n  why    no reply to PING in 500 ms\n  now    writes go to the \
             in-process store\n  do     look at the server\n  more   bootproof explain REDIS-003"
        );
    }
}
