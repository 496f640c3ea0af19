//! Runs told by hand: cards, events and the state they fold into.

use bootproof_core::*;
use std::{sync::Arc, time::Duration};

/// A run told event by event. Every step takes 2 ms.
pub(crate) struct Run {
    pub(crate) state: RunState,
    /// Each event, with the state after it.
    pub(crate) told: Vec<(Event, RunState)>,
    now: Duration,
}

pub(crate) type Looks<'a> = &'a [(Step, &'a str, &'a str)];

impl Run {
    pub(crate) fn of(cards: Vec<Card>) -> Self {
        let meta = RunMeta {
            service: "chat".into(),
            environment: Some(ChosenEnvironment { name: Environment::Staging, source: "--env".into() }),
            started_at: Duration::from_millis(1_784_000_000_123),
            seed: Seed(u64::MAX - 1),
            budget: Duration::from_secs(30),
            mode: Mode::Verify,
            notes: vec![],
            refused: vec![],
        };
        let state = RunState::new(meta, Arc::new(Plan::new(cards).unwrap()));
        Self { state, told: vec![], now: Duration::ZERO }
    }

    pub(crate) fn note(mut self, note: &str) -> Self {
        self.state.meta.notes.push(note.into());
        self
    }

    pub(crate) fn mode(mut self, mode: Mode) -> Self {
        self.state.meta.mode = mode;
        self
    }

    pub(crate) fn tell(mut self, event: Event) -> Self {
        self.state.fold(event.clone());
        self.told.push((event, self.state.clone()));
        self
    }

    pub(crate) fn waits(mut self, ms: u64) -> Self {
        self.now += Duration::from_millis(ms);
        self
    }

    pub(crate) fn node(&self, id: &str) -> Node {
        self.state.plan.find(id).unwrap()
    }

    pub(crate) fn begins(self, id: &str, attempt: u32) -> Self {
        let (node, at) = (self.node(id), self.now);
        self.tell(Event::Attempt { node, attempt, at })
    }

    /// Steps with what was seen in them, in order.
    pub(crate) fn looks(mut self, id: &str, looks: Looks) -> Self {
        let node = self.node(id);
        for chunk in looks.chunk_by(|a, b| a.0 == b.0) {
            let step = chunk[0].0;
            let at = self.now;
            self = self.tell(Event::StepBegan { node, step, at }).waits(2);
            for (_, did, saw) in chunk {
                let (at, took) = (self.now, Duration::from_micros(1_400));
                let evidence = Evidence { step, did: (*did).into(), saw: (*saw).into(), at, took };
                self = self.tell(Event::Saw { node, evidence });
            }
            let at = self.now;
            self = self.tell(Event::StepEnded { node, step, at });
        }
        self
    }

    pub(crate) fn ends(self, id: &str, ending: Ending) -> Self {
        let (node, at) = (self.node(id), self.now);
        self.tell(Event::Ended { node, ending: Box::new(ending), at })
    }

    pub(crate) fn retries(self, id: &str, attempt: u32, diagnosis: Diagnosis) -> Self {
        let (node, at, delay) = (self.node(id), self.now, Duration::from_millis(640));
        self.tell(Event::Retrying { node, attempt, delay, diagnosis: Box::new(diagnosis), at })
            .waits(640)
            .begins(id, attempt + 1)
    }

    pub(crate) fn undoes(self, id: &str, undoing: Undoing) -> Self {
        let (node, at) = (self.node(id), self.now);
        self.tell(Event::Undone { node, undoing, at })
    }

    pub(crate) fn over(self, end: RunEnd) -> RunState {
        self.over_told(end).state
    }

    pub(crate) fn over_told(self, end: RunEnd) -> Self {
        let at = self.now;
        self.tell(Event::RunEnded { end, cleaned: true, at })
    }

    /// A whole node: one attempt, what was seen, and its ending.
    pub(crate) fn runs(self, id: &str, looks: Looks, ending: Ending) -> Self {
        self.begins(id, 1).looks(id, looks).ends(id, ending)
    }

    pub(crate) fn skips(self, id: &str, why: Skip) -> Self {
        self.ends(id, Ending::skipped(why))
    }
}

pub(crate) fn ending(verdict: Verdict, scope: Scope, diagnosis: Option<Diagnosis>) -> Ending {
    Ending { verdict, scope: Some(scope), diagnosis, identity: None, skipped: None }
}

pub(crate) fn proven(scope: Scope) -> Ending {
    ending(Verdict::Proven, scope, None)
}

pub(crate) fn answered(identity: &str) -> Ending {
    Ending { identity: Some(identity.into()), scope: None, ..proven(Scope::Server) }
}

