//! Redis, as Debian packages it, without persistence.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::account::Account;
use super::server::Spec;
use super::{Server, StartError, encoded, program, userinfo};

const PATIENCE: Duration = Duration::from_millis(500);

/// A Redis server. Kill, stop, restart and the rest: see [`Server`]; a restart loses the data.
#[derive(Debug)]
pub struct Redis {
    server: Server,
    password: String,
}

impl Deref for Redis {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Redis {
    /// Starts one without a password.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub async fn start() -> Result<Self, StartError> {
        Self::begin(&[], "").await
    }

    /// Starts one with more arguments, such as `&["--replicaof", "127.0.0.1", "1"]`: a read-only replica.
    ///
    /// # Errors
    /// As [`Redis::start`].
    pub async fn start_with(args: &[&str]) -> Result<Self, StartError> {
        Self::begin(args, "").await
    }

    /// Starts one that asks for this password; [`Redis::url`] contains it.
    ///
    /// # Errors
    /// As [`Redis::start`].
    pub async fn start_with_password(password: &str) -> Result<Self, StartError> {
        Self::begin(&["--requirepass", password], password).await
    }

    /// The URL of database 0.
    pub fn url(&self) -> String {
        self.url_with("", &self.password, "0")
    }

    /// The URL for another user, password or database number; empty ones are left out.
    pub fn url_with(&self, user: &str, password: &str, database: &str) -> String {
        format!("redis://{}127.0.0.1:{}/{}", userinfo(user, password), self.port(), encoded(database))
    }

    async fn begin(args: &[&str], password: &str) -> Result<Self, StartError> {
        let more: Vec<OsString> = args.iter().map(OsString::from).collect();
        let spec = Spec {
            kind: "redis",
            program: program::find("redis-server", "redis-server")?,
            account: Account::default(),
            args: Box::new(move |folder, port| Ok(server_args(folder, port).into_iter().chain(more.clone()).collect())),
            prepare: Box::new(|_| Ok(())),
            ready,
            quit: Signal::SIGKILL,
            after_kill: |_| {},
        };
        Ok(Self { server: Server::start(spec).await?, password: password.to_owned() })
    }
}

fn server_args(folder: &Path, port: u16) -> Vec<OsString> {
    let mut args: Vec<OsString> = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"].map(Into::into).to_vec();
    args.extend(["--port".into(), port.to_string().into(), "--dir".into(), folder.into()]);
    args
}

/// It answers PING, or says that it wants a password first; not while it loads.
fn ready(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"PING\r\n")?;
    let mut answer = [0; 64];
    let length = stream.read(&mut answer)?;
    match &answer[..length] {
        answer if answer.starts_with(b"+PONG") || answer.starts_with(b"-NOAUTH") => Ok(()),
        answer => Err(io::Error::other(String::from_utf8_lossy(answer).into_owned())),
    }
}
