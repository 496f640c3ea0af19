//! A database, asked by the room that speaks its protocol.

use crate::service::{ANSWER, CONNECT, card, expand, limit, with_effect};
use bootproof_core::{Card, Criticality, Cx, Diagnosis, Identity, Phase, Service, mask_url};

/// A PostgreSQL, MySQL or SQLite database that must let us in and answer. A SQLite file that does not exist yet is not a
/// failure: whoever writes first creates it.
pub struct DatabaseService {
    card: Card,
    url: String,
}

impl DatabaseService {
    /// Service `database.<name>`. `url` is a template for a database URL; when its scheme is written out, the card's kind says
    /// which database it is.
    pub fn new(name: &str, url: impl Into<String>, criticality: Criticality) -> Self {
        let url = url.into();
        let (kind, title) = kind(&url);
        Self { card: card("database", name, kind, title, criticality), url }
    }

    async fn ask(&self, cx: &Cx) -> Result<Identity, Diagnosis> {
        let url = expand(cx, &self.url)?;
        let look = cx.look(format!("logged in to `{}` and asked who answers", mask_url(url.reveal())));
        let identity = bootproof_db::ping(&url, limit(cx, CONNECT + ANSWER)).await?;
        look.saw(identity.as_str());
        Ok(Identity(identity))
    }
}

/// Kind and title by the scheme, when the template begins with one.
fn kind(template: &str) -> (&'static str, &'static str) {
    match template.split(':').next().unwrap_or_default() {
        "postgres" | "postgresql" => ("postgres", "PostgreSQL"),
        "mysql" | "mariadb" => ("mysql", "MySQL"),
        "sqlite" => ("sqlite", "SQLite"),
        _ => ("database", "Database"),
    }
}

impl Service for DatabaseService {
    fn card(&self) -> &Card {
        &self.card
    }

    fn probe<'a>(&'a self, cx: &'a Cx) -> Phase<'a, Identity> {
        Box::pin(async move { self.ask(cx).await.map_err(|diagnosis| with_effect(&self.card, diagnosis)) })
    }
}
