//! What a run must keep, on a paused clock: nothing here waits for real.

mod bench_of_fixes;
mod failures;
mod limits;
mod order;
mod random;
mod undo;
