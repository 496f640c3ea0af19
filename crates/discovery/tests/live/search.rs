//! The order of sources, what is taken and what is passed over, without etcd.

use crate::server;
use bootproof_core::{Diagnosis, Vars};
use bootproof_discovery::{
    Check, Dns, Found, LocalEntry, NotFound, Published, Question, Reason, Source, Sources, Wanted, resolve,
};
use bootproof_ports::ledger::ProcessId;
use std::{net::SocketAddr, sync::Mutex, time::Duration};

const HTTP: &str = "200 OK";

fn health() -> Check {
    Check::Http { path: "/health".into() }
}

fn wanted() -> Wanted {
    Wanted {
        variable: Some("USERS_URL".into()),
        scheme: Some("http".into()),
        check: health(),
        identity: Some("users".into()),
        ..Wanted::named("users")
    }
}

fn vars(pairs: &[(&str, &str)]) -> Vars {
    Vars::from_pairs("test", pairs.iter().copied())
}

fn ours() -> ProcessId {
    ProcessId::ours().unwrap()
}

fn entry(address: SocketAddr, owner: ProcessId) -> LocalEntry {
    LocalEntry { port: "http".into(), address, scheme: None, instance: "i1".into(), owner, project: None }
}

/// Asks with these variables and a registry of these entries.
async fn ask(wanted: &Wanted, vars: &Vars, entries: &[LocalEntry]) -> Result<Found, NotFound> {
    let dns = Dns::system();
    let local = |name: &str| Ok(if name == "users" { entries.to_vec() } else { vec![] });
    resolve(wanted, &Sources { local: Some(&local), ..Sources::new(vars, &dns) }).await
}

#[tokio::test]
async fn the_explicit_variable_wins_and_its_login_stays_with_it() {
    let (explicit, local) = (server::answering(HTTP, "users").await, server::answering(HTTP, "users").await);
    let url = format!("http://me:hunter2@127.0.0.1:{}/api?x=1", explicit.address.port());
    let found = ask(&wanted(), &vars(&[("USERS_URL", &url)]), &[entry(local.address, ours())]).await.unwrap();
    assert_eq!((found.source.clone(), found.address), (Source::Variable("USERS_URL".into()), Some(explicit.address)));
    assert_eq!(found.url.as_ref().unwrap().reveal(), url);
    let shown = format!("{found} {found:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    assert_eq!(
        found.to_string(),
        format!(
            "`users` is at http://{}, says variable `USERS_URL`; it answers GET /health with HTTP 200; its answer contains `users`",
            explicit.address
        )
    );
}

#[tokio::test]
async fn an_explicit_variable_that_leads_to_nobody_fails_and_nobody_else_is_taken() {
    let local = server::answering(HTTP, "users").await;
    let dead = format!("http://me:hunter2@127.0.0.1:{}", bootproof_testkit::free_port());
    let error = ask(&wanted(), &vars(&[("USERS_URL", &dead)]), &[entry(local.address, ours())]).await.unwrap_err();
    assert!(matches!(error.reason, Reason::Explicit { unusable: false, .. }), "{error:?}");
    let diagnosis = error.diagnosis();
    assert_eq!(diagnosis.code, "DISC-002");
    assert!(!format!("{diagnosis} {error:?}").contains("hunter2"));

    let error = ask(&wanted(), &vars(&[("USERS_URL", "hunter2")]), &[]).await.unwrap_err();
    assert!(matches!(error.reason, Reason::Explicit { unusable: true, .. }), "{error:?}");
    assert!(!format!("{} {error:?}", error.diagnosis()).contains("hunter2"));
}

#[tokio::test]
async fn an_explicit_variable_that_leads_to_another_service_fails() {
    let other = server::answering(HTTP, "orders").await;
    let url = format!("127.0.0.1:{}", other.address.port());
    let error = ask(&wanted(), &vars(&[("USERS_URL", &url)]), &[]).await.unwrap_err();
    assert_eq!((&error.reason, error.diagnosis().code), (&Reason::Another, "DISC-003"));
    assert!(error.diagnosis().to_string().contains("does not contain `users`"), "{}", error.diagnosis());
}

#[tokio::test]
async fn a_blank_variable_is_none() {
    let local = server::answering(HTTP, "users").await;
    let found = ask(&wanted(), &vars(&[("USERS_URL", " ")]), &[entry(local.address, ours())]).await.unwrap();
    assert_eq!((found.source, found.instance.as_deref()), (Source::Local, Some("i1")));
    let shown = found.identity.unwrap();
    assert!(shown.contains("contains `users`") && shown.contains("has the listener"), "{shown}");
}

