//! Environment mapping: typed variables, aliases, defaults, placeholders refused.
//!
//! Read [`resolve`] first: a pure function from a [`Schema`] and the variables as they are to the variables as they
//! should be, with every problem found in one pass. [`EnvironmentFix`] runs it at start-up and proves the result.
//!
//! ```
//! use bootproof_core::{Environment, Vars};
//! use bootproof_env::{Schema, Type, Variable, resolve};
//!
//! let schema = Schema { variables: vec![
//!     Variable::new("CACHE_PORT", Type::Port).alias("REDIS_PORT").default_in(Environment::Development, "6379"),
//! ]};
//! let given = Vars::from_pairs("process", [("REDIS_PORT", "tcp://10.0.0.7:6379")]);
//! let resolution = resolve(&schema, &given, Environment::Development, &|path| std::fs::read_to_string(path));
//! assert!(resolution.problems[0].to_string().contains("Kubernetes service link"));
//! ```

pub mod diagnose;
mod duration;
mod environments;
mod fill;
mod fix;
mod problem;
mod resolve;
mod rule;
mod schema;
mod secret_file;
mod sources;
mod suspicious;
mod typed;

pub use duration::duration;
pub use environments::Environments;
pub use fill::{Fault, FillError, FillErrors, Refusal, SecretText, fill, secret};
pub use fix::EnvironmentFix;
pub use problem::Problem;
pub use resolve::{Resolution, resolve};
pub use rule::Rule;
pub use schema::{Defaults, Schema, Type, Variable};
pub use secret_file::read_secret_file;
pub use typed::Typed;
