//! ClickHouse over HTTP: up (`/ping`), lets us in, has our database, and answers a query.

use crate::{
    answer::Answer,
    diagnose, exception, exchange,
    service::{card, expand, with_effect},
    speaks::Speaks,
    status,
    target::Target,
};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Secret, Service};
use hyper::{Method, header::HeaderValue};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What is asked: nothing that a user without any grant could not ask. Sent with POST, because ClickHouse makes every GET
/// read-only by itself and would answer so.
const QUERY: &str = "SELECT version(), currentDatabase(), \
                     (SELECT value FROM system.settings WHERE name = 'readonly') FORMAT TabSeparated";

/// A ClickHouse server, asked over HTTP with the URL's user, password and database.
pub struct ClickHouseService {
    card: Card,
    url: String,
    trusted: Vec<Vec<u8>>,
    writes: bool,
}

impl ClickHouseService {
    /// Service `clickhouse.<name>`. `url` is a template for `http[s]://[user[:password]@]host[:port][/database]`; the database
    /// may stand in `?database=` too.
    pub fn new(name: &str, url: impl Into<String>, criticality: Criticality) -> Self {
        let card = card("clickhouse", name, "clickhouse", "ClickHouse", criticality);
        Self { card, url: url.into(), trusted: vec![], writes: false }
    }

    /// Demands that we may write: a read-only user is a failure then, and not only told.
    pub fn writing(mut self) -> Self {
        self.writes = true;
        self
    }

    /// Trusts this authority too, a certificate in DER, besides those that Mozilla trusts.
    pub fn trusting(mut self, authority: impl Into<Vec<u8>>) -> Self {
        self.trusted.push(authority.into());
        self
    }

    async fn ask(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let target = Target::parse(&self.url, &expand(cx, &self.url)?)?;
        let ping = exchange::question(&target, Method::GET, "/ping", "")?;
        let answer = exchange::ask(cx, &target, &self.trusted, ping).await?;
        is_clickhouse(&target, &answer)?;
        let database = database(&target);
        let mut query = exchange::question(&target, Method::POST, &path(&database), QUERY)?;
        let login = [("x-clickhouse-user", &target.user), ("x-clickhouse-key", &target.password)];
        for (name, secret) in login.into_iter().filter(|(_, secret)| !secret.reveal().is_empty()) {
            query.headers_mut().insert(name, header(&self.url, secret)?);
        }
        let answer = exchange::ask(cx, &target, &self.trusted, query).await?;
        self.judge(&target, &database, &answer)
    }

    fn judge(&self, target: &Target, database: &str, answer: &Answer) -> Result<Identity, Diagnosis> {
        if let Some(diagnosis) = exception::diagnose(target, database, answer) {
            return Err(diagnosis);
        }
        if answer.status != 200 {
            return Err(status::unaccepted(target, answer));
        }
        if !answer.whole {
            return Err(diagnose::reset(&target.address).why("the answer to the query broke off"));
        }
        let fields: Vec<_> = answer.body.trim_end().split('\t').collect();
        let [version, database, readonly] = fields[..] else {
            return Err(another(target, "its answer to a query is not ClickHouse's".into()));
        };
        if readonly == "0" {
            return Ok(Identity(format!("ClickHouse {version}, database {database}")));
        }
        if self.writes {
            return Err(exception::read_only(target).why(format!("its setting `readonly` is {readonly} for us")));
        }
        Ok(Identity(format!("ClickHouse {version}, database {database}, read-only")))
    }
}

/// The database that the URL names; empty for the user's own.
fn database(target: &Target) -> String {
    let named = target.url.query_pairs().find(|(name, _)| name == "database");
    match named {
        Some((_, database)) => database.into_owned(),
        None => percent_decode_str(target.url.path().trim_matches('/')).decode_utf8_lossy().into_owned(),
    }
}

/// The database goes into the URL: servers before 20 do not know the header for it, and it is no secret.
fn path(database: &str) -> String {
    if database.is_empty() {
        return "/".into();
    }
    format!("/?database={}", utf8_percent_encode(database, NON_ALPHANUMERIC))
}

fn header(template: &str, secret: &Secret) -> Result<HeaderValue, Diagnosis> {
    let mut value = HeaderValue::try_from(secret.reveal()).map_err(|_| {
        let why = "its user or password holds a control character, which HTTP cannot carry";
        diagnose::unusable(&crate::hide::template(template), why)
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_clickhouse(target: &Target, ping: &Answer) -> Result<(), Diagnosis> {
    match (ping.status, ping.body.trim()) {
        (200, "Ok.") => Ok(()),
        (_, body) if Speaks::confessed(body) == Some(Speaks::ClickHouseNative) => Err(native(target)),
        (401 | 403 | 429 | 500..=599, _) => Err(status::unaccepted(target, ping)),
        (status, _) => Err(another(target, format!("it answers `/ping` with HTTP {status} and not with `Ok.`"))),
    }
}

fn native(target: &Target) -> Diagnosis {
    Diagnosis::new("CH-003", format!("`{}` is ClickHouse's native port, not its HTTP port", target.address))
        .why("it answers HTTP by saying so")
        .action("use the HTTP port: 8123, or 8443 with TLS, unless its configuration says otherwise")
        .configuration()
}

fn another(target: &Target, why: String) -> Diagnosis {
    Diagnosis::new("CH-007", format!("`{}` speaks HTTP, but is not ClickHouse", target.address))
        .why(why)
        .action("correct host and port; a proxy before ClickHouse must pass `/ping` on")
        .configuration()
}

impl Service for ClickHouseService {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(async move { self.ask(cx).await.map_err(|diagnosis| with_effect(&self.card, diagnosis)) })
    }
}
