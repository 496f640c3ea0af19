//! Reaches a server step by step, so that each way to fail is known by its step: name, connect, TLS, greeting.
//!
//! The crate `redis` gets the connection only after the greeting; see [`crate::connection`].

use crate::target::{Address, Target, Trust};
use crate::{Failure, Trouble, tls};
use std::{io, net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpStream, UnixStream, lookup_host},
    time::{Instant, timeout_at},
};

/// What a connection runs over.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Opens a connection to `target`, TLS included, before `until`.
///
/// # Errors
/// Dns, Refused, Unreachable, Silent, Reset, Tls or Plaintext.
pub(crate) async fn dial(target: &Target, until: Instant) -> Result<Box<dyn Wire>, Failure> {
    match &target.address {
        Address::Unix(path) => {
            let opened = timeout_at(until, UnixStream::connect(path)).await;
            let stream = opened.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
            Ok(Box::new(stream.map_err(|error| not_connected(target, &error))?))
        }
        Address::Tcp { host, port, tls } => {
            let addresses = resolve(target, host, *port, until).await?;
            let stream = connect(target, &addresses, until).await?;
            match tls {
                None => Ok(Box::new(stream)),
                Some(trust) => secure(target, host, trust, stream, until).await,
            }
        }
    }
}

async fn resolve(target: &Target, host: &str, port: u16, until: Instant) -> Result<Vec<SocketAddr>, Failure> {
    if let Some(link) = target.via {
        return Ok(vec![link]);
    }
    let failed = |detail: String| Failure::new(Trouble::Dns, &target.place(), detail);
    let found = timeout_at(until, lookup_host((host, port))).await;
    let found = found.map_err(|_| failed("the name server did not answer in time".into()))?;
    let found: Vec<_> = found.map_err(|error| failed(error.to_string()))?.collect();
    if found.is_empty() { Err(failed("the name has no address".into())) } else { Ok(found) }
}

/// The first of `addresses` that lets us in; else the failure of the last. Each gets an equal part of the time.
async fn connect(target: &Target, addresses: &[SocketAddr], until: Instant) -> Result<TcpStream, Failure> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for (tried, address) in addresses.iter().enumerate() {
        let left = until.saturating_duration_since(Instant::now());
        let part = left / u32::try_from(addresses.len() - tried).unwrap_or(1);
        match tokio::time::timeout(part, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // Only delays small packets when it fails.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(not_connected(target, &last))
}

fn not_connected(target: &Target, error: &io::Error) -> Failure {
    let trouble = match error.kind() {
        // A socket file that is not there is a door that nobody opens.
        io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound => Trouble::Refused,
        io::ErrorKind::ConnectionReset => Trouble::Reset,
        _ => Trouble::Unreachable,
    };
    Failure::new(trouble, &target.place(), error.to_string())
}

async fn secure(
    target: &Target,
    host: &str,
    trust: &Trust,
    stream: TcpStream,
    until: Instant,
) -> Result<Box<dyn Wire>, Failure> {
    match timeout_at(until, tls::handshake(host, trust, stream)).await {
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) => Err(not_secured(target, &error).await),
        Err(_) => Err(not_secured(target, &io::ErrorKind::TimedOut.into()).await),
    }
}

/// A Redis without TLS waits for the end of the line that it takes our hello for, or closes. So it is asked in plain text,
/// on a connection of its own and without a secret.
async fn not_secured(target: &Target, error: &io::Error) -> Failure {
    let trouble = match error.kind() {
        _ if tls::hears_plain_text(error) || speaks_plain_text(target).await => Trouble::Plaintext,
        io::ErrorKind::TimedOut => Trouble::Silent,
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => Trouble::Reset,
        _ => Trouble::Tls,
    };
    Failure::new(trouble, &target.place(), format!("TLS handshake: {error}"))
}

/// Longer than an answer to PING takes; added to the time of a handshake that failed already.
const PLAIN: Duration = Duration::from_millis(200);

async fn speaks_plain_text(target: &Target) -> bool {
    let Address::Tcp { host, port, .. } = &target.address else { return false };
    let plain = Target { address: Address::Tcp { host: host.clone(), port: *port, tls: None }, ..target.clone() };
    let until = Instant::now() + PLAIN;
    let answer = async {
        let mut stream = Box::pin(dial(&plain, until)).await.ok()?;
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"PING\r\n").await.ok()?;
        crate::resp::hear(&mut tokio::io::BufReader::new(stream)).await.ok()
    };
    matches!(timeout_at(until, answer).await, Ok(Some(_)))
}
