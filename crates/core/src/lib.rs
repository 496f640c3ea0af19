//! The words of bootproof's domain. Pure: no I/O, no clock, no runtime.
//!
//! Read [`Fix`] first: one startup repair that can be seen, made and demonstrated. A [`Plan`] orders fixes and
//! [`Service`]s, the engine runs it and emits [`Event`]s, and [`RunState`] is the fold of those events: text, JSON and
//! tests all read that one snapshot.

mod budget;
mod card;
mod cx;
pub mod diagnose;
mod diagnosis;
mod environment;
mod event;
mod evidence;
mod fix;
mod mask;
mod outcome;
mod plan;
mod policy;
mod retry;
mod secret;
mod service;
mod shelf;
mod spell;
mod state;
pub mod variables;
mod vars;
mod verdict;

pub use budget::Budget;
pub use card::{Card, Criticality, Kind, Need};
pub use cx::{Clock, Cx, Hold, Look, Place, RunParts, Sink};
pub use diagnosis::{Cause, Diagnosis, Retry};
pub use environment::{ChosenEnvironment, Environment, EnvironmentError, Host};
pub use event::{Event, Node, RunEnd, Undoing};
pub use evidence::{Evidence, Seen, Step};
pub use fix::{Change, Finding, Fix, Permit, Phase, Proof, Standing};
pub use mask::{Masker, has_misplaced_at, mask_text, mask_url};
pub use outcome::{ExitCode, Outcome, Strictness, Totals};
pub use plan::{Plan, PlanError, WorstCase};
pub use policy::{Mode, OPTIONAL_SERVICE, Policy, PolicyError, Proofs, RedisMode};
pub use retry::{Backoff, Seed};
pub use secret::{NotUtf8, Secret, SecretBuilder};
pub use service::{Identity, Service};
pub use shelf::Shelf;
pub use spell::{Spelling, nearest};
pub use state::{Ending, NodeState, RunMeta, RunState, Skip, Span, Spans, Undone};
pub use vars::{Value, Vars, is_variable_name};
pub use verdict::{Scope, Verdict};
