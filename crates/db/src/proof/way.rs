//! The five ways to abort a transaction, and how each is told.

/// A way to abort.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    Error,
    Panic,
    TimeOut,
    Cancel,
    Killed,
}

impl Way {
    pub(super) const ALL: [Self; 5] = [Self::Error, Self::Panic, Self::TimeOut, Self::Cancel, Self::Killed];

    /// What the transaction did then.
    pub(super) fn then(self) -> &'static str {
        match self {
            Self::Error => "returned an error",
            Self::Panic => "panicked",
            Self::TimeOut => "went on past its limit",
            Self::Cancel => "was cancelled at an await",
            Self::Killed => "had its connection killed",
        }
    }

    /// After what it was aborted.
    pub(super) fn after(self) -> &'static str {
        match self {
            Self::Error => "an error",
            Self::Panic => "a panic",
            Self::TimeOut => "a time-out",
            Self::Cancel => "a cancellation",
            Self::Killed => "the loss of its connection",
        }
    }

    /// Whether the connection stays and is lent again. MariaDB's is closed where a query may be under way.
    pub(super) fn keeps_session(self) -> bool {
        matches!(self, Self::Error | Self::Panic)
    }

    /// One word for marks.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Panic => "panic",
            Self::TimeOut => "timeout",
            Self::Cancel => "cancel",
            Self::Killed => "killed",
        }
    }
}
