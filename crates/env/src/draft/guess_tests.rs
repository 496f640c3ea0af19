use super::*;
use crate::draft::fact::Seen;
use bootproof_core::Secret;

fn fact(name: &str, values: &[&str], origin: Origin) -> Fact {
    let values = values.iter().map(|text| Seen { text: Secret::new(*text), origin, whole: true }).collect();
    Fact { name: name.to_owned(), values, ..Fact::default() }
}

fn guessed(name: &str, values: &[&str]) -> String {
    let variable = guess(&fact(name, values, Origin::Example));
    match variable.kind {
        Type::Url { schemes } if !schemes.is_empty() => format!("url {}", schemes.join(" ")),
        kind => kind.word().to_owned(),
    }
}

#[test]
fn names_and_values_suggest_types() {
    for (name, values, kind) in [
        ("PORT", &[][..], "port"),
        ("SMTP_PORT", &["587"], "port"),
        ("API_URL", &["https://api.example.com"], "url http https"),
        ("BROKER_URL", &["amqp://guest@mq/"], "url amqp"),
        ("CALLBACK_URL", &[], "url"),
        ("REQUEST_TIMEOUT", &["30s"], "duration"),
        ("SESSION_TTL", &["15m"], "duration"),
        ("REQUEST_TIMEOUT", &["30"], "int"),
        ("REQUEST_TIMEOUT", &[], "string"),
        ("DEBUG", &["1"], "bool"),
        ("SIGN_UP", &["true", "no"], "bool"),
        ("WORKERS", &["4"], "int"),
        ("RATE", &["0.25"], "float"),
        ("MAX_SIZE", &["10MB"], "bytes"),
        ("ADMIN_EMAIL", &["ops@example.com"], "email"),
        ("ALLOWED_HOSTS", &["a.example.com"], "list"),
        ("LANGUAGES", &["de,en"], "list"),
        ("SMTP_HOST", &["mail"], "host"),
        ("BIND_ADDR", &["0.0.0.0:80"], "address"),
        ("DATA_DIR", &["/var/lib/x"], "path"),
        ("LIMITS", &["{\"a\": 1}"], "json"),
        ("TENANT", &["0b1f7a3e-6f1c-4a52-9a59-2d1c5b1f9f10"], "uuid"),
        ("NETWORK", &["10.0.0.0/8"], "cidr"),
        ("GREETING", &["Hello, world"], "string"),
        ("ACCOUNT_ID", &["0042"], "string"),
        ("ACCOUNT_ID", &["42"], "string"),
        ("FROM", &["Shop <a@example.com>"], "string"),
    ] {
        assert_eq!(guessed(name, values), kind, "{name}={values:?}");
    }
}

#[test]
fn a_value_that_contradicts_a_name_wins() {
    assert_eq!(guessed("REPORT", &["80", "eighty"]), "string");
    assert_eq!(guessed("PORT", &["tcp"]), "string");
    assert_eq!(guessed("API_URL", &["/api"]), "string");
    assert_eq!(guessed("API_URL", &["your-api-url", "http://x/"]), "url http https", "a placeholder says nothing");
    assert_eq!(guessed("WORKERS", &["<number>"]), "string");
}

#[test]
fn secrets_are_known_by_their_names_and_what_speaks_about_them_is_not() {
    for name in [
        "API_KEY",
        "SECRET_KEY_BASE",
        "AWS_ACCESS_KEY_ID",
        "GITHUB_TOKEN",
        "SMTP_PASSWORD",
        "SENTRY_DSN",
        "CLIENT_SECRET",
    ] {
        assert_eq!(guessed(name, &["1"]), "secret", "{name}");
    }
    for name in ["TOKEN_TTL", "PASSWORD_MIN_LENGTH", "PASSWORD_RESET_URL", "SECRET_NAME", "MONKEY"] {
        assert_ne!(guessed(name, &[]), "secret", "{name}");
    }
    assert!(looks_generated("sk_live_51Hx8bq2eZvKYlo2C") && looks_generated("postgres://x:3f9a8b7c6d5e4f3a2b1c@h"));
    assert!(!looks_generated("https://api.example.com/v1/users") && !looks_generated("a sentence of many words"));
}

#[test]
fn schemes_are_never_taken_from_a_private_file() {
    let mut one = fact("QUEUE_URL", &["amqps://host/"], Origin::Private);
    assert_eq!(guess(&one).kind, Type::url());
    one.values.push(Seen { text: Secret::new("amqp://x/"), origin: Origin::Compose, whole: false });
    assert_eq!(guess(&one).kind, Type::url(), "the private one has another scheme: any is allowed");
}

#[test]
fn an_address_to_listen_on_may_be_this_machine() {
    assert_eq!(guess(&fact("HOST", &["0.0.0.0"], Origin::Code)).localhost, crate::Environments::ALL);
    assert_eq!(guess(&fact("SMTP_HOST", &["localhost"], Origin::Code)).localhost, crate::Environments::NONE);
}
