//! One turn of keeping entries published. It may be made again at any time, after whatever went wrong.

use super::{
    Entry, Etcd, EtcdError,
    wire::{Done, Granted, KeptAlive, encoded},
};
use serde_json::{Value, json};
use std::time::Duration;

/// Entries and the lease they live by.
pub(crate) struct Tended {
    pub(crate) etcd: Etcd,
    pub(crate) entries: Vec<Entry>,
    pub(crate) ttl: Duration,
    pub(crate) lease: Option<i64>,
}

impl Tended {
    /// Makes sure that a lease is alive and that each entry stands there by it. True: a new lease had to be taken.
    pub(crate) async fn turn(&mut self) -> Result<bool, EtcdError> {
        if let Some(lease) = self.lease
            && !self.keep_alive(lease).await?
        {
            self.lease = None;
        }
        let (lease, new) = match self.lease {
            Some(lease) => (lease, false),
            None => (self.grant().await?, true),
        };
        self.lease = Some(lease);
        match self.put_what_is_missing(lease).await {
            // It ended between the two questions: the next turn takes a new one.
            Err(error) if error.lost_lease() => {
                self.lease = None;
                Err(error)
            }
            other => other.map(|()| new),
        }
    }

    /// Gives the lease back, and with it the entries.
    pub(crate) async fn revoke(&mut self) -> Result<(), EtcdError> {
        let Some(lease) = self.lease.take() else { return Ok(()) };
        match self.etcd.post::<Done>("/v3/lease/revoke", &json!({ "ID": lease.to_string() })).await {
            Err(error) if error.lost_lease() => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn keep_alive(&self, lease: i64) -> Result<bool, EtcdError> {
        let question = json!({ "ID": lease.to_string() });
        let kept: KeptAlive = self.etcd.post_streamed("/v3/lease/keepalive", &question).await?;
        Ok(kept.ttl.0 > 0)
    }

    async fn grant(&self) -> Result<i64, EtcdError> {
        let question = json!({ "TTL": self.ttl.as_secs().max(1).to_string() });
        Ok(self.etcd.post::<Granted>("/v3/lease/grant", &question).await?.id.0)
    }

    /// Writes all entries, unless each stands there by this lease: also what somebody deleted or overwrote comes back.
    async fn put_what_is_missing(&self, lease: i64) -> Result<(), EtcdError> {
        let compare: Vec<Value> = self.entries.iter().map(|entry| self.stands(entry, lease)).collect();
        let put: Vec<Value> = self.entries.iter().map(|entry| self.put(entry, lease)).collect();
        let question = json!({ "compare": compare, "success": [], "failure": put });
        self.etcd.post::<Done>("/v3/kv/txn", &question).await.map(|_| ())
    }

    fn stands(&self, entry: &Entry, lease: i64) -> Value {
        let key = encoded(entry.key(self.etcd.scope()));
        json!({ "key": key, "target": "LEASE", "result": "EQUAL", "lease": lease.to_string() })
    }

    fn put(&self, entry: &Entry, lease: i64) -> Value {
        let key = encoded(entry.key(self.etcd.scope()));
        json!({ "requestPut": { "key": key, "value": encoded(entry.value()), "lease": lease.to_string() } })
    }
}
