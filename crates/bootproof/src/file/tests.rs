//! What a file says, and the exact words for everything that can be wrong with it.

use super::*;
use bootproof_core::{Environment, Proofs, Vars};
use bootproof_env::{Sources, System, Type, resolve};
use std::time::{Duration, Instant};

fn parse(text: &str) -> Result<File, FileError> {
    File::parse(text, Path::new("b.toml"))
}

/// Every problem of `text`, as it is told.
fn told(text: &str) -> Vec<String> {
    parse(text).expect_err("the file must be refused").to_string().lines().map(str::to_owned).collect()
}

fn repository(path: &str) -> PathBuf {
    // The facade's folder is two below the root of the repository.
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

const WHOLE: &str = r#"
[service]
name = "chat"

[policy.staging]
graceful = true
robust = false
proofs = "light"
step_timeout = "10s"
budget = "1m"
retries = 0
optional = ["redis", "tasks"]

[fixes]
redis = false
ports = true

[env.ZED]
[env.CLICKHOUSE_PASSWORD]
type = "secret"
aliases = ["CLICKHOUSE_DEFAULT_PASSWORD"]
required = ["production"]
[env.WORKERS]
type = "int"
min = 1
max = 0x40
default = 4
default_is_not_used_twice = 0
"#;

#[test]
fn a_whole_file_is_plain_data_in_the_order_it_was_written() {
    let text = WHOLE.replace("default_is_not_used_twice = 0\n", "")
        + r#"
[ports.zulu]
port = 0
[ports.api]
port = 8000
range = "8000-8099"
variable = "PORT"
host = "::1"
[database.main]
url = "${DATABASE_URL}"
pool = 9
[redis.locks]
url = "redis://:pw@h"
use = "rate-limit"
local = "127.0.0.1:6379"
fallback = "one replica only"
required = true
[clickhouse.analytics]
url = "${CLICKHOUSE_URL}"
required = ["staging", "production"]
[http.auth]
url = "http://auth/health"
status = "200-204"
[http.one]
url = "http://one"
status = 401
[tcp.mail]
address = "mail:25"
[command.migrated]
command = ["migrate", "status"]
timeout = "2s"
[tasks]
default_timeout = "60s"
[tasks.digest]
command = ["python", "digest.py"]
limit = "9000s"
soft = "80s"
"#;
    let file = parse(&text).unwrap();
    assert_eq!(file.service.as_deref(), Some("chat"));
    let [policy] = &file.policy[..] else { panic!("{:?}", file.policy) };
    assert_eq!((policy.environment, policy.graceful, policy.robust), (Environment::Staging, Some(true), Some(false)));
    assert_eq!((policy.proofs, policy.retries), (Some(Proofs::Light), Some(0)));
    assert_eq!(policy.budget.unwrap().value, Duration::from_secs(60));
    assert_eq!(policy.optional, ["redis", "tasks"]);
    assert_eq!(file.fixes.iter().map(|f| (f.id, f.on)).collect::<Vec<_>>(), [("redis", false), ("ports", true)]);
    let names: Vec<_> = file.schema().variables.into_iter().map(|v| v.name).collect();
    assert_eq!(names, ["ZED", "CLICKHOUSE_PASSWORD", "WORKERS"]);
    assert_eq!(file.ports.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["zulu", "api"]);
    let api = &file.ports[1];
    assert_eq!(api.range.clone().unwrap().value, 8000..=8099);
    assert_eq!((api.host_in(Environment::Production), file.ports[0].host_in(Environment::Production)), ("::1", "*"));
    assert_eq!(file.ports[0].host_in(Environment::Test), "localhost");
    assert_eq!((file.database[0].url.value.reveal(), file.database[0].pool), ("${DATABASE_URL}", Some(9)));
    assert_eq!(file.redis[0].r#use.unwrap().value, RedisUse::RateLimit);
    assert_eq!(file.redis[0].fallback.as_ref().unwrap().value, "one replica only");
    assert!(!file.clickhouse[0].required.unwrap().contains(Environment::Test));
    assert_eq!((file.http[0].status.clone(), file.http[1].status.clone()), (200..=204, 401..=401));
    assert_eq!(file.tcp[0].address.value.reveal(), "mail:25");
    assert_eq!(file.command[0].command.value, ["migrate", "status"]);
    let digest = &file.tasks.commands[0];
    let line = text.lines().position(|line| line.starts_with("limit")).unwrap() + 1;
    let limit = digest.limit.unwrap();
    assert_eq!((limit.value, limit.at), (Duration::from_secs(9000), Position { line, column: 9 }));
    assert!(!format!("{file:?}").contains("pw@"), "an inline password must not be in Debug");
}

#[test]
fn a_schema_keeps_types_aliases_defaults_and_where_it_is_required() {
    let file = parse(
        "[env.A]\ntype = \"url\"\nschemes = [\"postgres\"]\naliases = [\"OLD\"]\nsecret = true\nrequired = [\"test\"]\n\
         default.staging = \"postgres://h/d\"\n[env.B]\ntype = \"list\"\ndefault = [\"x\", \"y\"]\n[env.C]\ntype = \"float\"\ndefault = 0.50\n\
         [env.D]\ntype = \"int\"\ndefault = 1_000\n[env.E]\ntype = \"bool\"\ndefault = true\n",
    )
    .unwrap();
    let variables = file.schema().variables;
    let a = &variables[0];
    assert_eq!(a.kind, Type::Url { schemes: vec!["postgres".into()] });
    assert_eq!((a.aliases[0].name.as_str(), a.secret), ("OLD", Some(true)));
    assert_eq!(Environment::ALL.map(|e| a.required.contains(e)), [false, true, false, false]);
    assert_eq!(Environment::ALL.map(|e| a.default.of(e).is_some()), [false, false, true, false]);
    let defaults: Vec<_> =
        variables[1..].iter().map(|v| v.default.of(Environment::Test).unwrap().0.reveal().to_owned()).collect();
    assert_eq!(defaults, ["x,y", "0.50", "1000", "true"]);
}

#[test]
fn an_empty_file_declares_nothing_and_is_no_error() {
    for text in ["", "\u{feff}", "# nothing\n", "[env]\n[tasks]\n[fixes]\n"] {
        let file = parse(text).unwrap();
        assert_eq!((file.schema().variables.len(), file.ports.len(), file.fixes.len()), (0, 0, 0));
    }
}

#[test]
fn a_byte_order_mark_moves_no_place() {
    assert!(told("\u{feff}nme = 1\n")[0].starts_with("b.toml:1:1: "));
}

#[test]
fn unknown_sections_and_keys_are_told_with_place_and_nearest_spelling() {
    for (text, expected) in [
        ("[databse.main]\n", "b.toml:1:2: unknown section `databse`; did you mean [database]?"),
        (
            "nme = 1\n",
            "b.toml:1:1: unknown section `nme`; known are [service], [policy], [fixes], [env], [ports], [database], [redis], [clickhouse], [http], [tcp], [command], [tasks], [discovery], [discover] and [compose]",
        ),
        (
            "[ports.api]\nport = 1\n  rnage = \"1-2\"\n",
            "b.toml:3:3: unknown key `rnage` in [ports.api]; did you mean `range`?",
        ),
        ("[service]\nowner = 1\n", "b.toml:2:1: unknown key `owner` in [service]; known are `name` and `version`"),
        (
            "[policy.prodution]\n",
            "b.toml:1:9: unknown environment `prodution` in [policy.prodution]; did you mean [policy.production]?",
        ),
        ("[fixes]\nredsi = true\n", "b.toml:2:1: unknown fix `redsi` in [fixes]; did you mean `redis`?"),
        (
            "[env.A]\ndefault.prod = \"x\"\n",
            "b.toml:2:9: unknown environment `prod` in `default` of [env.A]; did you mean `production`?",
        ),
        (
            "[tasks]\ndefault_timout = \"9s\"\n",
            "b.toml:2:1: unknown key `default_timout` in [tasks]; did you mean `default_timeout`?",
        ),
        (
            "[redis]\nurl = \"memory:\"\n",
            "b.toml:2:1: `url` in [redis] must be a table such as [redis.NAME], and is a string",
        ),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.to_string(), expected);
        let FileError::Invalid { problems, .. } = error else { panic!() };
        assert_eq!(problems[0].kind, ProblemKind::Unknown);
    }
}

#[test]
fn groups_that_share_no_name_and_lines_that_replace_theirs_are_taken() {
    for text in [
        "[env]\ngroups = [\"postgres\", { group = \"mysql\", prefix = \"SHOP_\" }, \"redis\", \"clickhouse\", \"jwt\", \"http-server\"]\n",
        "[env]\ngroups = [\"http-server\"]\n[env.PORT]\ntype = \"port\"\naliases = [\"HTTP_PORT\"]\n",
        "[env]\ngroups = [\"http-server\"]\n[env.PORT]\n[env.HTTP_PORT]\n",
        "[env.A]\nrequired = [\"staging\"]\nforbidden = [\"production\"]\n",
    ] {
        assert!(parse(text).is_ok(), "{text}: {:?}", parse(text));
    }
}

#[test]
fn values_that_cannot_be_used_are_told_with_place_and_what_they_must_be() {
    for (text, expected) in [
        (
            "[policy.test]\ngraceful = \"yes\"\n",
            "b.toml:2:12: `graceful` in [policy.test] must be `true` or `false`, and is a string",
        ),
        (
            "[policy.test]\nproofs = \"fulll\"\n",
            "b.toml:2:10: `proofs` in [policy.test] is `fulll`, which is not known; did you mean `full`?",
        ),
        (
            "[policy.test]\nstep_timeout = \"10\"\n",
            "b.toml:2:16: `step_timeout` in [policy.test] is `10`; it must be a duration such as \"60s\", \"5m\" or \"500ms\"",
        ),
        (
            "[policy.test]\nbudget = 30\n",
            "b.toml:2:10: `budget` in [policy.test] must be a duration such as \"60s\", \"5m\" or \"500ms\", and is an integer",
        ),
        ("[policy.test]\nretries = -1\n", "b.toml:2:11: `retries` in [policy.test] is `-1`; it must be 0 to 100"),
        (
            "[policy.test]\noptional = [\"redsi\"]\n",
            "b.toml:2:13: `optional` in [policy.test] holds `redsi`, which is not known; did you mean `redis`?",
        ),
        ("[fixes]\nredis = \"off\"\n", "b.toml:2:9: `redis` in [fixes] must be `true` or `false`, and is a string"),
        ("[ports.api]\nport = 70000\n", "b.toml:2:8: `port` in [ports.api] is `70000`; it must be 0 to 65535"),
        ("[ports.api]\nport = \"8000\"\n", "b.toml:2:8: `port` in [ports.api] must be a whole number, and is a string"),
        (
            "[ports.api]\nport = 1\nrange = \"8099-8000\"\n",
            "b.toml:3:9: `range` in [ports.api] is `8099-8000`; it must be two ports such as \"8000-8099\", the lower first",
        ),
        (
            "[ports.api]\nport = 1\nhost = \"example\"\n",
            "b.toml:3:8: `host` in [ports.api] is `example`; it must be \"localhost\", \"*\" or an IP address",
        ),
        ("[ports.api]\n", "b.toml:1:8: [ports.api] needs `port`, or `variable` that holds it, or `unix`"),
        (
            "[ports.a]\nvariable = \"P\"\n[ports.b]\nvariable = \"P\"\n",
            "b.toml:4:12: `P` is the variable of [ports.a] already",
        ),
        (
            "[ports.\"a b\"]\nport = 1\n",
            "b.toml:1:8: `a b` is not a name: only letters, digits, `_` and `-` are allowed",
        ),
        (
            "[env.A]\nrequired = [\"prodution\"]\n",
            "b.toml:2:13: `required` in [env.A] holds `prodution`, which is not known; did you mean `production`?",
        ),
        (
            "[env.A]\nrequired = \"production\"\n",
            "b.toml:2:12: `required` in [env.A] must be `true`, `false` or a list such as [\"production\"], and is a string",
        ),
        (
            "[env.A]\ntype = \"boolean\"\n",
            "b.toml:2:8: `type` in [env.A] is `boolean`, which is not known; known are `string`, `secret`, `bool`, `int`, `float`, `port`, `url`, `host`, `address`, `email`, `duration`, `bytes`, `enum`, `list`, `json`, `path`, `uuid`, `semver`, `ip`, `cidr` and `regex`",
        ),
        (
            "[env.A]\nmin = 1\n",
            "b.toml:2:7: `min` in [env.A] belongs to `type = \"int\"`, `\"float\"`, `\"port\"`, `\"duration\"` or `\"bytes\"`, and this is `string`",
        ),
        ("[env.A]\ntype = \"int\"\nmin = 2\nmax = 1\n", "b.toml:1:6: `min` in [env.A] is more than `max`"),
        ("[env.A]\ntype = \"enum\"\n", "b.toml:1:6: [env.A] needs `values`, the words of the enum"),
        (
            "[env.A]\ntype = \"port\"\ndefault.test = \"http\"\n",
            "b.toml:3:16: in [env.A], `default.test` is not a port number",
        ),
        (
            "[env.A]\ntype = \"port\"\ndefault = 70000\n",
            "b.toml:3:11: in [env.A], `default` is out of range; it must be 0 to 65535",
        ),
        ("[env.A]\ndefault = \"changeme\"\n", "b.toml:2:11: in [env.A], `default` still holds a placeholder"),
        (
            "[env.A]\naliases = \"B\"\n",
            "b.toml:2:11: `aliases` in [env.A] must be a list of names such as [\"OLD_NAME\"], and is a string",
        ),
        ("[env.A]\naliases = [\"B\", \"B\"]\n", "b.toml:1:6: [env.A]: `B` is a name of `A` already"),
        (
            "[env.A]\naliases = [\"a b\"]\n",
            "b.toml:2:12: `aliases` in [env.A] holds `a b`, which is not the name of a variable",
        ),
        ("[env.A]\n[env.B]\naliases = [\"A\"]\n", "b.toml:2:6: [env.B]: `A` is a name of `A` already"),
        (
            "[env]\ngroups = [\"postgres\", \"mysql\"]\n",
            "b.toml:1:2: two of the `groups` in [env] share `DATABASE_URL` and 8 more: give one of them a `prefix`",
        ),
        (
            "[env]\ngroups = [{ group = \"jwt\", prefix = \"A_\" }, { group = \"jwt\", prefix = \"A_\" }]\n",
            "b.toml:1:2: two of the `groups` in [env] share `A_JWT_ALGORITHM` and 9 more: give one of them a `prefix`",
        ),
        (
            "[env]\ngroups = [\"http-server\"]\n[env.A]\naliases = [\"PORT\"]\n",
            "b.toml:3:6: [env.A]: `PORT` is a name of `PORT` already, of a group: declare [env.PORT] with it, or give the group a `prefix`",
        ),
        (
            "[env]\ngroups = [\"http-server\"]\n[env.HTTP_PORT]\n",
            "b.toml:3:6: [env.HTTP_PORT]: `HTTP_PORT` is a name of `PORT` already, of a group: declare [env.PORT] with it, or give the group a `prefix`",
        ),
        (
            "[env.A]\nrequired = true\nforbidden = [\"staging\", \"production\"]\ndefault.staging = \"x\"\n",
            "b.toml:1:6: [env.A] is `required` and `forbidden` in production: take it out of one",
        ),
        ("[env.A-B]\n", "b.toml:1:6: `A-B` is not the name of a variable: letters, digits and `_`, no digit first"),
        ("[database.main]\npool = 5\n", "b.toml:1:11: [database.main] needs `url`"),
        ("[database.main]\nurl = \" \"\n", "b.toml:2:7: `url` in [database.main] is blank"),
        (
            "[redis.cache]\nurl = \"memory:\"\nuse = \"cahce\"\n",
            "b.toml:3:7: `use` in [redis.cache] is `cahce`, which is not known; did you mean `cache`?",
        ),
        ("[redis.cache]\n", "b.toml:1:8: [redis.cache] needs `url` (`memory:` for the in-process store)"),
        (
            "[http.a]\nurl = \"http://a\"\nstatus = \"2xx\"\n",
            "b.toml:3:10: `status` in [http.a] is `2xx`; it must be a status code or two, such as 200 or \"200-399\"",
        ),
        (
            "[tasks.a]\ncommand = \"python x.py\"\n",
            "b.toml:2:11: `command` in [tasks.a] must be a list of a program and its arguments, such as [\"python\", \"digest.py\"], and is a string",
        ),
        (
            "[command.a]\ncommand = []\n",
            "b.toml:2:11: `command` in [command.a] must be a list of a program and its arguments, such as [\"python\", \"digest.py\"], and is empty",
        ),
        (
            "[ports.a]\nport = 1\nrange = \"1-2\"\nstrict = true\n",
            "b.toml:3:9: `range` and `strict = true` in [ports.a] contradict each other",
        ),
        ("[ports.a]\nunix = \"x\"\nhost = \"*\"\n", "b.toml:3:8: `host` in [ports.a] does not go with `unix`"),
        (
            "[ports.a]\nport = 1\nmode = \"0600\"\n",
            "b.toml:3:8: `mode` in [ports.a] is for a `unix` socket, and there is none",
        ),
        (
            "[ports.a]\nunix = \"x\"\nmode = \"+600\"\n",
            "b.toml:3:8: `mode` in [ports.a] is `+600`; it must be permissions in octal, such as \"0660\"",
        ),
        (
            "[policy.test]\nport_range = \"9-8\"\n",
            "b.toml:2:14: `port_range` in [policy.test] is `9-8`; it must be two ports such as \"17000-17999\", the lower first, or `false`",
        ),
        ("[discovery]\netcd = []\n", "b.toml:1:2: [discovery] needs at least one URL in `etcd`"),
        (
            "[discover.a]\ncompose = \"users\"\n",
            "b.toml:2:11: `compose` in [discover.a] is `users`; it must be a service and its port such as \"users:8080\"",
        ),
        (
            "[discover.a]\nidentity = \"users\"\n",
            "b.toml:2:12: `identity` in [discover.a] needs a `check` that tells one: a path or a protocol",
        ),
        ("[tasks.a]\nlimit = \"5s\"\n", "b.toml:1:8: [tasks.a] needs `command`"),
        (
            "[tasks.a]\ncommand = [\"x\"]\nlimit = \"0s\"\n",
            "b.toml:3:9: `limit` in [tasks.a] is `0s`; it must be a duration such as \"60s\", \"5m\" or \"500ms\"",
        ),
        ("service = \"chat\"\n", "b.toml:1:11: [service] must be a table, and is a string"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error.to_string(), expected);
        let FileError::Invalid { problems, .. } = error else { panic!() };
        assert_eq!((problems.len(), problems[0].kind), (1, ProblemKind::Value));
    }
}

#[test]
fn all_problems_come_in_one_pass_in_the_order_of_the_file() {
    let text = "[ports.api]\nport = -1\nhots = \"*\"\n[env.A]\ntype = \"nit\"\nfoo = 1\n[policy.production]\nbudget = \"x\"\n[tass]\n";
    let places: Vec<String> = told(text).iter().map(|line| line.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(places, ["b.toml:2:8", "b.toml:3:1", "b.toml:5:8", "b.toml:6:1", "b.toml:8:10", "b.toml:9:2"]);
    assert_eq!(told(WHOLE).len(), 1);
}

#[test]
fn broken_toml_is_told_by_place_without_quoting_the_line() {
    assert_eq!(told("[service]\nname = chat\n"), ["b.toml:2:8: string values must be quoted, expected literal string"]);
    for (text, place) in [
        ("[service\nname = \"x\"\n", "b.toml:1:9: "),
        ("[env.A]\n[env.A]\n", "b.toml:2:6: duplicate key"),
        ("a = \"hunter2\nb = 1\n", "b.toml:1:"),
        ("url = redis://:hunter2@h/0\n", "b.toml:1:7: "),
        ("x = 1\nx = \"hunter2\"\n", "b.toml:2:1: duplicate key"),
    ] {
        let error = parse(text).unwrap_err();
        let FileError::Invalid { problems, .. } = &error else { panic!() };
        assert!(problems.iter().all(|p| p.kind == ProblemKind::Syntax), "{error}");
        assert!(error.to_string().starts_with(place), "{error}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn an_inline_password_is_in_no_error() {
    for text in [
        "[database.main]\nurl = [\"postgres://me:hunter2@h/d\"]\npool = 0\nurll = \"x://hunter2@h\"\n",
        "[redis.a]\nurl = \"redis://:hunter2@h\"\nuse = \"redis://:hunter2@h\"\n",
        "[redis.\"redis://:hunter2@h\"]\nurl = \"memory:\"\n",
        "[env.A]\ntype = \"url\"\nschemes = [\"http\"]\ndefault = \"postgres://me:hunter2@h/d\"\n",
        "[env.A]\ntype = \"int\"\ndefault = \"hunter2\"\n",
        "[tasks.a]\ncommand = \"x --password=hunter2\"\n",
        "[tasks.a]\ncommand = [\"\", \"--password=hunter2\"]\n",
        "[tcp.a]\naddress = { v = \"hunter2@h\" }\n",
        "[ports.a]\nport = 1\nhost = \"me:hunter2@h\"\n",
    ] {
        let error = parse(text).unwrap_err();
        let all = format!("{error} {error:?} {:?}", crate::diagnose::file(&error));
        assert!(!all.contains("hunter2"), "{all}");
    }
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    let folder = Folder(std::env::temp_dir().join(format!("bootproof-file-{}", std::process::id())));
    fs::create_dir_all(&folder.0).unwrap();
    let path = folder.0.join("bootproof.toml");
    let why = |path: &Path| {
        let error = File::read(path).unwrap_err();
        let [diagnosis] = &crate::diagnose::file(&error)[..] else { panic!("{error}") };
        assert_eq!((diagnosis.code, diagnosis.what.clone()), ("CONF-001", format!("cannot read `{}`", path.display())));
        diagnosis.why[0].clone()
    };
    assert_eq!(why(&path), "there is no such file");
    assert_eq!(why(&folder.0), "it is a directory");
    fs::write(&path, b"# ok\nname = \"caf\xe9\"\n").unwrap();
    assert_eq!(why(&path), "it is not UTF-8 text at 2:12");
    fs::write(&path, vec![b'#'; (1 << 20) + 1]).unwrap();
    assert_eq!(why(&path), "it is larger than 1 MiB");
    fs::write(&path, "[service]\nname = \"x\"\n").unwrap();
    assert_eq!(File::read(&path).unwrap().service.as_deref(), Some("x"));
}

/// A folder that goes with the test, also when it fails.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

#[test]
fn a_file_of_thirty_lines_is_parsed_in_a_fraction_of_a_millisecond() {
    let text: String = fs::read_to_string(repository("bootproof.toml")).unwrap();
    let fastest = (0..50)
        .map(|_| {
            let since = Instant::now();
            parse(&text).unwrap();
            since.elapsed()
        })
        .min()
        .unwrap();
    // 200 us in release; a debug build on a busy machine is allowed ten times that.
    assert!(fastest < Duration::from_millis(2), "{fastest:?}");
}

#[test]
fn the_repositorys_own_service_needs_nothing_in_development_and_test() {
    let file = File::read(&repository("bootproof.toml")).unwrap();
    for environment in [Environment::Development, Environment::Test] {
        let resolution = resolve(&file.schema(), &Sources::process(&Vars::default()), environment, &System);
        assert_eq!(resolution.problems, []);
        let most = environment == Environment::Development;
        assert_eq!(resolution.vars.len(), if most { file.env.len() } else { 8 });
        for template in [&file.database[0].url, file.redis[0].url.as_ref().unwrap()] {
            assert!(resolution.vars.expand(template.value.reveal()).is_ok());
        }
    }
    let missing =
        resolve(&file.schema(), &Sources::process(&Vars::default()), Environment::Production, &System).problems;
    let names: Vec<_> = missing.iter().map(|p| (p.name.as_str(), p.rule.code)).collect();
    let expected = ["DATABASE_URL", "REDIS_URL", "JWT_SECRET", "PUBLIC_URL", "ALLOWED_HOSTS"];
    assert_eq!(names, expected.map(|name| (name, "ENV-002")));
    assert_eq!((file.ports.len(), file.tasks.commands.len(), file.env.len()), (1, 1, 12));
}
