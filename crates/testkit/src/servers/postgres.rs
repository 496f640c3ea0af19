//! PostgreSQL, as Debian packages it. The superuser is `postgres`, the database `postgres`.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::account::Account;
use super::server::Spec;
use super::template::{Template, run};
use super::{Server, StartError, encoded, program, userinfo};

const KIND: &str = "postgresql";
const PATIENCE: Duration = Duration::from_millis(500);

/// A PostgreSQL server. Kill, stop, restart and the rest: see [`Server`].
#[derive(Debug)]
pub struct Postgres {
    server: Server,
    password: String,
}

impl Deref for Postgres {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

/// How a server differs from the plain one.
#[derive(Clone, Default)]
struct Wish {
    args: Vec<String>,
    password: String,
    in_recovery: bool,
}

impl Postgres {
    /// Starts one that trusts everybody on this machine.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub async fn start() -> Result<Self, StartError> {
        Self::begin(Wish::default()).await
    }

    /// Starts one with more arguments, such as `&["-c", "max_connections=5"]`.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub async fn start_with(args: &[&str]) -> Result<Self, StartError> {
        let args = args.iter().map(ToString::to_string).collect();
        Self::begin(Wish { args, ..Wish::default() }).await
    }

    /// Starts one that asks for a password (SCRAM); `postgres` has this one, and [`Postgres::url`] contains it.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub async fn start_with_password(password: &str) -> Result<Self, StartError> {
        Self::begin(Wish { password: password.to_owned(), ..Wish::default() }).await
    }

    /// Starts one that is starting up and stays so: it answers every login with SQLSTATE 57P03, until
    /// [`Postgres::end_recovery`].
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub async fn start_in_recovery() -> Result<Self, StartError> {
        Self::begin(Wish { in_recovery: true, ..Wish::default() }).await
    }

    /// Lets a server that was started in recovery finish; returns when it takes logins.
    ///
    /// # Errors
    /// When it does not within half a minute.
    pub async fn end_recovery(&self) -> io::Result<()> {
        fs::write(self.folder().join("data/promote"), "")?;
        super::family::signal(&[self.pid()], Signal::SIGUSR1);
        let start = Instant::now();
        let port = self.port();
        loop {
            match tokio::task::spawn_blocking(move || ready(port)).await? {
                Err(error) if start.elapsed() > Duration::from_secs(30) => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                Ok(()) => return Ok(()),
            }
        }
    }

    /// The URL that `postgres` logs in with, to the database `postgres`.
    pub fn url(&self) -> String {
        self.url_with("postgres", &self.password, "postgres")
    }

    /// The URL for another user, password or database; an empty password is left out.
    pub fn url_with(&self, user: &str, password: &str, database: &str) -> String {
        format!("postgres://{}127.0.0.1:{}/{}", userinfo(user, password), self.port(), encoded(database))
    }

    async fn begin(wish: Wish) -> Result<Self, StartError> {
        let program = program::find("postgres", "postgresql")?;
        let initdb = program::find("initdb", "postgresql")?;
        let account = Account::of("postgres").map_err(StartError::preparing(KIND, "finding its user"))?;
        let password = wish.password.clone();
        let prepare = {
            let (wish, program, account) = (wish.clone(), program.clone(), account.clone());
            move |folder: &Path| prepare(folder, &initdb, &program, &account, &wish)
        };
        let ready = if wish.in_recovery { ready_or_starting } else { ready };
        let spec = Spec {
            kind: KIND,
            program,
            account,
            args: Box::new(move |folder, port| Ok(args(folder, port, &wish))),
            prepare: Box::new(prepare),
            ready,
            // Immediate shutdown: children too, shared memory freed, no checkpoint.
            quit: Signal::SIGQUIT,
            after_kill: free_shared_memory,
        };
        Ok(Self { server: Server::start(spec).await?, password })
    }
}

