//! What is told to people about Redis: one fact a trouble, and the diagnoses of the fix itself.
//!
//! [`CODES`] lists them; `fact` holds code, words and cause of each trouble. The pages are `docs/codes/REDIS-*.md`.

use crate::{Failure, Trouble};
use bootproof_core::{Cause, Diagnosis, Retry};

/// Every code made here, with its title. Each has a page in `docs/codes/`.
pub const CODES: &[(&str, &str)] = &[
    ("REDIS-001", "the Redis URL cannot be used"),
    ("REDIS-002", "the Redis server's name does not resolve"),
    ("REDIS-003", "Redis accepts connections but does not answer"),
    ("REDIS-004", "nobody listens where Redis should be"),
    ("REDIS-005", "Redis cannot be reached"),
    ("REDIS-006", "Redis closes the connection"),
    ("REDIS-007", "the TLS connection to Redis fails"),
    ("REDIS-008", "TLS was asked for, and Redis speaks plain text"),
    ("REDIS-009", "Redis wants a password and none is given"),
    ("REDIS-010", "Redis does not accept the user or password"),
    ("REDIS-011", "a password is given, and Redis has none set"),
    ("REDIS-012", "Redis is in protected mode"),
    ("REDIS-013", "the Redis user lacks a permission"),
    ("REDIS-014", "Redis has no database of this number"),
    ("REDIS-015", "Redis is a read-only replica"),
    ("REDIS-016", "Redis is loading its data"),
    ("REDIS-017", "Redis is out of memory"),
    ("REDIS-018", "Redis refuses writes"),
    ("REDIS-019", "Redis lets no further client in"),
    ("REDIS-020", "a script keeps Redis busy"),
    ("REDIS-021", "Redis is a node of a cluster"),
    ("REDIS-022", "Redis waits for its master"),
    ("REDIS-023", "what answers is not a Redis"),
    ("REDIS-024", "Redis answers in an unknown way"),
    ("REDIS-025", "what is declared for Redis is incomplete"),
    ("REDIS-026", "this use may not fall back here"),
    ("REDIS-027", "the fallback does not hold"),
    ("REDIS-028", "the way back to Redis does not work"),
    ("REDIS-029", "there is no Redis handle"),
    ("REDIS-030", "the fallback could not be put to the test"),
    ("REDIS-031", "a write was lost"),
];

/// What is always true of a trouble.
pub(crate) struct Fact {
    pub(crate) code: &'static str,
    /// Continues "Redis at `...`".
    pub(crate) what: &'static str,
    pub(crate) action: &'static str,
    pub(crate) cause: Cause,
    retry: Retry,
}

const fn away(code: &'static str, what: &'static str, action: &'static str) -> Fact {
    Fact { code, what, action, cause: Cause::Away, retry: Retry::MayHelp }
}

const fn wrong(code: &'static str, what: &'static str, action: &'static str) -> Fact {
    Fact { code, what, action, cause: Cause::Configuration, retry: Retry::Never }
}

const fn fault(code: &'static str, what: &'static str, action: &'static str, retry: Retry) -> Fact {
    Fact { code, what, action, cause: Cause::Fault, retry }
}

