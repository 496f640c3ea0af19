//! What one member answered, and what it means when that is an error or not etcd's at all.

use super::{
    EtcdError,
    error::{INVALID, PERMISSION_DENIED, UNAUTHENTICATED},
    wire::Trouble,
};
use crate::http::Response;
use serde::de::DeserializeOwned;

/// What one member answered with status 200.
pub(crate) struct Reply {
    pub(crate) endpoint: String,
    pub(crate) body: Vec<u8>,
    /// The stream, when the body was not read.
    pub(crate) rest: Option<Response>,
}

impl Reply {
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, EtcdError> {
        serde_json::from_slice(&self.body).map_err(|_| self.foreign())
    }

    pub(crate) fn foreign(&self) -> EtcdError {
        EtcdError::NotEtcd { endpoint: self.endpoint.clone(), said: format!("HTTP 200 with {}", kind(&self.body)) }
    }
}

/// What an error of etcd means. Its texts are etcd's own and hold no value of ours.
pub(crate) fn refused(endpoint: &str, trouble: Trouble) -> EtcdError {
    let (endpoint, code) = (endpoint.to_owned(), trouble.code);
    let said: String = trouble.message.chars().filter(|c| !c.is_control()).take(200).collect();
    match code {
        INVALID if said.contains("authentication failed") || said.contains("user name is empty") => {
            EtcdError::Login { endpoint, said }
        }
        UNAUTHENTICATED => EtcdError::Login { endpoint, said },
        PERMISSION_DENIED => EtcdError::Forbidden { endpoint, said },
        _ => EtcdError::Refused { endpoint, code, said },
    }
}

/// Whether a body may be etcd's.
pub(crate) fn looks_like_json(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"{")
}

/// What a body is that is not etcd's. It is not repeated: nobody knows what it holds.
pub(crate) fn kind(body: &[u8]) -> &'static str {
    match body.trim_ascii_start().first() {
        None => "an empty body",
        Some(b'<') => "a page of HTML",
        Some(b'{') => "JSON that is not etcd's",
        Some(_) => "a text that is not JSON",
    }
}
