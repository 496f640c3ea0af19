//! ClickHouse, as Debian packages it: 18.16, old but the real server. The user is `default`.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::account::Account;
use super::server::Spec;
use super::{Server, StartError, encoded, program, userinfo};
use crate::port::Lease;

const PATIENCE: Duration = Duration::from_millis(500);

/// A ClickHouse server. [`Server::port`] is its HTTP port. Kill, stop, restart and the rest: see [`Server`].
#[derive(Debug)]
pub struct ClickHouse {
    server: Server,
    password: String,
    tcp_port: u16,
}

impl Deref for ClickHouse {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl ClickHouse {
    /// Starts one whose user `default` needs no password.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub async fn start() -> Result<Self, StartError> {
        Self::begin(&[], "").await
    }

    /// Starts one with more arguments, such as `&["--", "--max_connections=5"]`.
    ///
    /// # Errors
    /// As [`ClickHouse::start`].
    pub async fn start_with(args: &[&str]) -> Result<Self, StartError> {
        Self::begin(args, "").await
    }

    /// Starts one whose user `default` has this password; [`ClickHouse::url`] contains it.
    ///
    /// # Errors
    /// As [`ClickHouse::start`].
    pub async fn start_with_password(password: &str) -> Result<Self, StartError> {
        Self::begin(&[], password).await
    }

    /// The HTTP URL that `default` logs in with, to the database `default`.
    pub fn url(&self) -> String {
        self.url_with("default", &self.password, "default")
    }

    /// The HTTP URL for another user, password or database; an empty password is left out.
    pub fn url_with(&self, user: &str, password: &str, database: &str) -> String {
        format!("http://{}127.0.0.1:{}/{}", userinfo(user, password), self.port(), encoded(database))
    }

    /// The port of its native protocol, on 127.0.0.1.
    pub fn tcp_port(&self) -> u16 {
        self.tcp_port
    }

    async fn begin(args: &[&str], password: &str) -> Result<Self, StartError> {
        let native = Lease::take().map_err(StartError::preparing("clickhouse", "taking a port"))?;
        let tcp_port = native.port();
        let more: Vec<OsString> = args.iter().map(OsString::from).collect();
        let users = USERS.replace("PASSWORD", &escaped(password));
        let spec = Spec {
            kind: "clickhouse",
            program: program::find("clickhouse-server", "clickhouse-server")?,
            account: Account::default(),
            args: Box::new(move |folder, port| {
                let config = folder.join("config.xml");
                fs::write(&config, configuration(folder, port, native.port()))?;
                let first = OsString::from(format!("--config-file={}", config.display()));
                Ok(std::iter::once(first).chain(more.clone()).collect())
            }),
            prepare: Box::new(move |folder| {
                let written = fs::create_dir_all(folder.join("data/tmp"))
                    .and_then(|()| fs::write(folder.join("users.xml"), &users));
                written.map_err(StartError::preparing("clickhouse", "its configuration"))
            }),
            ready,
            quit: Signal::SIGKILL,
            after_kill: |_| {},
        };
        Ok(Self { server: Server::start(spec).await?, password: password.to_owned(), tcp_port })
    }
}

const USERS: &str = "<yandex>
<profiles><default/></profiles>
<quotas><default/></quotas>
<users><default>
  <password>PASSWORD</password>
  <networks><ip>127.0.0.1</ip></networks>
  <profile>default</profile><quota>default</quota>
</default></users>
</yandex>
";

fn configuration(folder: &Path, http: u16, native: u16) -> String {
    let folder = escaped(&folder.display().to_string());
    format!(
        "<yandex>
<logger><level>warning</level><console>1</console></logger>
<http_port>{http}</http_port><tcp_port>{native}</tcp_port><listen_host>127.0.0.1</listen_host>
<path>{folder}/data/</path><tmp_path>{folder}/data/tmp/</tmp_path>
<users_config>users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>16777216</mark_cache_size><timezone>UTC</timezone>
</yandex>
"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// It answers `/ping` with `Ok.`.
fn ready(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /ping HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.") && answer.trim_end().ends_with("Ok.") {
        return Ok(());
    }
    Err(io::Error::other(answer))
}