/// The fact of a trouble.
#[rustfmt::skip]
pub(crate) const fn fact(trouble: Trouble) -> Fact {
    match trouble {
        Trouble::Dns => away("REDIS-002", "cannot be found: its name does not resolve",
            "correct the host in the URL, or look at the name server"),
        Trouble::Silent => away("REDIS-003", "accepts connections but does not answer",
            "look at the server (`redis-cli ping` on its machine), or set REDIS_MODE=fallback"),
        Trouble::Refused => away("REDIS-004", "refuses connections: nobody listens there",
            "start the server, or correct host and port in the URL"),
        Trouble::Unreachable => away("REDIS-005", "cannot be reached: the attempt to connect is not answered",
            "look at host, firewall and network, or correct the URL"),
        Trouble::Reset => away("REDIS-006", "closes the connection without an answer",
            "look at the server's log; if it expects TLS, use `rediss://`"),
        Trouble::Tls => wrong("REDIS-007", "cannot be trusted or does not agree on TLS",
            "correct the certificate or the host name in the URL; name a private CA with `?ssl_ca_certs=/path/ca.pem`"),
        Trouble::Plaintext => wrong("REDIS-008", "speaks plain text, and the URL asks for TLS",
            "use `redis://`, or the server's TLS port"),
        Trouble::NoAuth => wrong("REDIS-009", "wants a password, and the URL has none",
            "put the password into the URL: `redis://:PASSWORD@host:port/0`"),
        Trouble::WrongPass => wrong("REDIS-010", "does not accept this user and password",
            "correct the user or the password; the server knows users by `ACL LIST`"),
        Trouble::NoPasswordSet => wrong("REDIS-011", "has no password set, and the URL gives one",
            "take the password out of the URL, or set `requirepass` on the server: it is open to everybody now"),
        Trouble::Protected => wrong("REDIS-012", "is in protected mode and serves its own machine only",
            "set a password or `bind` on the server, or reach it from its own machine"),
        Trouble::NoPerm => wrong("REDIS-013", "does not let this user do what is needed",
            "give the user the command and the keys: `ACL SETUSER name +set +get +del ~bootproof:proof:* ~yours:*`"),
        Trouble::WrongDatabase => wrong("REDIS-014", "has no database of this number",
            "correct the number at the end of the URL, or raise `databases` on the server"),
        Trouble::ReadOnly => fault("REDIS-015", "is a read-only replica: it answers and refuses every write",
            "name the master in the URL, or promote this server (`REPLICAOF NO ONE`)", Retry::MayHelp),
        Trouble::Loading => away("REDIS-016", "is loading its data",
            "wait until it has loaded; `redis-cli info persistence` shows how far it is"),
        Trouble::OutOfMemory => away("REDIS-017", "is out of memory and refuses writes",
            "raise `maxmemory`, choose an eviction policy other than `noeviction`, or remove keys"),
        Trouble::Misconf => fault("REDIS-018", "refuses writes: it cannot save them or lacks replicas",
            "look at disk and log of the server; `redis-cli info persistence`", Retry::MayHelp),
        Trouble::MaxClients => away("REDIS-019", "lets no further client in",
            "raise `maxclients`, or find who holds the connections (`redis-cli client list`)"),
        Trouble::Busy => away("REDIS-020", "is kept busy by a script",
            "wait, or end the script with `SCRIPT KILL`"),
        Trouble::Cluster => wrong("REDIS-021", "is a node of a cluster, which this version does not follow",
            "use a server outside a cluster, or a proxy in front of it"),
        Trouble::MasterDown => away("REDIS-022", "waits for its master or its cluster",
            "look at the master; `redis-cli info replication`"),
        Trouble::NotRedis => wrong("REDIS-023", "is something else than a Redis",
            "correct host and port in the URL"),
        Trouble::Unexpected => fault("REDIS-024", "answers in an unknown way",
            "look at the server's version and log", Retry::Never),
    }
}

/// The diagnosis of a failure.
pub(crate) fn of(failure: &Failure) -> Diagnosis {
    let fact = fact(failure.trouble);
    let mut diagnosis = Diagnosis::new(fact.code, format!("Redis at `{}` {}", failure.address, fact.what));
    if !failure.detail.is_empty() {
        diagnosis = diagnosis.why(failure.detail.clone());
    }
    diagnosis.cause = fact.cause;
    diagnosis.action(fact.action).retry(fact.retry)
}

/// The URL of `shown` (masked) cannot be used.
pub(crate) fn bad_url(shown: &str, why: &str) -> Diagnosis {
    Diagnosis::new("REDIS-001", format!("the Redis URL `{shown}` cannot be used"))
        .why(why)
        .action("write `redis://:PASSWORD@host:6379/0`, `rediss://` for TLS, `unix:///path`, or `memory:`")
        .configuration()
}

/// Variables of the URL of `name` have no value.
pub(crate) fn missing(name: &str, variables: &[String]) -> Diagnosis {
    let list = variables.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", ");
    incomplete(name, format!("its URL needs {list}, which has no value"))
        .action("set it; or say `memory:` for the in-process store, or REDIS_MODE=fallback")
}

/// What is declared for `name` does not say where Redis is.
pub(crate) fn incomplete(name: &str, why: impl Into<String>) -> Diagnosis {
    Diagnosis::new("REDIS-025", format!("what is declared for Redis `{name}` is incomplete")).why(why).configuration()
}

/// `name` would be served by something that its use forbids.
pub(crate) fn may_not_fall_back(name: &str, use_: crate::Use, by: &str) -> Diagnosis {
    Diagnosis::new("REDIS-026", format!("Redis `{name}` is used as {use_} and may not be served by {by} here"))
        .why(format!("a {use_} that is split between machines loses its meaning"))
        .action("declare a shared Redis, or allow it by name with a reason: `fallback = \"one machine only\"`")
        .configuration()
}

/// The fallback of `name` did not do what it must.
pub(crate) fn no_fallback(name: &str, why: impl Into<String>) -> Diagnosis {
    Diagnosis::new("REDIS-027", format!("the fallback of Redis `{name}` does not hold"))
        .why(why)
        .now("when Redis goes away, so does what depends on it")
        .action("this is a fault in the handle or its configuration: report it with this text")
}

