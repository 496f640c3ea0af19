//! MariaDB, as Debian packages it. The user is `root`, the database `bootproof`.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use nix::sys::signal::Signal;

use super::account::Account;
use super::server::Spec;
use super::template::Template;
use super::{Server, StartError, encoded, program, userinfo};

const KIND: &str = "mariadb";
const PATIENCE: Duration = Duration::from_millis(500);

/// A MariaDB server. Kill, stop, restart and the rest: see [`Server`].
#[derive(Debug)]
pub struct MariaDb {
    server: Server,
    password: String,
}

impl Deref for MariaDb {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl MariaDb {
    /// Starts one whose `root` needs no password.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub async fn start() -> Result<Self, StartError> {
        Self::begin(&[], "").await
    }

    /// Starts one with more arguments, such as `&["--max-connections=5"]`.
    ///
    /// # Errors
    /// As [`MariaDb::start`].
    pub async fn start_with(args: &[&str]) -> Result<Self, StartError> {
        Self::begin(args, "").await
    }

    /// Starts one whose `root` has this password; [`MariaDb::url`] contains it.
    ///
    /// # Errors
    /// As [`MariaDb::start`].
    pub async fn start_with_password(password: &str) -> Result<Self, StartError> {
        Self::begin(&[], password).await
    }

    /// The URL that `root` logs in with, to the database `bootproof`.
    pub fn url(&self) -> String {
        self.url_with("root", &self.password, "bootproof")
    }

    /// The URL for another user, password or database; an empty password is left out.
    pub fn url_with(&self, user: &str, password: &str, database: &str) -> String {
        format!("mysql://{}127.0.0.1:{}/{}", userinfo(user, password), self.port(), encoded(database))
    }

    async fn begin(args: &[&str], password: &str) -> Result<Self, StartError> {
        let program = program::find("mariadbd", "mariadb-server")?;
        let tool = program::find("mariadb-install-db", "mariadb-server")?;
        let account = Account::of("mysql").map_err(StartError::preparing(KIND, "finding its user"))?;
        let more: Vec<OsString> = args.iter().map(OsString::from).collect();
        let sql = first_statements(password);
        let prepare = {
            let account = account.clone();
            move |folder: &Path| {
                let template = Template { kind: KIND, tool: &tool, account: &account, args: &install_args };
                template.copy_to(&folder.join("data"))?;
                let file = folder.join("first.sql");
                let written = fs::write(&file, &sql).and_then(|()| account.own(&file));
                written.map_err(StartError::preparing(KIND, "its first statements"))
            }
        };
        let spec = Spec {
            kind: KIND,
            program,
            account,
            args: Box::new(move |folder, port| Ok(server_args(folder, port).into_iter().chain(more.clone()).collect())),
            prepare: Box::new(prepare),
            ready,
            quit: Signal::SIGKILL,
            after_kill: |_| {},
        };
        Ok(Self { server: Server::start(spec).await?, password: password.to_owned() })
    }
}

/// Run by the server before it takes connections.
fn first_statements(password: &str) -> String {
    let create = "CREATE DATABASE IF NOT EXISTS bootproof;\n";
    if password.is_empty() {
        return create.to_owned();
    }
    let quoted = password.replace('\\', "\\\\").replace('\'', "''");
    let set = |host| format!("SET PASSWORD FOR 'root'@'{host}' = PASSWORD('{quoted}');\n");
    [create.to_owned(), set("127.0.0.1"), set("localhost")].concat()
}

fn install_args(data: &Path) -> Vec<String> {
    let mut args = vec!["--no-defaults".to_owned(), format!("--datadir={}", data.display())];
    args.extend(
        [
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
            "--skip-name-resolve",
            "--innodb-log-file-size=4M",
        ]
        .map(str::to_owned),
    );
    args
}

fn server_args(folder: &Path, port: u16) -> Vec<OsString> {
    let folder = folder.display();
    let mut args = vec![
        "--no-defaults".to_owned(),
        format!("--datadir={folder}/data"),
        format!("--init-file={folder}/first.sql"),
        format!("--socket={folder}/s.sock"),
        format!("--pid-file={folder}/data/server.pid"),
        format!("--port={port}"),
    ];
    // Small and quick rather than safe: the data lives for one test.
    args.extend(
        [
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--innodb-log-file-size=4M",
            "--innodb-buffer-pool-size=16M",
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-buffer-pool-load-at-startup=OFF",
            "--innodb-temp-data-file-path=ibtmp1:2M:autoextend",
            "--innodb-use-native-aio=OFF",
        ]
        .map(str::to_owned),
    );
    args.into_iter().map(Into::into).collect()
}

/// The server greets first: a packet whose payload begins with the protocol's version, 10.
fn ready(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    match head[4] {
        10 => Ok(()),
        other => Err(io::Error::other(format!("greets with {other}, not 10"))),
    }
}
