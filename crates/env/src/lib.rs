//! Environment mapping: typed variables, aliases, defaults, files, placeholders refused.
//!
//! Read [`resolve`] first: a pure function from a [`Schema`] and what is set ([`Sources`]) to the variables as they should be, with
//! every problem found in one pass. [`EnvironmentFix`] runs it at start-up and proves the result.
//!
//! ```
//! use bootproof_core::{Environment, Vars};
//! use bootproof_env::{Bounds, Schema, Sources, System, Type, Variable, resolve};
//!
//! let schema = Schema::of([
//!     Variable::new("CACHE_PORT", Type::Port(Bounds::default())).alias("REDIS_PORT").default_in(Environment::Development, "6379"),
//! ]);
//! let process = Vars::from_pairs("process", [("REDIS_PORT", "tcp://10.0.0.7:6379")]);
//! let resolved = resolve(&schema, &Sources::process(&process), Environment::Development, &System);
//! assert!(resolved.problems[0].to_string().contains("Kubernetes service link"));
//! ```

mod alias;
#[cfg(feature = "audit")]
pub mod audit;
mod condition;
mod connection;
pub mod diagnose;
pub mod dotenv;
#[cfg(feature = "draft")]
pub mod draft;
mod duration;
mod environments;
pub mod example;
pub mod export;
mod fill;
pub mod fingerprint;
mod fix;
mod groups;
pub mod interpolate;
mod kind;
mod pattern;
mod problem;
mod read;
mod resolve;
pub mod rules;
mod schema;
mod settings;
mod shown;
mod source;
mod sources;
mod suspicious;
mod tally;
mod type_words;
mod typed;
mod world;

pub use alias::{Alias, Removal};
pub use condition::{Condition, ConditionError};
pub use connection::{Connection, ConnectionParts, Server};
pub use duration::duration;
pub use environments::Environments;
pub use fill::{Fault, FillError, FillErrors, Refusal, SecretText, fill, secret};
pub use fix::{EnvironmentFix, Resolver};
pub use groups::Group;
pub use interpolate::{ExpandError, Lookup, Template, TemplateError};
pub use kind::{Bounds, Type};
pub use pattern::Pattern;
pub use problem::{Breach, Problem};
pub use read::bytes;
pub use resolve::{Resolved, Set, resolve};
pub use rules::{Rule, Severity};
pub use schema::{Count, Defaults, Demand, Dotfiles, Override, Schema, Together, Variable, sounds_secret};
pub use settings::{Setting, settings};
pub use shown::Shown;
pub use source::{Place, Source};
pub use sources::{DotenvFile, Sources, dotenv_files, dotenv_names};
pub use typed::Typed;
pub use world::{Access, SecretFile, System, World};