/// `name` does not come back to its server.
pub(crate) fn no_way_back(name: &str, why: impl Into<String>) -> Diagnosis {
    Diagnosis::new("REDIS-028", format!("the handle of Redis `{name}` does not reach its server, which answers"))
        .why(why)
        .now("reads and writes go to the fallback")
        .action("look at the load of this machine and of the server, and start again")
        .retry(Retry::MayHelp)
}

/// The proof found no handle: the fix was not applied.
pub(crate) fn no_handle(name: &str) -> Diagnosis {
    Diagnosis::new("REDIS-029", format!("there is no handle for Redis `{name}`"))
        .why("the fix was not applied, or was taken back")
        .action("look why the step that opens it was skipped or taken back, then run the whole start")
}

/// The fallback could not be put to the test.
pub(crate) fn not_shown(name: &str, why: impl Into<String>) -> Diagnosis {
    Diagnosis::new("REDIS-030", format!("the fallback of Redis `{name}` could not be put to the test"))
        .why(why)
        .now("Redis itself was shown to serve; whether the fallback holds is unknown")
        .action("reach Redis over TCP, or run this where a loopback port can be had")
}

/// A write was acknowledged and is not there.
pub(crate) fn lost(name: &str, why: impl Into<String>) -> Diagnosis {
    Diagnosis::new("REDIS-031", format!("Redis `{name}` acknowledges a write and loses it"))
        .why(why)
        .now("what the service stores there is not safe")
        .action("look at who else uses this server, its `maxmemory-policy`, and a proxy in front of it")
}

/// Several problems as one: the first, with the others among its causes. `None` when there are none.
pub(crate) fn together(problems: Vec<Diagnosis>) -> Option<Diagnosis> {
    let mut problems = problems.into_iter();
    let first = problems.next()?;
    Some(problems.fold(first, |all, other| {
        let why = other.why.first().map(|why| format!(" ({why})")).unwrap_or_default();
        all.why(format!("also {}: {}{why}", other.code, other.what))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TROUBLES: [Trouble; 23] = [
        Trouble::Dns,
        Trouble::Refused,
        Trouble::Unreachable,
        Trouble::Silent,
        Trouble::Reset,
        Trouble::Tls,
        Trouble::Plaintext,
        Trouble::NoAuth,
        Trouble::WrongPass,
        Trouble::NoPasswordSet,
        Trouble::Protected,
        Trouble::NoPerm,
        Trouble::WrongDatabase,
        Trouble::ReadOnly,
        Trouble::Loading,
        Trouble::OutOfMemory,
        Trouble::Misconf,
        Trouble::MaxClients,
        Trouble::Busy,
        Trouble::Cluster,
        Trouble::MasterDown,
        Trouble::NotRedis,
        Trouble::Unexpected,
    ];

    #[test]
    fn every_trouble_has_a_code_of_its_own_and_only_what_time_cures_is_tried_again() {
        let codes: std::collections::BTreeSet<_> = TROUBLES.iter().map(|t| fact(*t).code).collect();
        assert_eq!(codes.len(), TROUBLES.len());
        for trouble in TROUBLES {
            let diagnosis = Failure::new(trouble, "h:1", "seen").diagnosis();
            assert!(CODES.iter().any(|(code, _)| *code == diagnosis.code));
            assert!(!diagnosis.action.is_empty() && diagnosis.why == ["seen"]);
            assert!(diagnosis.cause != Cause::Configuration || diagnosis.retry == Retry::Never, "{diagnosis}");
            assert!(diagnosis.cause != Cause::Away || diagnosis.retry == Retry::MayHelp, "{diagnosis}");
        }
    }

    #[test]
    fn every_code_has_a_page_that_says_what_to_do() {
        for (code, title) in CODES {
            let path = format!("{}/../../docs/codes/{code}.md", env!("CARGO_MANIFEST_DIR"));
            let page = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(page.starts_with(&format!("# {code}: {title}\n")), "{path} begins with its code and title");
            assert!(page.lines().count() <= 20 && page.contains("restart"), "{path}");
            let helps = ["Yes", "It may", "Perhaps", "Only when"].map(|yes| format!("**Does a restart help?** {yes}"));
            let helps = helps.iter().any(|yes| page.contains(yes));
            if let Some(trouble) = TROUBLES.into_iter().find(|trouble| fact(*trouble).code == *code) {
                assert_eq!(helps, fact(trouble).retry == Retry::MayHelp, "{path} agrees with the diagnosis");
            }
        }
    }
}
