//! A real etcd, one member, as Debian packages it, spoken to through its HTTP gateway.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::account::Account;
use super::server::Spec;
use super::{Server, StartError, program};

const PATIENCE: Duration = Duration::from_millis(500);

/// An etcd server. Kill, stop, restart and the rest: see [`Server`]; a restart keeps data and leases.
#[derive(Debug)]
pub struct Etcd {
    server: Server,
}

impl Deref for Etcd {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Etcd {
    /// Starts one without users. Its elections are quick, so that leases of one second are granted.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub async fn start() -> Result<Self, StartError> {
        let spec = Spec {
            kind: "etcd",
            program: program::find("etcd", "etcd-server")?,
            account: Account::default(),
            args: Box::new(|folder, port| Ok(args(folder, port))),
            prepare: Box::new(|_| Ok(())),
            ready,
            quit: Signal::SIGTERM,
            after_kill: |_| {},
        };
        Ok(Self { server: Server::start(spec).await? })
    }

    /// The URL of its gateway.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }
}

/// Its peer port is any free one, since no peer ever comes.
fn args(folder: &Path, port: u16) -> Vec<OsString> {
    let client = format!("http://127.0.0.1:{port}");
    let peer = "http://127.0.0.1:0";
    let mut args: Vec<OsString> = vec!["--data-dir".into(), folder.join("data").into()];
    args.extend(["--name", "one", "--initial-cluster", "one=http://127.0.0.1:0"].map(Into::into));
    args.extend(["--listen-client-urls", &client, "--advertise-client-urls", &client].map(Into::into));
    args.extend(["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer].map(Into::into));
    args.extend(["--heartbeat-interval", "100", "--election-timeout", "500"].map(Into::into));
    args
}

/// It is healthy: it has a leader and can write.
fn ready(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.contains(r#""health":"true""#) { Ok(()) } else { Err(io::Error::other(answer)) }
}
