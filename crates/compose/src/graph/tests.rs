use super::*;
use crate::{Request, read};
use bootproof_core::Vars;
use std::fs;

fn of(compose: &str) -> Result<Graph, Ring> {
    let folder = tempfile::TempDir::with_prefix("shop").unwrap();
    fs::write(folder.path().join("compose.yaml"), compose).unwrap();
    graph(&read(&Request::new(folder.path(), &Vars::default())).unwrap())
}

fn node(graph: &Graph, name: &str) -> ServiceNode {
    graph.nodes.iter().find(|node| node.service == name).unwrap().clone()
}

const SHOP: &str = r#"
services:
  web:
    image: shop
    ports: ["8080:3000"]
    depends_on:
      db: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
      cache: {condition: service_started, required: false}
    healthcheck: {test: ["CMD", "curl", "-f", "http://localhost:3000/healthz?deep=1"], interval: 5s, timeout: 2s, retries: 4, start_period: 10s}
  migrate:
    image: shop
    depends_on: [db]
  db:
    image: docker.io/library/postgres:16@sha256:0
    ports: ["127.0.0.1:5433:5432"]
    environment: {POSTGRES_USER: me, POSTGRES_PASSWORD: pl4nted}
  cache:
    image: bitnami/valkey
    ports: ["[::1]:6380:6379"]
  worker:
    image: shop
"#;

#[test]
fn each_service_is_asked_in_its_own_protocol_where_it_is_published_and_comes_after_what_it_waits_for() {
    let graph = of(SHOP).unwrap();
    let order: Vec<_> = graph.nodes.iter().map(|node| node.service.as_str()).collect();
    assert_eq!(order, ["cache", "db", "migrate", "web", "worker"]);
    let Some(Ask::Postgres { at, login }) = node(&graph, "db").ask else { panic!() };
    assert_eq!(
        (at.to_string(), login.user.as_deref(), login.database.as_deref()),
        ("127.0.0.1:5433".into(), Some("me"), Some("me"))
    );
    assert_eq!(login.password.unwrap().reveal(), "pl4nted");
    assert!(
        matches!(node(&graph, "cache").ask, Some(Ask::Redis { at, password: None }) if at.to_string() == "[::1]:6380")
    );
    assert_eq!(
        node(&graph, "web").ask,
        Some(Ask::Http { at: "127.0.0.1:8080".parse().unwrap(), path: "/healthz?deep=1".into() })
    );
    assert_eq!(node(&graph, "migrate").ask, Some(Ask::OneShot));
    assert_eq!(graph.silent, [("worker".to_owned(), "it publishes no TCP port".to_owned())]);
    assert!(!format!("{graph:?}").contains("pl4nted"));
}

#[test]
fn edges_keep_their_condition_and_what_nobody_needs_is_required_by_itself() {
    let graph = of(SHOP).unwrap();
    let needs: Vec<_> =
        node(&graph, "web").needs.iter().map(|edge| (edge.service.clone(), edge.condition, edge.required)).collect();
    assert!(needs.contains(&("db".into(), Condition::Healthy, true)));
    assert!(needs.contains(&("cache".into(), Condition::Started, false)));
    let required = |name| node(&graph, name).required;
    assert!(required("db") && required("web") && required("worker") && !required("cache"));
}

#[test]
fn the_health_check_says_how_long_to_wait() {
    let graph = of(SHOP).unwrap();
    assert_eq!(node(&graph, "web").patience, Some(Duration::from_secs(10 + 4 * 7)));
    assert_eq!(node(&graph, "db").patience, None);
}

#[test]
fn what_is_not_known_is_asked_for_a_connection_only() {
    let graph = of("services:\n  a:\n    image: nginx\n    ports: ['8000-8001:90', '80/udp', '0.0.0.0:8081:81']\n  b:\n    image: redis\n    network_mode: host\n  c:\n    image: nginx\n    network_mode: host\n").unwrap();
    assert_eq!(node(&graph, "a").ask, Some(Ask::Tcp { at: "127.0.0.1:8081".parse().unwrap() }));
    assert!(matches!(node(&graph, "b").ask, Some(Ask::Redis { at, .. }) if at.port() == 6379));
    assert_eq!(graph.silent.len(), 1);
}

/// The reader refuses rings itself, so that these are made by hand.
#[test]
fn a_ring_is_refused_with_each_of_its_steps() {
    let folder = tempfile::TempDir::with_prefix("shop").unwrap();
    fs::write(folder.path().join("compose.yaml"), "services:\n  a:\n    image: x\n    depends_on: [b]\n  b:\n    image: x\n    depends_on: [c]\n  c:\n    image: x\n  d:\n    image: x\n    depends_on: [a]\n").unwrap();
    let mut project = read(&Request::new(folder.path(), &Vars::default())).unwrap();
    let back = crate::Dependency { service: "b".into(), ..project.services["a"].depends_on[0].clone() };
    project.services.get_mut("c").unwrap().depends_on.push(back);
    let ring = graph(&project).unwrap_err();
    assert_eq!(ring.steps.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["b", "c"]);
    assert!(ring.to_string().starts_with("services wait for each other: `b` ("), "{ring}");
    assert!(ring.to_string().ends_with("-> `b`"), "{ring}");
}
