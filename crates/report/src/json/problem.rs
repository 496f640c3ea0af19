//! A diagnosis in the document.

use super::Retry;
use bootproof_core::Diagnosis;
use serde::Serialize;

/// One problem, told so that somebody can act on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Diagnosis"))]
pub struct Problem {
    /// Stable code such as `PORT-002`; `bootproof explain CODE` tells more.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[A-Z]+-[0-9]{3}$")))]
    pub code: String,
    /// What is wrong, in one sentence.
    pub what: String,
    /// The chain of causes, nearest first.
    pub why: Vec<String>,
    /// The effect it has now. May be empty.
    pub now: String,
    /// What to do. May be empty.
    pub action: String,
    /// Whether trying again can help.
    pub retry: Retry,
}

impl From<&Diagnosis> for Problem {
    fn from(diagnosis: &Diagnosis) -> Self {
        Self {
            code: diagnosis.code.to_owned(),
            what: diagnosis.what.clone(),
            why: diagnosis.why.clone(),
            now: diagnosis.now.clone(),
            action: diagnosis.action.clone(),
            retry: diagnosis.retry.into(),
        }
    }
}
