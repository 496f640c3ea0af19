//! DNS with short limits and nothing remembered: SRV records and addresses of both families.
//!
//! Hickory speaks the protocol itself, so a look-up ends when it is dropped; the system's resolver would hold a thread for up
//! to half a minute. It reads `/etc/resolv.conf` and `/etc/hosts`; what else `nsswitch.conf` names (mDNS, LDAP) is not asked.

use crate::srv::SrvServer;
use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::RData,
};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};
use tokio::time::timeout;

/// How long one server is waited for before it is asked again.
const ONE_TRY: Duration = Duration::from_millis(600);

/// The most that one look-up takes: a lost packet and its repetition.
const LIMIT: Duration = Duration::from_millis(1500);

/// A resolver. Cheap to clone.
#[derive(Clone)]
pub struct Dns {
    /// The resolver, or why there is none.
    resolver: Result<TokioResolver, String>,
}

/// Why a name has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DnsError {
    /// The server answered that there is no such name, or none with such a record.
    #[error("DNS knows no {kind} record of `{name}`")]
    Unknown {
        /// What was asked for.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// No server answered in time.
    #[error("no DNS server answered for `{name}` in {limit:?}")]
    Silent {
        /// The name.
        name: String,
        /// How long was waited.
        limit: Duration,
    },
    /// Something else went wrong, such as a refusing server or an unreadable configuration.
    #[error("DNS cannot be asked for `{name}`: {why}")]
    Failed {
        /// The name.
        name: String,
        /// What the resolver says.
        why: String,
    },
}

impl Dns {
    /// The servers that this system is configured to use.
    pub fn system() -> Self {
        let resolver = TokioResolver::builder_tokio().and_then(build);
        Self { resolver: resolver.map_err(|error| format!("its configuration is unusable: {error}")) }
    }

    /// This server only.
    pub fn server(address: SocketAddr) -> Self {
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
            connection.port = address.port();
            connection
        });
        let server = NameServerConfig::new(address.ip(), true, connections.to_vec());
        let config = ResolverConfig::from_name_servers(vec![server]);
        let builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        Self { resolver: build(builder).map_err(|error| error.to_string()) }
    }

    /// The addresses of `host`, which may be one itself. `localhost` is always loopback (RFC 6761) and asks nobody.
    ///
    /// # Errors
    /// When there is none, or nobody answers within 1.5 s.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, DnsError> {
        if let Ok(ip) = host.parse() {
            return Ok(vec![ip]);
        }
        if host.eq_ignore_ascii_case("localhost") {
            return Ok(vec![Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()]);
        }
        let kind = "A or AAAA";
        let found = bounded(host, kind, self.resolver(host)?.lookup_ip(host)).await?;
        let ips: Vec<_> = found.iter().collect();
        if ips.is_empty() { Err(DnsError::Unknown { kind, name: host.to_owned() }) } else { Ok(ips) }
    }

    /// The servers of the SRV records of `name`, in no order.
    ///
    /// # Errors
    /// When there is none, the service is declared to be offered nowhere (target `.`), or nobody answers within 1.5 s.
    pub async fn servers(&self, name: &str) -> Result<Vec<SrvServer>, DnsError> {
        let kind = "SRV";
        let found = bounded(name, kind, self.resolver(name)?.srv_lookup(name)).await?;
        let servers: Vec<_> = found.answers().iter().filter_map(|record| server(&record.data)).collect();
        if servers.is_empty() { Err(DnsError::Unknown { kind, name: name.to_owned() }) } else { Ok(servers) }
    }

    fn resolver(&self, name: &str) -> Result<&TokioResolver, DnsError> {
        self.resolver.as_ref().map_err(|why| DnsError::Failed { name: name.to_owned(), why: why.clone() })
    }
}

impl fmt::Debug for Dns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dns").field("usable", &self.resolver.is_ok()).finish_non_exhaustive()
    }
}

fn build(mut builder: hickory_resolver::ResolverBuilder<TokioRuntimeProvider>) -> Result<TokioResolver, NetError> {
    let options = builder.options_mut();
    options.timeout = ONE_TRY;
    options.attempts = 1;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    // A negative answer that is remembered outlives its cause.
    options.cache_size = 0;
    builder.build()
}

async fn bounded<T>(
    name: &str,
    kind: &'static str,
    look_up: impl Future<Output = Result<T, NetError>>,
) -> Result<T, DnsError> {
    let name = name.to_owned();
    match timeout(LIMIT, look_up).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) if error.is_no_records_found() => Err(DnsError::Unknown { kind, name }),
        Ok(Err(NetError::Timeout)) | Err(_) => Err(DnsError::Silent { name, limit: LIMIT }),
        Ok(Err(error)) => Err(DnsError::Failed { name, why: error.to_string() }),
    }
}

fn server(data: &RData) -> Option<SrvServer> {
    let RData::SRV(srv) = data else { return None };
    let target = srv.target.to_ascii().trim_end_matches('.').to_owned();
    // The root as target says that the service is decidedly not available there (RFC 2782).
    let offered = !target.is_empty() && srv.port != 0;
    offered.then_some(SrvServer { priority: srv.priority, weight: srv.weight, target, port: srv.port })
}
