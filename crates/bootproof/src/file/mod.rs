//! `bootproof.toml`: from text to plain data, and every problem with its place in the file.
//!
//! Read [`File`] first. [`File::parse`] is pure; [`File::read`] reads from disk. Sections stand in the order of the file, and
//! what was written is kept as it was written, with its [`Position`], so that rooms can tell where a value they refuse stands.

mod discovery;
mod env;
mod error;
#[cfg(feature = "schema")]
mod json_schema;
mod notes;
mod place;
mod policy;
mod ports;
mod probes;
mod reads;
mod section;
mod stores;
mod tasks;
mod words;

pub use discovery::{ComposeSection, DiscoverCheck, DiscoverSection, DiscoverySection};
pub use env::{EnvOptions, EnvSection};
pub use error::{FileError, FileProblem, ProblemKind};
#[cfg(feature = "schema")]
pub use json_schema::json_schema;
pub use place::{At, Position};
pub use policy::{FIXES, FixSwitch, PolicySection};
pub use ports::PortSection;
pub use probes::{CommandSection, HttpSection, TcpSection};
pub use stores::{ClickHouseSection, DatabaseSection, RedisSection, RedisUse};
pub use tasks::{TaskSection, TasksSection};

use bootproof_env::Schema;
use notes::Notes;
use section::Section;
use std::{
    fs, io,
    io::Read as _,
    path::{Path, PathBuf},
};
use toml::de::DeTable;

/// The file that is read when none is named.
pub const DEFAULT_FILE: &str = "bootproof.toml";

/// The most that is read. A file of this size would describe ten thousand services.
const LARGEST: u64 = 1 << 20;

/// What a `bootproof.toml` says.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Where it was read from.
    pub path: PathBuf,
    /// `[service] name`.
    pub service: Option<String>,
    /// `[policy.ENVIRONMENT]`.
    pub policy: Vec<PolicySection>,
    /// `[fixes]`.
    pub fixes: Vec<FixSwitch>,
    /// `[service] version`.
    pub version: Option<semver::Version>,
    /// `[env.NAME]`.
    pub env: Vec<EnvSection>,
    /// The keys of `[env]` itself.
    pub env_options: EnvOptions,
    /// `[ports.NAME]`.
    pub ports: Vec<PortSection>,
    /// `[database.NAME]`.
    pub database: Vec<DatabaseSection>,
    /// `[redis.NAME]`.
    pub redis: Vec<RedisSection>,
    /// `[clickhouse.NAME]`.
    pub clickhouse: Vec<ClickHouseSection>,
    /// `[http.NAME]`.
    pub http: Vec<HttpSection>,
    /// `[tcp.NAME]`.
    pub tcp: Vec<TcpSection>,
    /// `[command.NAME]`.
    pub command: Vec<CommandSection>,
    /// `[tasks]`.
    pub tasks: TasksSection,
    /// `[discovery]`.
    pub discovery: DiscoverySection,
    /// `[discover.NAME]`.
    pub discover: Vec<DiscoverSection>,
    /// `[compose]`.
    pub compose: ComposeSection,
}

impl File {
    /// Reads and parses the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, is not UTF-8, or as [`File::parse`].
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let text = text_of(path).map_err(|source| FileError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text, path)
    }

    /// Parses `text`, which was read from `path`.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place; of broken TOML, what the parser could tell.
    pub fn parse(text: &str, path: &Path) -> Result<Self, FileError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let notes = Notes::on(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        let file = if errors.is_empty() {
            Some(Self::take(Section::whole(&notes, table.get_ref()), path))
        } else {
            errors.iter().for_each(|error| notes.broken(error));
            None
        };
        let problems = notes.into_problems();
        match file {
            Some(file) if problems.is_empty() => Ok(file),
            _ => Err(FileError::Invalid { path: path.to_owned(), problems }),
        }
    }

    fn take(mut whole: Section<'_>, path: &Path) -> Self {
        let (service, version) = service(&mut whole);
        let (policy, fixes) = (PolicySection::read_all(&mut whole), FixSwitch::read_all(&mut whole));
        let (env, env_options) = env::read(&mut whole);
        let file = Self {
            path: path.to_owned(),
            service,
            version,
            policy,
            fixes,
            env,
            env_options,
            ports: PortSection::read_all(&mut whole),
            database: whole.named("database").into_iter().filter_map(DatabaseSection::read).collect(),
            redis: whole.named("redis").into_iter().filter_map(RedisSection::read).collect(),
            clickhouse: whole.named("clickhouse").into_iter().filter_map(ClickHouseSection::read).collect(),
            http: whole.named("http").into_iter().filter_map(HttpSection::read).collect(),
            tcp: whole.named("tcp").into_iter().filter_map(TcpSection::read).collect(),
            command: whole.named("command").into_iter().filter_map(CommandSection::read).collect(),
            tasks: TasksSection::read(&mut whole),
            discovery: DiscoverySection::read(&mut whole),
            discover: whole.named("discover").into_iter().filter_map(DiscoverSection::read).collect(),
            compose: ComposeSection::read(&mut whole),
        };
        whole.finish();
        file
    }

    /// The declared variables as the environment room takes them.
    pub fn schema(&self) -> Schema {
        let mut schema = env::schema(&self.env, &self.env_options);
        schema.version.clone_from(&self.version);
        schema.severities = self.policy.iter().flat_map(|policy| policy.severities.clone()).collect();
        schema
    }
}

fn service(file: &mut Section<'_>) -> (Option<String>, Option<semver::Version>) {
    let Some(mut section) = file.table("service") else { return (None, None) };
    let name = section.text("name");
    let version = section.word("version", "a version such as \"1.2.3\"", |text| text.parse().ok());
    section.finish();
    (name.map(|name| name.value), version.map(|version| version.value))
}

fn text_of(path: &Path) -> io::Result<String> {
    let mut bytes = vec![];
    fs::File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let good = String::from_utf8_lossy(&error.as_bytes()[..at]).into_owned();
        io::Error::new(
            io::ErrorKind::InvalidData,
            format!("it is not UTF-8 text at {}", place::Lines::of(&good).position(at)),
        )
    })
}

#[cfg(test)]
mod tests;
