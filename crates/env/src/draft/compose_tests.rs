use super::*;

const MAP: &str = "
name: shop
x-common: &common
  DEBUG: \"false\"
services:
  api:
    build: .
    environment:
      <<: *common
      PORT: 8000
      MODE: 0755
      DATABASE_URL: postgres://app:${DB_PASSWORD}@db/app
      TOKEN:
    env_file:
      - .env
      - path: local.env
        required: false
    ports: ['127.0.0.1:${PORT:-9000}:8000/tcp']
  worker:
    build: { context: . }
    environment: [QUEUE=jobs, 'NOTE=a=b', TOKEN]
    env_file: worker.env
    ports: [{ target: 9100, published: '9100' }]
  db: { image: 'postgres:16' }
  proxy: { image: nginx }
  empty:
";

fn values(service: &Service) -> Vec<(&str, Option<&str>)> {
    service.environment.0.iter().map(|(name, value)| (name.as_str(), value.as_ref().map(Secret::reveal))).collect()
}

#[test]
fn both_forms_of_every_key_are_read() {
    let compose = Compose::parse(MAP).unwrap();
    let own = compose.own();
    assert_eq!(own.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["api", "worker"]);
    let (api, worker) = (own[0].1, own[1].1);
    let mut api_values = values(api);
    api_values.sort_unstable();
    let url = ("DATABASE_URL", Some("postgres://app:${DB_PASSWORD}@db/app"));
    assert_eq!(
        api_values,
        [url, ("DEBUG", Some("false")), ("MODE", Some("0755")), ("PORT", Some("8000")), ("TOKEN", None)]
    );
    assert_eq!(values(worker), [("QUEUE", Some("jobs")), ("NOTE", Some("a=b")), ("TOKEN", None)]);
    assert_eq!(api.env_files().collect::<Vec<_>>(), [".env", "local.env"]);
    assert_eq!(worker.env_files().collect::<Vec<_>>(), ["worker.env"]);
    assert_eq!((api.port(), worker.port()), (Some(8000), Some(9100)));
    assert_eq!(compose.servers(), [("db", Server::Postgres)]);
    assert_eq!((compose.others(), compose.len(), compose.name.as_deref()), (vec!["proxy"], 5, Some("shop")));
}

#[test]
fn without_a_build_the_unknown_images_are_the_projects_own() {
    let compose = Compose::parse("services: { a: { image: acme/chat }, b: { image: redis } }").unwrap();
    assert_eq!(compose.own().len(), 1);
    assert_eq!(Compose::parse("services:\n").unwrap_or_default().len(), 0);
}

#[test]
fn a_broken_file_is_told_by_its_line_and_without_its_text() {
    for text in [
        "services:\n  a:\n    environment: hunter2-planted\n",
        "services:\n  a: [hunter2-planted\n b",
        "a: b: hunter2-planted",
    ] {
        let error = Compose::parse(text).unwrap_err().to_string();
        assert!(error.contains("line ") && !error.contains("planted"), "{error}");
    }
}

#[test]
fn references_of_both_forms_are_found() {
    assert_eq!(references("a: ${A:-b} $B ${C?x} $$ ${D}"), ["A", "B", "C", "D"]);
}
