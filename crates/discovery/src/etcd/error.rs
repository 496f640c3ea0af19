//! Why etcd did not do what it was asked for.

/// Why etcd did not do what it was asked for. Endpoints are shown without credentials: they cannot hold any.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EtcdError {
    /// None of the endpoints answered in time.
    #[error("etcd does not answer: {}", list(.tried))]
    Away {
        /// Each endpoint and what happened there.
        tried: Vec<(String, String)>,
    },
    /// Something answers that is not etcd's gateway.
    #[error("what answers at `{endpoint}` is not etcd: {said}")]
    NotEtcd {
        /// Where.
        endpoint: String,
        /// How it was seen.
        said: String,
    },
    /// User or password are wrong, or one is missing.
    #[error("etcd at `{endpoint}` does not let us in: {said}")]
    Login {
        /// Where.
        endpoint: String,
        /// What etcd said.
        said: String,
    },
    /// The user has no right to the keys.
    #[error("etcd at `{endpoint}` forbids it: {said}")]
    Forbidden {
        /// Where.
        endpoint: String,
        /// What etcd said.
        said: String,
    },
    /// etcd refused the request for another reason.
    #[error("etcd at `{endpoint}` refuses: {said}")]
    Refused {
        /// Where.
        endpoint: String,
        /// gRPC's number of the error.
        code: i64,
        /// What etcd said.
        said: String,
    },
}

impl EtcdError {
    /// Whether etcd no longer has the lease that was named.
    pub(crate) fn lost_lease(&self) -> bool {
        matches!(self, Self::Refused { code: NOT_FOUND, said, .. } if said.contains("lease"))
    }
}

fn list(tried: &[(String, String)]) -> String {
    let each: Vec<_> = tried.iter().map(|(endpoint, why)| format!("`{endpoint}`: {why}")).collect();
    each.join("; ")
}

// Numbers of gRPC's status codes, as the gateway gives them.
pub(crate) const INVALID: i64 = 3;
pub(crate) const NOT_FOUND: i64 = 5;
pub(crate) const PERMISSION_DENIED: i64 = 7;
pub(crate) const FAILED_PRECONDITION: i64 = 9;
pub(crate) const UNAVAILABLE: i64 = 14;
pub(crate) const UNAUTHENTICATED: i64 = 16;
