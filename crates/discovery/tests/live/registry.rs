//! Publishing, finding and watching in a real etcd.

use crate::{server, soon::soon};
use base64::{Engine, engine::general_purpose::STANDARD};
use bootproof_core::{Environment, Seed, Vars};
use bootproof_discovery::{
    Check, Dns, Entry, Etcd, EtcdConfig, Machine, Registration, Scope, Source, Sources, Standing, Wanted, Watch,
    resolve,
};
use bootproof_testkit::Etcd as Server;
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

pub const TTL: Duration = Duration::from_secs(2);
pub const PATIENCE: Duration = Duration::from_secs(12);

pub fn config(urls: &[String]) -> EtcdConfig {
    EtcdConfig::new(urls, Scope::new("shop", Environment::Test).unwrap())
}

pub fn client(server: &Server) -> Etcd {
    Etcd::new(config(&[server.url()])).unwrap()
}

pub fn entry(instance: &str, host: &str, number: u16) -> Entry {
    Entry {
        service: "users".into(),
        port: "http".into(),
        instance: instance.into(),
        host: host.into(),
        number,
        scheme: None,
        owner: Machine { host: "test".into(), pid: std::process::id() },
    }
}

/// An entry of this machine by its name in `/etc/hosts` or DNS would be loopback; 10.0.0.1 is nobody's business here.
pub fn far(instance: &str) -> Entry {
    entry(instance, "10.0.0.1", 80)
}

pub async fn publish(etcd: &Etcd, entries: Vec<Entry>) -> Registration {
    let registration = Registration::start(etcd, entries, TTL, PATIENCE).await.unwrap();
    assert!(registration.standing().is_published(), "{:?}", registration.standing());
    registration
}

/// Puts a question to etcd as somebody else would.
pub fn raw(server: &Server, path: &str, question: &Value) -> Value {
    raw_as(server, "", path, question)
}

/// The same with the token of a login.
pub fn raw_as(server: &Server, token: &str, path: &str, question: &Value) -> Value {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    let body = question.to_string();
    let login = if token.is_empty() { String::new() } else { format!("Authorization: {token}\r\n") };
    let head = format!("POST {path} HTTP/1.0\r\n{login}Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"))
}

pub fn put(server: &Server, key: &str, value: &str) {
    raw(server, "/v3/kv/put", &json!({ "key": STANDARD.encode(key), "value": STANDARD.encode(value) }));
}

pub async fn instances(etcd: &Etcd) -> Vec<String> {
    etcd.list(Some("users")).await.unwrap().entries.into_iter().map(|entry| entry.instance).collect()
}

fn seen(watch: &Watch) -> Vec<String> {
    watch.view().entries().map(|entry| entry.instance.clone()).collect()
}

pub async fn sees(watch: &Watch, instances: &[&str]) {
    let what = format!("the watch sees {instances:?}");
    soon(&what, PATIENCE, || async { (watch.view().in_touch && seen(watch) == instances).then_some(()) }).await;
}

/// An address of this machine that is not loopback, for services that etcd may name.
pub fn own_address() -> String {
    let own = bootproof_discovery::interfaces();
    let fit = own.iter().find(|ip| ip.is_ipv4() && !ip.is_loopback());
    fit.expect("a machine with an address beside loopback").to_string()
}

#[tokio::test]
async fn what_is_published_is_found_shown_alive_and_gone_at_the_end() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let host = own_address();
    let users = server::answering_at(&format!("{host}:0"), "200 OK", "users").await;
    let there = Entry { scheme: Some("http".into()), ..entry("a", &host, users.address.port()) };
    let registration = publish(&etcd, vec![there]).await;

    let (vars, dns) = (Vars::default(), Dns::system());
    let wanted =
        Wanted { check: Check::Http { path: "/".into() }, identity: Some("users".into()), ..Wanted::named("users") };
    let sources = Sources { etcd: Some(&etcd), ..Sources::new(&vars, &dns) };
    let found = resolve(&wanted, &sources).await.unwrap();
    assert_eq!((found.source.clone(), found.instance.as_deref()), (Source::Etcd, Some("a")));
    assert_eq!(found.endpoint.to_string(), format!("http://{}", users.address));

    registration.end().await;
    let error = resolve(&wanted, &sources).await.unwrap_err();
    assert!(error.diagnosis().to_string().contains("etcd: it knows no `users`"), "{}", error.diagnosis());
}

#[tokio::test]
async fn a_dead_instance_is_told_and_a_living_one_is_taken_whatever_the_seed_is() {
    let server = Server::start().await.unwrap();
    let (etcd, host) = (client(&server), own_address());
    let users = server::answering_at(&format!("{host}:0"), "200 OK", "").await;
    let dead = entry("dead", &host, bootproof_testkit::free_port());
    let registration = publish(&etcd, vec![dead, entry("alive", &host, users.address.port())]).await;
    let (vars, dns, mut told) = (Vars::default(), Dns::system(), 0);
    for seed in 0..8 {
        let sources = Sources { etcd: Some(&etcd), seed: Seed(seed), ..Sources::new(&vars, &dns) };
        let found = resolve(&Wanted::named("users"), &sources).await.unwrap();
        assert_eq!(found.instance.as_deref(), Some("alive"));
        told += usize::from(found.passed_over.iter().any(|passed| passed.why.starts_with("instance `dead`:")));
    }
    assert!((1..8).contains(&told), "the seed decides who is asked first: {told}");
    registration.end().await;
}

