//! The words of the domain, as the document writes them.

use serde::Serialize;

/// A serialised twin of an enum of core, written in kebab-case. A word that core adds must be added here before it compiles.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident),+ $(,)? })+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs, reason = "the words are core's, and explained there")]
        pub enum $name { $($word),+ }

        impl From<bootproof_core::$name> for $name {
            fn from(word: bootproof_core::$name) -> Self {
                match word { $(bootproof_core::$name::$word => Self::$word),+ }
            }
        }
    )+ };
}

words! {
    /// What is said of a fix or service. Only `proven` and `degraded` count as success.
    Verdict { Proven, Degraded, Unproven, Failed, Skipped }
    /// What a proof covers: the server as such, this program's own parts, or the program that `run` started.
    Scope { Server, Process, Child }
    /// The whole run in one word.
    Outcome { Proven, Degraded, Failed, Checked }
    /// Where the service runs.
    Environment { Development, Test, Staging, Production }
    /// Whether a failure fails the start.
    Criticality { Required, Optional }
    /// The phase of a fix.
    Step { Inspect, Apply, Prove, Undo }
    /// Whether trying again can help.
    Retry { MayHelp, Never }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(word: impl Serialize) -> String {
        serde_json::to_string(&word).unwrap().trim_matches('"').to_owned()
    }

    #[test]
    fn the_document_and_the_text_use_the_same_words() {
        use bootproof_core as core;
        for word in [core::Verdict::Proven, core::Verdict::Degraded, core::Verdict::Unproven, core::Verdict::Skipped] {
            assert_eq!(written(Verdict::from(word)), word.as_str());
        }
        for word in [core::Scope::Server, core::Scope::Process, core::Scope::Child] {
            assert_eq!(written(Scope::from(word)), word.as_str());
        }
        for word in [core::Step::Inspect, core::Step::Apply, core::Step::Prove, core::Step::Undo] {
            assert_eq!(written(Step::from(word)), word.as_str());
        }
        for word in core::Environment::ALL {
            assert_eq!(written(Environment::from(word)), word.as_str());
        }
        assert_eq!(written(Retry::from(core::Retry::MayHelp)), "may-help");
    }
}
