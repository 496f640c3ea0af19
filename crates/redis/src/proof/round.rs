//! One round of calls through a handle, and what it showed: write, read and delete, or a write that creates nothing.

use super::leavings::Leavings;
use crate::{
    Error, Handle, Source, Trouble,
    command::{Command, Exists, Get, Set},
    connection::Connection,
    diagnose, random,
    store::Only,
};
use bootproof_core::Diagnosis;
use std::time::Duration;
use tokio::time::Instant;

/// Removes a key of a proof that nobody could remove.
const NET: Duration = Duration::from_secs(10);
/// How long a witness may take for one answer.
const WITNESS: Duration = Duration::from_millis(500);

/// What a round showed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    /// Who answered all of its calls.
    pub(super) from: Source,
    /// The slowest of its calls.
    pub(super) slowest: Duration,
}

/// Why a round showed nothing.
#[derive(Debug)]
pub(super) enum Broken {
    /// A call had no answer.
    Call(Error),
    /// What was written was not there, or what was removed was.
    Lost(String),
    /// Several answered: the server went or came in the middle.
    Mixed,
}

impl Broken {
    /// Whether it can be so because a server went or came just now.
    pub(super) fn is_passing(&self) -> bool {
        matches!(self, Self::Mixed | Self::Call(Error::NoServer { .. }))
    }

    pub(super) fn diagnosis(&self, name: &str) -> Diagnosis {
        match self {
            Self::Call(Error::Refused { text }) if Trouble::of_error(text) == Some(Trouble::NoPerm) => {
                crate::Failure::new(Trouble::NoPerm, name, format!("the server says: {text}")).diagnosis()
            }
            Self::Call(Error::Refused { text }) => diagnose::lost(name, format!("a plain write was refused: {text}")),
            Self::Call(error @ Error::NoServer { because, .. }) => because.diagnosis().why(error.to_string()),
            Self::Lost(what) => diagnose::lost(name, what.clone()),
            Self::Mixed => diagnose::no_way_back(name, "the server came and went during the proof"),
        }
    }

    /// Whether the user may write, and only not the keys of a proof.
    pub(super) fn only_our_keys(&self) -> bool {
        matches!(self, Self::Call(Error::Refused { text }) if text.starts_with("NOPERM") && text.contains(" key"))
    }
}

/// Calls that must all be answered by the same.
#[derive(Default)]
struct Calls {
    from: Option<Source>,
    slowest: Duration,
    mixed: bool,
}

impl Calls {
    async fn make<C: Command>(&mut self, handle: &Handle, command: &C) -> Result<C::Reply, Broken> {
        let began = Instant::now();
        let answer = handle.run(command).await.map_err(Broken::Call)?;
        self.slowest = self.slowest.max(began.elapsed());
        self.mixed |= *self.from.get_or_insert(answer.from) != answer.from;
        Ok(answer.value)
    }

    /// Calls that different layers answered cannot be compared.
    fn must(&self, holds: bool, otherwise: &str) -> Result<(), Broken> {
        match (self.mixed, holds) {
            (true, _) => Err(Broken::Mixed),
            (false, true) => Ok(()),
            (false, false) => Err(Broken::Lost(otherwise.into())),
        }
    }

    fn over(self) -> Round {
        Round { from: self.from.unwrap_or(Source::InProcess), slowest: self.slowest }
    }
}

/// Writes a fresh key, reads it back, removes it, and finds it gone. `witness` is a connection to the first choice itself: what
/// that answers is looked for there too.
pub(super) async fn write_read_delete(
    handle: &Handle,
    keys: &Leavings,
    witness: Option<&Connection>,
) -> Result<Round, Broken> {
    let (key, value) = (keys.fresh(), format!("{:016x}", random::bits()));
    let key = key.as_bytes();
    let mut calls = Calls::default();
    calls.make(handle, &Set { key, value: value.as_bytes(), ttl: Some(NET), only: Only::Always }).await?;
    let read = calls.make(handle, &Get(key)).await?;
    calls.must(read.as_deref() == Some(value.as_bytes()), "a key that was just written is not there")?;
    let witness = witness.filter(|_| calls.from == Some(handle.first_choice()));
    if let Some(witness) = witness {
        let there = ask(witness, &Get(key)).await?;
        calls.must(
            there.as_deref() == Some(value.as_bytes()),
            "a key that was just written is not on the server itself",
        )?;
    }
    let removed = calls.make(handle, &crate::command::Del(&[key])).await?;
    calls.must(removed == 1, "a key that was just written could not be removed")?;
    let gone = calls.make(handle, &Get(key)).await?;
    calls.must(gone.is_none(), "a key that was removed is still there")?;
    if let Some(witness) = witness {
        let left = ask(witness, &Exists(&[key])).await?;
        calls.must(left == 0, "a key that was removed is still on the server itself")?;
    }
    Ok(calls.over())
}

/// Sets a key that does not exist, only if it exists: refused exactly where a write is, and creates nothing.
pub(super) async fn write_nothing(handle: &Handle) -> Result<Round, Broken> {
    let (key, mut calls) = (random::proof_key(), Calls::default());
    let set = Set { key: key.as_bytes(), value: b"x", ttl: Some(NET), only: Only::Present };
    let made = calls.make(handle, &set).await?;
    calls.must(!made, "a key that nobody has made exists")?;
    let read = calls.make(handle, &Get(key.as_bytes())).await?;
    calls.must(read.is_none(), "a key that nobody has made can be read")?;
    Ok(calls.over())
}

async fn ask<C: Command>(witness: &Connection, command: &C) -> Result<C::Reply, Broken> {
    let answer = witness.send(&command.said(), Instant::now() + WITNESS).await;
    let value = answer.map_err(|no| Broken::Lost(format!("a second connection could not look: {no}")))?;
    command.heard(value).ok_or_else(|| Broken::Lost("a second connection got an answer of an unknown kind".into()))
}
