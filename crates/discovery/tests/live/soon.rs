//! Waiting for what happens elsewhere, with a limit that fails the test.

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// Waits until `seen` gives something; panics after `limit` with `what`.
pub async fn soon<T, F: Future<Output = Option<T>>>(what: &str, limit: Duration, mut seen: impl FnMut() -> F) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = seen().await {
            return found;
        }
        assert!(began.elapsed() < limit, "not within {limit:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
