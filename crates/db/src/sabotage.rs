//! Ways to break the guard on purpose, for tests alone: a proof that cannot fail shows nothing.

/// What is broken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Sabotage {
    /// Nothing.
    #[default]
    None,
    /// Where a transaction should be rolled back, it is committed.
    Commits,
    /// An abandoned transaction goes back to the pool as it is, and the pool's guard is off.
    LeavesOpen,
    /// COMMIT is answered with success and rolled back.
    StoresNothing,
}