#[tokio::test]
async fn a_stale_entry_leads_nowhere_and_the_next_source_is_asked() {
    // The port of an ended process is another service's now; that one even answers.
    let (other, right) = (server::answering(HTTP, "users").await, server::answering(HTTP, "users").await);
    let stale = entry(other.address, ProcessId { start: ours().start + 1, ..ours() });
    let wanted = Wanted { default: Some(format!("127.0.0.1:{}", right.address.port())), ..wanted() };
    let found = ask(&wanted, &vars(&[]), &[stale]).await.unwrap();
    assert_eq!((found.source, found.address), (Source::Default, Some(right.address)));
    let told: Vec<_> = found.passed_over.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0], "variable `USERS_URL`: it is not set");
    assert!(told[1].starts_with("local registry: instance `i1`:") && told[1].ends_with("has ended"), "{told:?}");
    assert_eq!(told[2], "etcd: none is configured");
}

#[tokio::test]
async fn a_living_entry_whose_answer_is_anothers_is_passed_over_and_the_search_says_so() {
    let wrong = server::answering(HTTP, "orders").await;
    let error = ask(&wanted(), &vars(&[]), &[entry(wrong.address, ours())]).await.unwrap_err();
    assert_eq!((&error.reason, error.diagnosis().code), (&Reason::Another, "DISC-003"));
    assert!(error.passed_over.iter().any(|passed| passed.another && passed.source == Source::Local));
}

#[tokio::test]
async fn a_service_with_several_ports_is_not_guessed_at() {
    let (http, metrics) = (server::answering(HTTP, "users").await, server::answering(HTTP, "users").await);
    let entries =
        [entry(http.address, ours()), LocalEntry { port: "metrics".into(), ..entry(metrics.address, ours()) }];
    let error = ask(&wanted(), &vars(&[]), &entries).await.unwrap_err();
    let told = error.diagnosis().to_string();
    assert!(told.contains("several ports there (`http`, `metrics`), say which"), "{told}");
    let one = Wanted { port: Some("metrics".into()), ..wanted() };
    assert_eq!(ask(&one, &vars(&[]), &entries).await.unwrap().address, Some(metrics.address));
    let none = Wanted { port: Some("grpc".into()), ..wanted() };
    let told = ask(&none, &vars(&[]), &entries).await.unwrap_err().diagnosis().to_string();
    assert!(told.contains("has no port `grpc` there, only `http`, `metrics`"), "{told}");
}

#[tokio::test]
async fn an_unreadable_registry_or_compose_file_is_told_and_the_default_is_asked() {
    let right = server::answering(HTTP, "users").await;
    let (vars, dns) = (vars(&[("HOST", "127.0.0.1")]), Dns::system());
    let local = |_: &str| Err("no permission".to_owned());
    let compose = |_: &str, _: u16| Err("compose.yaml:3: a tab".to_owned());
    let wanted = Wanted {
        compose: Some(("users".into(), 80)),
        default: Some(format!("${{HOST}}:{}", right.address.port())),
        ..wanted()
    };
    let sources = Sources { local: Some(&local), compose: Some(&compose), ..Sources::new(&vars, &dns) };
    let found = resolve(&wanted, &sources).await.unwrap();
    let told: Vec<_> = found.passed_over.iter().map(|passed| passed.why.as_str()).collect();
    assert_eq!(told[1..], ["it cannot be read: no permission", "none is configured", "compose.yaml:3: a tab"]);
}

#[tokio::test]
async fn a_published_port_of_compose_is_found_and_named_with_its_line() {
    let right = server::answering(HTTP, "users").await;
    let (vars, dns) = (vars(&[]), Dns::system());
    let port = right.address.port();
    let compose = move |service: &str, target: u16| {
        assert_eq!((service, target), ("users", 80));
        Ok(vec![Published { host_ip: None, port, place: "compose.yaml:7".into() }])
    };
    let wanted = Wanted { compose: Some(("users".into(), 80)), ..wanted() };
    let found = resolve(&wanted, &Sources { compose: Some(&compose), ..Sources::new(&vars, &dns) }).await.unwrap();
    assert_eq!(
        (found.source.to_string().as_str(), found.instance.as_deref()),
        ("Compose port 80 of `users`", Some("compose.yaml:7"))
    );
}