/// The five fixes and three services of a small chat service.
pub(crate) fn chat() -> Vec<Card> {
    vec![
        Card::fix("environment", "variables are mapped and valid"),
        Card::fix("ports", "ports are held").needs("environment"),
        Card::service("database.main", "the main database", "postgres").needs("environment"),
        Card::fix("database", "no half transactions").needs("database.main").limit(Duration::from_secs(5)),
        Card::fix("tasks", "every task has a limit"),
        Card::service("redis.cache", "the cache", "redis").needs("environment").criticality(Criticality::Optional),
        Card::fix("redis", "Redis or its fallback").after("redis.cache").criticality(Criticality::Optional),
        Card::service("clickhouse.analytics", "analytics", "clickhouse").criticality(Criticality::Optional),
    ]
}

pub(crate) fn silent_redis() -> Diagnosis {
    Diagnosis::new("REDIS-003", "Redis at `127.0.0.1:6379` accepts connections but does not answer")
        .why("no reply to PING in 500 ms, 3 attempts in 1.8 s")
        .now("cache reads and writes go to the in-process store; they end with this process")
        .action("look at the server (`redis-cli -h 127.0.0.1 ping`), or set REDIS_MODE=fallback")
        .away()
}

pub(crate) fn lost_postgres() -> Diagnosis {
    Diagnosis::new("DB-001", "PostgreSQL at `db.internal.staging.example.com:5432` refuses connections from this machine")
        .why(
            "connecting to 10.12.0.7:5432 failed with `connection refused` (os error 111), in each of 4 attempts between \
             0.00 s and 7.31 s after the beginning of the run",
        )
        .why("the address came from DATABASE_URL, which was read from `file /run/secrets/database_url_of_the_chat_service_in_staging`")
        .now("no fix that needs the main database can run, and the service cannot start")
        .action("start the server, or correct DATABASE_URL; `bootproof wait` waits for it")
        .away()
}

const INSPECTED: (Step, &str, &str) = (Step::Inspect, "read the declared ports", "`api` wants 8000, movable");

/// Environment, ports, tasks and the main database, well.
pub(crate) fn well(run: Run) -> Run {
    run.runs(
        "environment",
        &[
            (Step::Inspect, "compared 14 declared variables with what is set", "11 set, 3 by default"),
            (Step::Prove, "resolved every declared variable afresh", "14 of 14 have a value of their type"),
        ],
        proven(Scope::Process),
    )
    .runs(
        "ports",
        &[
            INSPECTED,
            (Step::Apply, "bound `api`", "8000 is taken by `python3` (pid 4711), so 8001"),
            (Step::Prove, "sent a nonce through our own listener at 127.0.0.1:8001", "the same nonce came back"),
            (Step::Prove, "tried to bind 8001 on both IP families from another socket", "address in use, twice"),
        ],
        proven(Scope::Process),
    )
    .runs(
        "database.main",
        &[(Step::Inspect, "logged in", "PostgreSQL 15.18")],
        answered("PostgreSQL 15.18, database app"),
    )
    .runs(
        "tasks",
        &[(Step::Prove, "let a canary ignore its soft limit", "stopped hard after 41 ms; the heartbeat went on")],
        proven(Scope::Process),
    )
}

pub(crate) fn database(run: Run) -> Run {
    run.runs(
        "database",
        &[
            (Step::Prove, "aborted a transaction by an error", "0 rows left, seen by a second connection"),
            (
                Step::Prove,
                "killed the connection in the middle of a transaction",
                "0 rows left, seen by a second connection",
            ),
        ],
        proven(Scope::Server),
    )
}

pub(crate) fn all_proven() -> Run {
    database(well(Run::of(chat())))
        .runs("redis.cache", &[(Step::Inspect, "sent PING", "PONG")], answered("Redis 7.0.15"))
        .runs("redis", &[(Step::Prove, "wrote, read and removed a key", "on the remote server")], proven(Scope::Server))
        .runs("clickhouse.analytics", &[(Step::Inspect, "asked /ping", "Ok.")], answered("ClickHouse 18.16"))
        .over_told(RunEnd::Completed)
}

pub(crate) fn degraded() -> Run {
    database(well(Run::of(chat())))
        .begins("redis.cache", 1)
        .retries("redis.cache", 1, silent_redis())
        .looks("redis.cache", &[(Step::Inspect, "sent PING", "nothing in 500 ms")])
        .ends("redis.cache", Ending::failed(silent_redis()))
        .runs(
            "redis",
            &[(Step::Prove, "wrote, read and removed a key", "on the in-process store, in 0.1 ms")],
            ending(Verdict::Degraded, Scope::Process, Some(silent_redis())),
        )
        .skips("clickhouse.analytics", Skip::SwitchedOff { by: "--skip clickhouse.analytics".into() })
        .over_told(RunEnd::Completed)
}

