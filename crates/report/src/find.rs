//! What came of `bootproof ports find`: one document, as JSON and as text.

use crate::{
    json::Problem,
    page::{Ink, Page, Style},
};
use serde::Serialize;
use std::net::SocketAddr;

/// The version of this document. It changes when a field is removed or changes its meaning.
pub const FIND_SCHEMA_VERSION: u32 = 1;

/// A search for a service by its name.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FindReport {
    /// [`FIND_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The name that was looked for.
    pub name: String,
    /// The exit code of the command.
    pub exit_code: u8,
    /// Where it is.
    pub found: Option<FoundService>,
    /// The sources that were asked before one was taken, and why they were not, in the order of asking.
    pub passed_over: Vec<PassedSource>,
    /// Why nobody was found; its causes tell of every source that was asked.
    pub diagnosis: Option<Problem>,
}

/// A service that was found, and seen alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FoundService {
    /// `host:port`, with a scheme where one is known. Holds no login.
    pub endpoint: String,
    /// The address that answered, where a connection was made to it.
    pub address: Option<SocketAddr>,
    /// Which source said so.
    pub source: String,
    /// Which instance it is, when a registry named it.
    pub instance: Option<String>,
    /// What was seen of its life.
    pub alive: String,
    /// What showed that it is who it claims to be.
    pub identity: Option<String>,
}

/// A source that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassedSource {
    /// Who was asked.
    pub source: String,
    /// Why it was not taken.
    pub why: String,
    /// Whether somebody answered there who is not the one that is wanted.
    pub another: bool,
}

impl FindReport {
    /// The document.
    pub fn json(&self) -> String {
        // serde_json refuses only maps whose keys are not text; there are none.
        serde_json::to_string_pretty(self).expect("this document can be written as JSON") + "\n"
    }

    /// The text of what was found: the endpoint alone in the first line, then what is known of it. Empty when nobody was.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        let Some(found) = &self.found else { return page.finish() };
        page.line(&[Ink::Bold.on(found.endpoint.clone())]);
        let nothing = "nothing showed who answers, as nothing was demanded".to_owned();
        let mut lines = vec![("says", found.source.clone())];
        lines.extend(found.instance.clone().map(|instance| ("which", format!("instance {instance}"))));
        lines.push(("life", format!("it {}", found.alive)));
        lines.push(("who", found.identity.clone().unwrap_or(nothing)));
        lines.extend(self.passed_over.iter().map(|passed| ("not", format!("{}: {}", passed.source, passed.why))));
        for (label, text) in lines {
            page.fill(&[Ink::Dim.on(format!("  {label:<6} "))], Ink::Plain, &text);
        }
        page.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn report() -> FindReport {
        FindReport {
            schema_version: FIND_SCHEMA_VERSION,
            name: "users".into(),
            exit_code: 0,
            found: Some(FoundService {
                endpoint: "http://127.0.0.1:8001".into(),
                address: None,
                source: "local registry".into(),
                instance: Some("019a".into()),
                alive: "accepts connections".into(),
                identity: None,
            }),
            passed_over: vec![PassedSource {
                source: "variable `USERS_URL`".into(),
                why: "it is not set".into(),
                another: false,
            }],
            diagnosis: None,
        }
    }

    #[test]
    fn the_endpoint_stands_alone_in_the_first_line_and_below_it_what_is_known() {
        let text = report().text(&Style::default());
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        assert_eq!(lines[0], "http://127.0.0.1:8001");
        assert_eq!(lines[1..4], ["says   local registry", "which  instance 019a", "life   it accepts connections"]);
        assert!(text.contains("nothing showed who answers") && text.contains("variable `USERS_URL`: it is not set"));
    }

    #[test]
    fn the_document_holds_what_the_text_says() {
        let json: Value = serde_json::from_str(&report().json()).unwrap();
        assert_eq!((&json["schemaVersion"], &json["found"]["source"]), (&1.into(), &"local registry".into()));
        assert_eq!((&json["passedOver"][0]["another"], &json["diagnosis"]), (&false.into(), &Value::Null));
    }
}
