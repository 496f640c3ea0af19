//! The JSON of etcd's gateway: keys and values in base64, 64-bit numbers as text, fields that are zero left out.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, de::Error};

/// Bytes as the gateway wants them.
pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(bytes)
}

/// A 64-bit number: text here, a number in some versions, nothing when zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Int(pub(crate) i64);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Number(i64),
        }
        match Either::deserialize(deserializer)? {
            Either::Number(number) => Ok(Self(number)),
            Either::Text(text) => text.parse().map(Self).map_err(|_| D::Error::custom("a number is expected")),
        }
    }
}

/// Bytes in base64.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(|_| D::Error::custom("base64 is expected"))
    }
}

/// What every answer begins with. Without it, it is not etcd that answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Header {
    #[serde(default)]
    pub(crate) revision: Int,
}

/// A key and its value.
#[derive(Debug, Deserialize)]
pub(crate) struct KeyValue {
    pub(crate) key: Bytes,
    #[serde(default)]
    pub(crate) value: Bytes,
    /// The revision of its last change, deletion included.
    #[serde(default)]
    pub(crate) mod_revision: Int,
}

/// The answer of `/v3/kv/range`.
#[derive(Debug, Deserialize)]
pub(crate) struct Range {
    pub(crate) header: Header,
    #[serde(default)]
    pub(crate) kvs: Vec<KeyValue>,
    #[serde(default)]
    pub(crate) more: bool,
}

/// The answer of `/v3/lease/grant`.
#[derive(Debug, Deserialize)]
pub(crate) struct Granted {
    #[serde(rename = "ID")]
    pub(crate) id: Int,
}

/// An answer of which only that it is one counts.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    #[serde(rename = "header")]
    pub(crate) _header: Header,
}

/// The answer of `/v3/auth/authenticate`.
#[derive(Deserialize)]
pub(crate) struct Token {
    #[serde(default)]
    pub(crate) token: String,
}

/// One answer of a stream: `/v3/lease/keepalive`, `/v3/watch`.
#[derive(Debug, Deserialize)]
pub(crate) struct Streamed<T> {
    pub(crate) result: Option<T>,
    pub(crate) error: Option<Trouble>,
}

/// How long a lease lives on; nothing when it is gone.
#[derive(Debug, Deserialize)]
pub(crate) struct KeptAlive {
    #[serde(default, rename = "TTL")]
    pub(crate) ttl: Int,
}

/// What a watch tells.
#[derive(Debug, Deserialize)]
pub(crate) struct Watched {
    #[serde(rename = "header")]
    pub(crate) _header: Header,
    #[serde(default)]
    pub(crate) canceled: bool,
    #[serde(default)]
    pub(crate) compact_revision: Int,
    #[serde(default)]
    pub(crate) cancel_reason: String,
    #[serde(default)]
    pub(crate) events: Vec<Event>,
}

/// A change of a key.
#[derive(Debug, Deserialize)]
pub(crate) struct Event {
    /// `DELETE`, or nothing for a put.
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    pub(crate) kv: KeyValue,
}

/// How the gateway tells an error. Streams nest it and name the numbers otherwise.
#[derive(Debug, Deserialize)]
pub(crate) struct Trouble {
    #[serde(default)]
    pub(crate) message: String,
    #[serde(default, alias = "grpc_code")]
    pub(crate) code: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    // The texts are answers of etcd 3.4.23.

    #[test]
    fn a_range_is_read_with_its_numbers_as_text() {
        let range: Range = serde_json::from_str(
            r#"{"header":{"cluster_id":"14841639068965178418","member_id":"10276657743932975437","revision":"2","raft_term":"2"},"kvs":[{"key":"YQ==","create_revision":"2","mod_revision":"2","version":"1","value":"dg==","lease":"7587899111814120199"}],"count":"1"}"#,
        )
        .unwrap();
        assert_eq!((range.header.revision, range.more), (Int(2), false));
        assert_eq!((range.kvs[0].key.0.as_slice(), range.kvs[0].value.0.as_slice()), (&b"a"[..], &b"v"[..]));
    }

    #[test]
    fn a_lease_that_is_gone_has_no_time_left() {
        let kept: Streamed<KeptAlive> =
            serde_json::from_str(r#"{"result":{"header":{"revision":"1"},"ID":"12345"}}"#).unwrap();
        assert_eq!(kept.result.unwrap().ttl, Int(0));
    }

    #[test]
    fn a_compaction_is_read() {
        let told: Streamed<Watched> =
            serde_json::from_str(r#"{"result":{"header":{"raft_term":"2"},"canceled":true,"compact_revision":"3"}}"#)
                .unwrap();
        let told = told.result.unwrap();
        assert_eq!((told.canceled, told.compact_revision), (true, Int(3)));
    }

    #[test]
    fn a_deletion_has_a_key_and_no_value() {
        let told: Streamed<Watched> = serde_json::from_str(
            r#"{"result":{"header":{"revision":"3","raft_term":"2"},"events":[{"type":"DELETE","kv":{"key":"YQ==","mod_revision":"3"}}]}}"#,
        )
        .unwrap();
        let event = &told.result.unwrap().events[0];
        assert_eq!((event.kind.as_str(), event.kv.value.0.len(), event.kv.mod_revision), ("DELETE", 0, Int(3)));
    }

    #[test]
    fn an_error_is_read_and_something_else_is_none() {
        let trouble: Trouble = serde_json::from_str(
            r#"{"error":"etcdserver: invalid auth token","message":"etcdserver: invalid auth token","code":16}"#,
        )
        .unwrap();
        assert_eq!((trouble.code, trouble.message.as_str()), (16, "etcdserver: invalid auth token"));
        assert!(serde_json::from_str::<Range>("<html>").is_err());
        assert!(serde_json::from_str::<Range>("{}").is_err());
        assert!(serde_json::from_str::<Int>("\"x\"").is_err());
    }
}
