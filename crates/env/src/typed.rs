//! From text to a typed value, or to the rule that the text breaks.

use bootproof_core::Secret;
use ipnet::IpNet;
use std::{net::IpAddr, path::PathBuf, time::Duration};

/// A value that was read as its type. What may hold a secret is kept as one.
#[derive(Debug, Clone, PartialEq)]
pub enum Typed {
    /// A string, a secret, a word of an enum, an e-mail address or a pattern.
    Text(Secret),
    /// A bool.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// A port.
    Port(u16),
    /// A URL, as it was written.
    Url(Secret),
    /// A host name or IP address (IPv6 without brackets).
    Host(String),
    /// Host (IPv6 without brackets) and port.
    Address(String, u16),
    /// A duration.
    Duration(Duration),
    /// A number of bytes.
    Bytes(u64),
    /// Items, without the white space around them.
    List(Vec<Secret>),
    /// A JSON document, as it was written.
    Json(Secret),
    /// A path.
    Path(PathBuf),
    /// A UUID.
    Uuid(uuid::Uuid),
    /// A version.
    Semver(semver::Version),
    /// An IP address.
    Ip(IpAddr),
    /// A network.
    Cidr(IpNet),
}
