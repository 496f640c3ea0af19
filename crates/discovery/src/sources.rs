//! Who may be asked where a service is.

use crate::{Dns, Etcd, LocalEntry, Published, Speak};
use bootproof_core::{Seed, Vars};
use std::{fmt, time::Duration};

/// The most a whole search takes unless said otherwise: a sixth of the usual start-up budget of 30 s.
const LIMIT: Duration = Duration::from_secs(5);

/// Finds a service in the registry of this machine's user. An error says why that cannot be read.
type Local<'a> = dyn Fn(&str) -> Result<Vec<LocalEntry>, String> + Sync + 'a;

/// Finds the published ports of a service's port in the Compose files. An error says why those cannot be read.
type Compose<'a> = dyn Fn(&str, u16) -> Result<Vec<Published>, String> + Sync + 'a;

/// Who may be asked. Those that are `None` are not asked, and that is said.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The variables; never read from the process here.
    pub vars: &'a Vars,
    /// The registry of this machine's user.
    pub local: Option<&'a Local<'a>>,
    /// The registry that machines share.
    pub etcd: Option<&'a Etcd>,
    /// DNS, which also gives the addresses behind the names that other sources say.
    pub dns: &'a Dns,
    /// The Compose files.
    pub compose: Option<&'a Compose<'a>>,
    /// Asks in protocols that this crate does not speak.
    pub speak: Option<&'a Speak<'a>>,
    /// Decides among equals: SRV records of one priority, instances of one service.
    pub seed: Seed,
    /// The most the whole search may take.
    pub limit: Duration,
}

impl<'a> Sources<'a> {
    /// Variables and DNS only, five seconds in all.
    pub fn new(vars: &'a Vars, dns: &'a Dns) -> Self {
        Self { vars, dns, local: None, etcd: None, compose: None, speak: None, seed: Seed(0), limit: LIMIT }
    }
}

impl fmt::Debug for Sources<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").field("etcd", &self.etcd).field("limit", &self.limit).finish_non_exhaustive()
    }
}
