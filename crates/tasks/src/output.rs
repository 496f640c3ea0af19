//! What a task may return.

use crate::End;
use std::fmt::Display;

/// What a task returns: nothing, or a result whose error is kept as text. A task that has something to tell sends it over a
/// channel.
pub trait TaskOutput {
    /// How the task ended.
    fn into_end(self) -> End;
}

impl TaskOutput for () {
    fn into_end(self) -> End {
        End::Done
    }
}

impl<E: Display> TaskOutput for Result<(), E> {
    fn into_end(self) -> End {
        match self {
            Ok(()) => End::Done,
            Err(error) => End::Failed { error: error.to_string() },
        }
    }
}

/// The type `!`, by a name that stable Rust accepts: what `async { loop { .. } }` returns.
type Never = <fn() -> ! as Returns>::Output;

/// Names what a function returns.
pub trait Returns {
    /// What it returns.
    type Output;
}

impl<T> Returns for fn() -> T {
    type Output = T;
}

impl TaskOutput for Never {
    fn into_end(self) -> End {
        self
    }
}