#[tokio::test]
async fn other_scopes_and_longer_names_are_not_seen() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let other = |namespace, environment| {
        let scope = Scope::new(namespace, environment).unwrap();
        Etcd::new(EtcdConfig::new([server.url()], scope)).unwrap()
    };
    let (project, production) = (other("shop2", Environment::Test), other("shop", Environment::Production));
    let longer = Entry { service: "users2".into(), ..far("longer") };
    let one = publish(&etcd, vec![far("ours"), longer]).await;
    let two = publish(&project, vec![far("project")]).await;
    let three = publish(&production, vec![far("production")]).await;
    assert_eq!(instances(&etcd).await, ["ours"]);
    assert_eq!(etcd.list(None).await.unwrap().entries.len(), 2);
    for registration in [one, two, three] {
        registration.end().await;
    }
}

#[tokio::test]
async fn loopback_is_not_published() {
    let server = Server::start().await.unwrap();
    let started = Registration::start(&client(&server), vec![entry("a", "127.0.0.1", 80)], TTL, PATIENCE).await;
    let error = started.unwrap_err();
    assert!(error.contains("a loopback address leads every machine to itself"), "{error}");
}

#[tokio::test]
async fn a_watch_sees_entries_come_and_go_and_ends_with_its_handle() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let one = publish(&etcd, vec![far("a")]).await;
    let mut watch = Watch::start(&etcd, Some("users"));
    sees(&watch, &["a"]).await;
    let two = publish(&etcd, vec![far("b")]).await;
    let both = async { while watch.changed().await.entries().count() != 2 {} };
    tokio::time::timeout(PATIENCE, both).await.expect("the watch tells of the second one");
    one.end().await;
    sees(&watch, &["b"]).await;
    assert_eq!((watch.view().reconnects, watch.view().compactions), (0, 0));
    drop(watch);
    drop(two);
    // Dropping gives the lease back, too, although nobody waits for it.
    let left = || async { instances(&etcd).await.is_empty().then_some(()) };
    soon("the dropped registration is gone before its lease", TTL, left).await;
}

#[tokio::test]
async fn an_entry_of_a_process_that_says_nothing_more_is_gone_after_the_lease() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    // A runtime that ends takes its tasks with it, as a killed process would.
    let other = etcd.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let registration = runtime.block_on(publish(&other, vec![far("a")]));
        drop(runtime);
        drop(registration);
    })
    .join()
    .unwrap();
    assert_eq!(instances(&etcd).await, ["a"]);
    let gone = || async { instances(&etcd).await.is_empty().then_some(()) };
    soon("the lease runs out", PATIENCE, gone).await;
}

#[tokio::test]
async fn what_somebody_deletes_or_overwrites_comes_back() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let registration = publish(&etcd, vec![far("a")]).await;
    let key = "/bootproof/v1/shop/test/users/http/a";
    put(&server, key, "hunter2");
    let listing = etcd.list(None).await.unwrap();
    assert_eq!((listing.entries.len(), listing.strange.len()), (0, 1));
    let back = || async { (instances(&etcd).await == ["a"]).then_some(()) };
    soon("the overwritten entry is back", PATIENCE, back).await;
    raw(&server, "/v3/kv/deleterange", &json!({ "key": STANDARD.encode(key) }));
    soon("the deleted entry is back", PATIENCE, back).await;
    registration.end().await;
}

#[tokio::test]
async fn corrupt_and_foreign_values_are_told_and_nothing_else_suffers() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let registration = publish(&etcd, vec![far("good")]).await;
    let watch = Watch::start(&etcd, Some("users"));
    let prefix = "/bootproof/v1/shop/test/users";
    put(&server, &format!("{prefix}/http/corrupt"), "{\"v\":1,hunter2");
    put(&server, &format!("{prefix}/http/huge"), &"x".repeat(100_000));
    put(&server, &format!("{prefix}/http/binary"), "\0\u{1b}[2J");
    put(&server, &format!("{prefix}/deep/er/key"), "{}");
    let listing = etcd.list(Some("users")).await.unwrap();
    assert_eq!((listing.entries.len(), listing.strange.len()), (1, 4));
    let told: Vec<_> = listing.strange.iter().map(|strange| strange.diagnosis().to_string()).collect();
    assert!(told.iter().all(|text| text.starts_with("DISC-010") && !text.contains("hunter2")), "{told:?}");
    let strange = || async { (watch.view().strange().count() == 4).then_some(()) };
    soon("the watch tells the strange ones", PATIENCE, strange).await;
    assert_eq!(watch.view().entries().count(), 1);
    registration.end().await;
}

#[tokio::test]
async fn a_start_waits_for_etcd_no_longer_than_its_limit_and_publishes_when_it_comes() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    server.kill().await;
    let began = std::time::Instant::now();
    let limit = Duration::from_millis(300);
    let mut registration = Registration::start(&etcd, vec![far("a")], TTL, limit).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let standing = registration.standing();
    assert!(matches!(&standing, Standing::Trying { why: Some(_) }), "{standing:?}");
    assert_eq!(standing.diagnosis().unwrap().code, "DISC-004");
    server.restart().await.unwrap();
    while !registration.standing().is_published() {
        assert!(registration.changed().await);
    }
    assert_eq!(instances(&etcd).await, ["a"]);
    registration.end().await;
}