fn args(folder: &Path, port: u16, wish: &Wish) -> Vec<std::ffi::OsString> {
    let folder = folder.display();
    let mut args = vec!["-D".to_owned(), format!("{folder}/data"), "-p".to_owned(), port.to_string()];
    let mut settings = vec![
        "listen_addresses=127.0.0.1".to_owned(),
        format!("unix_socket_directories={folder}"),
        "fsync=off".to_owned(),
        "shared_buffers=16MB".to_owned(),
        // Inside the folder, so that a SIGKILL leaves none of it behind.
        "dynamic_shared_memory_type=mmap".to_owned(),
    ];
    if wish.in_recovery {
        settings.push("hot_standby=off".to_owned());
    }
    for setting in settings {
        args.extend(["-c".to_owned(), setting]);
    }
    args.extend(wish.args.iter().cloned());
    args.into_iter().map(Into::into).collect()
}

fn prepare(folder: &Path, initdb: &Path, postgres: &Path, account: &Account, wish: &Wish) -> Result<(), StartError> {
    let data = folder.join("data");
    let initdb_args = |data: &Path| {
        let data = data.display().to_string();
        ["-D", &data, "-A", "trust", "-U", "postgres", "--no-sync", "--wal-segsize=1", "-E", "UTF8", "--locale=C"]
            .map(str::to_owned)
            .to_vec()
    };
    Template { kind: KIND, tool: initdb, account, args: &initdb_args }.copy_to(&data)?;
    if wish.in_recovery {
        let signal = data.join("standby.signal");
        fs::write(&signal, "").and_then(|()| account.own(&signal)).map_err(StartError::preparing(KIND, "standby"))?;
    }
    if !wish.password.is_empty() {
        set_password(folder, postgres, account, &wish.password)?;
    }
    Ok(())
}

/// Single-user mode sets it without a server; then the server is told to ask for it.
fn set_password(folder: &Path, postgres: &Path, account: &Account, password: &str) -> Result<(), StartError> {
    let preparing = |what: &str| StartError::preparing(KIND, what);
    let statement = format!("ALTER USER postgres PASSWORD '{}'\n", password.replace('\'', "''"));
    let input: PathBuf = folder.join("password.sql");
    fs::write(&input, statement).map_err(preparing("setting the password"))?;
    let opened = fs::File::open(&input).map_err(preparing("setting the password"))?;
    let mut command = Command::new(postgres);
    command.args(["--single", "-c", "fsync=off", "-D"]).arg(folder.join("data")).arg("postgres");
    run(KIND, account, &mut command, folder, Stdio::from(opened))?;
    fs::remove_file(&input).map_err(preparing("setting the password"))?;
    let rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";
    fs::write(folder.join("data/pg_hba.conf"), rules).map_err(preparing("asking for passwords"))
}

/// Logs in as far as the server's first word: it asks for a password or lets us in.
fn ready(port: u16) -> io::Result<()> {
    match first_word(port)? {
        (b'R', _) => Ok(()),
        (_, text) => Err(io::Error::other(text)),
    }
}

fn ready_or_starting(port: u16) -> io::Result<()> {
    match first_word(port)? {
        (b'E', text) if text.contains("57P03") && !text.contains("starting up") => Ok(()),
        (b'R', _) => Ok(()),
        (_, text) => Err(io::Error::other(text)),
    }
}

/// Sends a start-up message (protocol 3.0); returns the kind and the text of the answer.
fn first_word(port: u16) -> io::Result<(u8, String)> {
    let mut stream = TcpStream::connect_timeout(&(Ipv4Addr::LOCALHOST, port).into(), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let body = b"\0\x03\0\0user\0postgres\0database\0postgres\0\0";
    let length = u32::try_from(body.len() + 4).unwrap_or_default().to_be_bytes();
    stream.write_all(&[&length[..], body].concat())?;
    let mut head = [0; 5];
    stream.read_exact(&mut head)?;
    let mut text = Vec::new();
    let length = u64::from(u32::from_be_bytes([head[1], head[2], head[3], head[4]])).saturating_sub(4);
    stream.take(length).read_to_end(&mut text)?;
    Ok((head[0], String::from_utf8_lossy(&text).replace('\0', " ")))
}

/// A postmaster killed with SIGKILL leaves a System V segment; its id is in line 7 of postmaster.pid.
fn free_shared_memory(folder: &Path) {
    let lines = fs::read_to_string(folder.join("data/postmaster.pid")).unwrap_or_default();
    if let Some(id) = lines.lines().nth(6).and_then(|line| line.split_whitespace().nth(1)) {
        let _ = Command::new("ipcrm").args(["-m", id]).stderr(Stdio::null()).status();
    }
}