pub(crate) fn failed() -> Run {
    let stuck = diagnose::stuck("ports", &Diagnosis::new("PORT-009", "the discovery file cannot be removed"));
    Run::of(chat())
        .runs("environment", &[(Step::Prove, "resolved", "14 of 14")], proven(Scope::Process))
        .runs("ports", &[(Step::Apply, "bound `api`", "8000")], proven(Scope::Process))
        .begins("database.main", 1)
        .retries("database.main", 1, lost_postgres())
        .retries("database.main", 2, lost_postgres())
        .ends("database.main", Ending::failed(lost_postgres()))
        .skips("database", Skip::NeedFailed { id: "database.main".into() })
        .skips("tasks", Skip::Stopped { id: "database.main".into() })
        .skips("redis.cache", Skip::Stopped { id: "database.main".into() })
        .skips("redis", Skip::Stopped { id: "database.main".into() })
        .skips("clickhouse.analytics", Skip::Stopped { id: "database.main".into() })
        .undoes("ports", Undoing::Stuck(Box::new(stuck)))
        .undoes("environment", Undoing::Undone)
        .over_told(RunEnd::Stopped { by: Node(2) })
}

pub(crate) fn skipped() -> Run {
    let nothing = || Skip::NothingDeclared;
    Run::of(chat())
        .note("no bootproof.toml: `.env` and PORT, DATABASE_URL, REDIS_URL, CLICKHOUSE_URL are all that is known of this service")
        .skips("environment", nothing())
        .skips("ports", nothing())
        .skips("database.main", Skip::SwitchedOff { by: "--only environment,ports,database,tasks,redis of the command line".into() })
        .skips("database", nothing())
        .skips("tasks", nothing())
        .skips("redis.cache", nothing())
        .skips("redis", Skip::SwitchedOff { by: "REDIS_MODE=disabled".into() })
        .skips("clickhouse.analytics", nothing())
        .over_told(RunEnd::Completed)
}

pub(crate) fn unproven() -> Run {
    let applied = || ending(Verdict::Unproven, Scope::Process, Some(diagnose::not_robust()));
    let run = Run::of(chat().into_iter().filter(|card| card.kind == Kind::Fix && card.needs.is_empty()).collect());
    run.note("USE_ROBUST_STARTUP=false: fixes are applied and NOT proven")
        .runs("environment", &[(Step::Apply, "mapped REDIS_PW", "now REDIS_PASSWORD")], applied())
        .runs("tasks", &[], applied())
        .over_told(RunEnd::Completed)
}

pub(crate) fn cancelled() -> Run {
    well(Run::of(chat()))
        .begins("database", 1)
        .looks("database", &[(Step::Prove, "aborted a transaction by an error", "0 rows left")])
        .over_told(RunEnd::Cancelled { signal: 2 })
}

/// Never told to be over: the caller dropped the run.
pub(crate) fn dropped() -> Run {
    well(Run::of(chat())).begins("database", 1)
}

pub(crate) fn checked() -> Run {
    let looked = |run: Run, id: &str| {
        run.begins(id, 1)
            .looks(id, &[(Step::Inspect, "looked", "as declared")])
            .ends(id, Ending::skipped(Skip::OnlyLooked))
    };
    ["environment", "ports", "database", "tasks", "redis"]
        .into_iter()
        .fold(Run::of(chat()).mode(Mode::Check), looked)
        .runs("database.main", &[], answered("PostgreSQL 15.18"))
        .runs("redis.cache", &[], answered("Redis 7.0.15"))
        .runs("clickhouse.analytics", &[], answered("ClickHouse 18.16"))
        .over_told(RunEnd::Completed)
}

pub(crate) fn out_of_budget() -> Run {
    well(Run::of(chat())).begins("database", 1).waits(29_900).over_told(RunEnd::BudgetRanOut)
}

/// All of the above, by name.
pub(crate) fn all() -> [(&'static str, Run); 9] {
    [
        ("all_proven", all_proven()),
        ("degraded", degraded()),
        ("failed", failed()),
        ("skipped", skipped()),
        ("unproven", unproven()),
        ("cancelled", cancelled()),
        ("dropped", dropped()),
        ("checked", checked()),
        ("out_of_budget", out_of_budget()),
    ]
}
