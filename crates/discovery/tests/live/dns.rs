//! DNS records of a real server, and servers that do not answer.

use crate::{dnsmasq::Dnsmasq, server};
use bootproof_core::{Seed, Vars};
use bootproof_discovery::{Check, Dns, DnsError, Source, Sources, Wanted, resolve};
use std::{
    collections::BTreeSet,
    net::UdpSocket,
    time::{Duration, Instant},
};

fn srv(record: &str) -> String {
    format!("--srv-host=_http._tcp.users.internal,{record}")
}

#[tokio::test]
async fn srv_records_are_tried_by_priority_and_dead_ones_are_told() {
    let alive = server::answering("200 OK", "users").await;
    let (port, dead) = (alive.address.port(), bootproof_testkit::free_port());
    let dnsmasq = Dnsmasq::start(&[
        srv(&format!("far.internal,{port},20")),
        srv(&format!("near.internal,{dead},10")),
        "--host-record=near.internal,127.0.0.1".into(),
        "--host-record=far.internal,127.0.0.1".into(),
    ])
    .await;
    let (dns, vars) = (dnsmasq.dns(), Vars::default());
    let wanted = Wanted {
        dns: Some("_http._tcp.users.internal".into()),
        scheme: Some("http".into()),
        check: Check::Http { path: "/".into() },
        identity: Some("users".into()),
        ..Wanted::named("users")
    };
    let found = resolve(&wanted, &Sources::new(&vars, &dns)).await.unwrap();
    assert_eq!(found.source, Source::Srv("_http._tcp.users.internal".into()));
    assert_eq!(found.endpoint.to_string(), format!("http://far.internal:{port}"));
    assert_eq!(found.identity.unwrap(), "its answer contains `users`");
    let told = found.passed_over.last().unwrap().to_string();
    assert!(told.starts_with(&format!("DNS SRV `_http._tcp.users.internal`: near.internal:{dead} is dead")), "{told}");
}

#[tokio::test]
async fn weights_share_the_first_try_by_the_seed() {
    let one = server::answering("200 OK", "").await;
    let other = server::answering("200 OK", "").await;
    let dnsmasq = Dnsmasq::start(&[
        srv(&format!("one.internal,{},10,50", one.address.port())),
        srv(&format!("other.internal,{},10,50", other.address.port())),
        "--host-record=one.internal,127.0.0.1".into(),
        "--host-record=other.internal,127.0.0.1".into(),
    ])
    .await;
    let (dns, vars) = (dnsmasq.dns(), Vars::default());
    let wanted = Wanted { dns: Some("_http._tcp.users.internal".into()), ..Wanted::named("users") };
    let mut first = BTreeSet::new();
    for seed in 0..12 {
        let sources = Sources { seed: Seed(seed), ..Sources::new(&vars, &dns) };
        first.insert(resolve(&wanted, &sources).await.unwrap().endpoint.host);
    }
    assert_eq!(first.into_iter().collect::<Vec<_>>(), ["one.internal", "other.internal"]);
}

#[tokio::test]
async fn both_families_of_a_name_are_raced() {
    // Only IPv6 listens; the name has an IPv4 address as well, which refuses.
    let alive = server::answering_at("[::1]:0", "200 OK", "").await;
    let dnsmasq = Dnsmasq::start(&["--host-record=both.internal,127.0.0.1,::1".into()]).await;
    let (dns, vars) = (dnsmasq.dns(), Vars::default());
    let dns_name = format!("both.internal:{}", alive.address.port());
    let wanted = Wanted { dns: Some(dns_name.clone()), ..Wanted::named("users") };
    let found = resolve(&wanted, &Sources::new(&vars, &dns)).await.unwrap();
    assert_eq!((found.address, found.source), (Some(alive.address), Source::Address(dns_name)));
    assert_eq!(dns.addresses("both.internal").await.unwrap().len(), 2);
}

#[tokio::test]
async fn names_that_do_not_exist_are_told_from_servers_that_do_not_answer() {
    let dnsmasq = Dnsmasq::start(&["--host-record=a.internal,127.0.0.1".into()]).await;
    let dns = dnsmasq.dns();
    let unknown = dns.addresses("b.internal").await.unwrap_err();
    assert_eq!(unknown, DnsError::Unknown { kind: "A or AAAA", name: "b.internal".into() });
    let without = dns.servers("a.internal").await.unwrap_err();
    assert_eq!(without, DnsError::Unknown { kind: "SRV", name: "a.internal".into() });

    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let dns = Dns::server(silent.local_addr().unwrap());
    let began = Instant::now();
    let error = dns.addresses("a.internal").await.unwrap_err();
    assert!(matches!(error, DnsError::Silent { .. }), "{error:?}");
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_service_that_dns_declares_to_be_offered_nowhere_is_not_there() {
    let dnsmasq = Dnsmasq::start(&["--srv-host=_http._tcp.users.internal".into()]).await;
    let error = dnsmasq.dns().servers("_http._tcp.users.internal").await.unwrap_err();
    assert!(matches!(error, DnsError::Unknown { .. }), "{error:?}");
}

#[tokio::test]
async fn numbers_and_localhost_ask_nobody() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let dns = Dns::server(silent.local_addr().unwrap());
    assert_eq!(dns.addresses("10.0.0.7").await.unwrap().len(), 1);
    assert_eq!(dns.addresses("LocalHost").await.unwrap().len(), 2);
}

#[tokio::test]
async fn nothing_is_remembered_whatever_the_server_says_of_its_answers_age() {
    let record = |ip: &str| ["--local-ttl=600".to_owned(), format!("--host-record=a.internal,{ip}")];
    let before = Dnsmasq::start(&record("127.0.0.1")).await;
    let (dns, port) = (before.dns(), before.address.port());
    assert_eq!(dns.addresses("a.internal").await.unwrap()[0].to_string(), "127.0.0.1");
    drop(before);
    let _after = Dnsmasq::start_at(port, &record("127.0.0.2")).await;
    assert_eq!(dns.addresses("a.internal").await.unwrap()[0].to_string(), "127.0.0.2");
}
