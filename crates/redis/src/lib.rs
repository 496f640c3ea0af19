//! Redis with a proven fallback: remote, local server, in-process.
//!
//! Usable alone: make [`Settings`], open a [`Handle`], and each [`Answer`] says where it came from. As a startup fix:
//! [`RedisFix`] opens a handle for each [`RedisSpec`] and demonstrates it, first on what serves, then with a link of its own
//! refused, black-holed and read-only, then the way back.
//!
//! ```
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use bootproof_redis::{Handle, Place, Settings, Source};
//!
//! let mut settings = Settings::new("cache");
//! if let Place::Server(target) = Place::parse(&bootproof_core::Secret::new("redis://127.0.0.1:6379/0"))? {
//!     settings = settings.remote(target);
//! }
//! let cache = Handle::open(settings);
//! cache.set("greeting", "hello", None).await?;
//! let answer = cache.get("greeting").await?;
//! if answer.from == Source::InProcess {
//!     // Redis is away; what was written meanwhile ends with this process.
//! }
//! # Ok(()) }
//! ```

mod breaker;
mod command;
mod connection;
mod contract;
mod declared;
pub mod diagnose;
mod dial;
mod failure;
mod fix;
mod greeting;
mod handle;
mod keeper;
mod ping;
mod proof;
mod random;
mod resp;
mod server;
mod settings;
mod spec;
mod store;
mod target;
mod tls;

pub use breaker::Pace;
pub use contract::{Fallback, UnknownUse, Use};
pub use diagnose::CODES;
pub use failure::{Failure, Trouble};
pub use fix::RedisFix;
pub use handle::{Answer, Error, Handle, Source};
pub use ping::ping;
pub use settings::{Limits, Settings};
pub use spec::RedisSpec;
pub use store::{DEFAULT_STORE_BYTES, Ttl};
pub use target::{Place, Target};
