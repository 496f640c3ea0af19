//! Against real Redis servers on free ports: killed, stopped, restarted, read-only, full, behind passwords and TLS.

mod contract;
mod differential;
mod handle;
mod light;
mod ping;
mod raw;
mod tls;
mod verdicts;

use bootproof_core::{Criticality, Secret};
use bootproof_redis::{Handle, Place, RedisFix, RedisSpec, Settings, Target};

/// The target of a URL.
fn target(url: &str) -> Target {
    match Place::parse(&Secret::new(url)).unwrap() {
        Place::Server(target) => target,
        Place::Memory => panic!("`{url}` is no server"),
    }
}

/// A cache with `url` as its remote server.
fn cache(url: &str) -> Handle {
    Handle::open(Settings::new("cache").remote(target(url)))
}

/// The fix for one spec.
fn fix(spec: RedisSpec) -> RedisFix {
    RedisFix::new(vec![spec], Criticality::Required)
}