#[tokio::test]
async fn a_server_that_is_not_ready_is_dead_and_one_without_the_path_is_another() {
    for (status, another) in [("503 Service Unavailable", false), ("404 Not Found", true), ("302 Found", true)] {
        let server = server::answering(status, "users").await;
        let wanted = Wanted { default: Some(server.address.to_string()), ..wanted() };
        let error = ask(&wanted, &vars(&[]), &[]).await.unwrap_err();
        assert_eq!(error.passed_over.last().unwrap().another, another, "{status}");
    }
}

#[tokio::test]
async fn a_bare_connection_shows_life_and_claims_nothing_more() {
    let server = server::answering(HTTP, "").await;
    let wanted = Wanted { default: Some(server.address.to_string()), ..Wanted::named("users") };
    let found = ask(&wanted, &vars(&[]), &[]).await.unwrap();
    assert_eq!((found.alive.as_str(), &found.identity), ("accepts connections", &None));
    assert!(found.to_string().ends_with("who answers was not asked"), "{found}");
}

#[tokio::test]
async fn a_shell_of_project_b_does_not_get_the_database_of_project_a() {
    let (vars, dns) = (vars(&[("DATABASE_URL", "postgres://me:hunter2@127.0.0.1:5432/b")]), Dns::system());
    let asked = Mutex::new(vec![]);
    let speak = |question: Question| -> bootproof_discovery::Answer<'_> {
        Box::pin(async {
            asked.lock().unwrap().push((question.protocol, question.url.unwrap().reveal().to_owned()));
            Ok("PostgreSQL 15.18, database a".to_owned())
        })
    };
    let wanted = Wanted {
        variable: Some("DATABASE_URL".into()),
        check: Check::Protocol("postgres".into()),
        identity: Some("database b".into()),
        ..Wanted::named("db")
    };
    let sources = Sources { speak: Some(&speak), ..Sources::new(&vars, &dns) };
    let error = resolve(&wanted, &sources).await.unwrap_err();
    assert_eq!(error.diagnosis().code, "DISC-003");
    assert!(error.diagnosis().to_string().contains("database a, but its answer does not contain `database b`"));
    let asked_for = Wanted { identity: Some("database a".into()), ..wanted };
    assert_eq!(resolve(&asked_for, &sources).await.unwrap().identity.unwrap(), "its answer contains `database a`");
    assert_eq!(asked.lock().unwrap()[0].0, "postgres");
}

#[tokio::test]
async fn a_diagnosis_of_the_protocol_decides_between_dead_and_another() {
    let (vars, dns) = (vars(&[]), Dns::system());
    for (diagnosis, another) in [
        (Diagnosis::new("DB-001", "refused").away(), false),
        (Diagnosis::new("DB-002", "wrong password").configuration(), true),
    ] {
        let speak = move |_: Question| -> bootproof_discovery::Answer<'_> {
            let diagnosis = diagnosis.clone();
            Box::pin(async move { Err(diagnosis) })
        };
        let check = Check::Protocol("postgres".into());
        let wanted = Wanted { default: Some("postgres://127.0.0.1".into()), check, ..Wanted::named("db") };
        let error = resolve(&wanted, &Sources { speak: Some(&speak), ..Sources::new(&vars, &dns) }).await.unwrap_err();
        assert_eq!(error.passed_over.last().unwrap().another, another, "{error:?}");
    }
}

#[tokio::test]
async fn a_silent_server_holds_the_search_no_longer_than_its_limit() {
    // Accepts by the kernel's hand alone, and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let (vars, dns) = (vars(&[]), Dns::system());
    let wanted = Wanted { default: Some(address), ..wanted() };
    let sources = Sources { limit: Duration::from_millis(300), ..Sources::new(&vars, &dns) };
    let began = std::time::Instant::now();
    let error = resolve(&wanted, &sources).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(error.passed_over.last().unwrap().why.contains("did not answer in"), "{error:?}");
}

#[tokio::test]
async fn what_is_declared_wrongly_asks_nobody() {
    let wanted = Wanted { identity: Some("users".into()), ..Wanted::named("users") };
    let error = ask(&wanted, &vars(&[]), &[]).await.unwrap_err();
    assert_eq!((error.diagnosis().code, error.passed_over.len()), ("DISC-008", 0));
}

#[tokio::test]
async fn a_search_can_be_made_by_a_task_of_any_thread() {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    let (vars, dns) = (vars(&[]), Dns::system());
    let error = sendable(resolve(&Wanted::named("users"), &Sources::new(&vars, &dns))).await.unwrap_err();
    assert_eq!((&error.reason, error.diagnosis().code), (&Reason::Nowhere, "DISC-001"));
}
