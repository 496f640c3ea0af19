//! A small service for the tests, and reading what the command said of it.

use bootproof_testkit::{ClickHouse, Postgres, Redis, Sandbox, sandbox::Output, sandbox::Run};
use serde_json::Value;

/// A service that needs everything.
pub const CHAT: &str = r#"
[service]
name = "chat"

[env.DATABASE_URL]
type = "url"
schemes = ["postgres", "mysql", "sqlite"]
required = true
localhost = true

[env.REDIS_URL]
type = "url"
schemes = ["redis"]
required = true
localhost = true

[env.CLICKHOUSE_URL]
type = "url"
schemes = ["http"]
localhost = true

[ports.api]
port = 0
host = "localhost"

[database.main]
url = "${DATABASE_URL}"

[redis.cache]
url = "${REDIS_URL}"
use = "cache"

[clickhouse.analytics]
url = "${CLICKHOUSE_URL}"

[tasks]
default_timeout = "60s"
"#;

/// The five ids, in the order of the file of fixes.
pub const FIXES: [&str; 5] = ["environment", "ports", "database", "tasks", "redis"];

/// The command in `sandbox`, in `environment`, with `args`.
pub fn bootproof(sandbox: &Sandbox, environment: &str, args: &[&str]) -> Run {
    let run = sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(args);
    // `diff` is told its environments by itself.
    if args.first() == Some(&"diff") { run } else { run.args(["--env", environment]) }
}

/// `unshare` with these namespaces, whose processes end with it. Root needs no user namespace, which a changed root folder refuses.
pub fn unshare(sandbox: &Sandbox, namespaces: &[&str]) -> Run {
    let user: &[&str] = if nix::unistd::geteuid().is_root() { &[] } else { &["--user", "--map-root-user"] };
    sandbox.command("unshare").args(user).args(namespaces).args(["--pid", "--fork", "--kill-child"])
}

/// A sandbox with `toml` as its file.
pub fn service(toml: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("bootproof.toml", toml);
    sandbox
}

/// The environment that the main scenario runs in: `cargo xtask test --env E`, else staging.
pub fn main_environment() -> String {
    std::env::var("BOOTPROOF_TEST_ENV").unwrap_or_else(|_| "staging".to_owned())
}

/// The servers of [`CHAT`].
pub struct Servers {
    pub postgres: Postgres,
    pub redis: Redis,
    pub clickhouse: ClickHouse,
}

impl Servers {
    pub async fn start() -> Self {
        let (postgres, redis, clickhouse) = tokio::join!(Postgres::start(), Redis::start(), ClickHouse::start());
        let message = "a server that the tests need: `cargo xtask test` installs it";
        Self {
            postgres: postgres.expect(message),
            redis: redis.expect(message),
            clickhouse: clickhouse.expect(message),
        }
    }

    pub fn vars(&self) -> [(String, String); 3] {
        [
            ("DATABASE_URL".into(), self.postgres.url()),
            ("REDIS_URL".into(), self.redis.url()),
            ("CLICKHOUSE_URL".into(), self.clickhouse.url()),
        ]
    }
}

/// A report, with ways to ask it.
pub struct Report {
    pub json: Value,
    pub output: Output,
}

impl Report {
    pub fn of(output: Output) -> Self {
        let json = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("stdout is no JSON ({error}):\n{}\n{}", output.stdout, output.stderr));
        Self { json, output }
    }

    pub fn code(&self) -> i32 {
        let code = self.output.status.code().expect("an exit code");
        assert_eq!(self.json["exitCode"], code, "the report and the process must agree\n{}", self.output.stdout);
        code
    }

    pub fn fix(&self, id: &str) -> &Value {
        self.one("fixes", id)
    }

    pub fn service(&self, id: &str) -> &Value {
        self.one("services", id)
    }

    fn one(&self, list: &str, id: &str) -> &Value {
        let all = self.json[list].as_array().expect("a list");
        all.iter()
            .find(|entry| entry["id"] == id)
            .unwrap_or_else(|| panic!("no {id} in {list}:\n{}", self.output.stdout))
    }

    /// The verdict of a fix or service.
    pub fn verdict(&self, id: &str) -> &str {
        let list = if id.contains('.') { "services" } else { "fixes" };
        self.one(list, id)["verdict"].as_str().expect("a verdict")
    }

    /// The diagnosis code of a fix or service; empty when there is none.
    pub fn problem(&self, id: &str) -> &str {
        let list = if id.contains('.') { "services" } else { "fixes" };
        self.one(list, id)["diagnosis"]["code"].as_str().unwrap_or("")
    }

    /// All evidence of a fix or service as one text.
    pub fn evidence(&self, id: &str) -> String {
        let list = if id.contains('.') { "services" } else { "fixes" };
        let evidence = self.one(list, id)["evidence"].as_array().expect("a list").iter();
        evidence
            .map(|e| format!("{} -> {}\n", e["did"].as_str().unwrap_or(""), e["saw"].as_str().unwrap_or("")))
            .collect()
    }

    pub fn attempts(&self, id: &str) -> u64 {
        let list = if id.contains('.') { "services" } else { "fixes" };
        self.one(list, id)["attempts"].as_u64().expect("a number")
    }

    pub fn proven(&self) -> Vec<&str> {
        FIXES.into_iter().filter(|id| self.verdict(id) == "proven").collect()
    }
}

/// Runs `verify --format json` and reads the report.
pub async fn verify(sandbox: &Sandbox, environment: &str, vars: &[(String, String)], args: &[&str]) -> Report {
    let run = bootproof(sandbox, environment, &["verify", "--format", "json"]).args(args);
    Report::of(run.vars(vars.iter().cloned()).run().await)
}

/// A variable.
pub fn var(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// `vars` with one of them replaced.
pub fn with(vars: &[(String, String)], name: &str, value: impl Into<String>) -> Vec<(String, String)> {
    let mut all: Vec<_> = vars.iter().filter(|(known, _)| known != name).cloned().collect();
    all.push(var(name, value));
    all
}
