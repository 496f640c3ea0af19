//! From text to a typed value, or to the rule that the text breaks.

use bootproof_core::Secret;
use ipnet::IpNet;
use std::{fmt, net::IpAddr, path::PathBuf, time::Duration};

/// A value that was read as its type. What may hold a secret is kept as one; `Debug` tells the kind only, as the variable may be
/// declared secret whatever its type.
#[derive(Clone, PartialEq)]
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

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(..) => "Text",
            Self::Bool(..) => "Bool",
            Self::Int(..) => "Int",
            Self::Float(..) => "Float",
            Self::Port(..) => "Port",
            Self::Url(..) => "Url",
            Self::Host(..) => "Host",
            Self::Address(..) => "Address",
            Self::Duration(..) => "Duration",
            Self::Bytes(..) => "Bytes",
            Self::List(..) => "List",
            Self::Json(..) => "Json",
            Self::Path(..) => "Path",
            Self::Uuid(..) => "Uuid",
            Self::Semver(..) => "Semver",
            Self::Ip(..) => "Ip",
            Self::Cidr(..) => "Cidr",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_the_kind_and_nothing_of_the_value() {
        let secret = || Secret::new("hunter2");
        let told: Vec<String> = [
            Typed::Text(secret()),
            Typed::Int(7_777),
            Typed::Float(7.5),
            Typed::Host("hunter2".into()),
            Typed::Address("hunter2".into(), 7),
            Typed::List(vec![secret()]),
            Typed::Path("/hunter2".into()),
            Typed::Uuid(uuid::Uuid::nil()),
            Typed::Ip([10, 0, 0, 7].into()),
        ]
        .map(|typed| format!("{typed:?}"))
        .into();
        assert_eq!(told, ["Text", "Int", "Float", "Host", "Address", "List", "Path", "Uuid", "Ip"]);
    }
}
