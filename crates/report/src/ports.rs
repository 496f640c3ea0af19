//! The published ports, for `bootproof ports`: one document, as JSON, as a table, and as lines `NAME=value`.

use crate::{
    page::{Ink, Page, Style, wide},
    time::rfc3339,
};
use serde::{Serialize, Serializer};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    time::Duration,
};

/// The version of this document. It changes when a field is removed or changes its meaning.
pub const PORTS_SCHEMA_VERSION: u32 = 1;

/// The published ports whose programs live.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PortsList {
    /// [`PORTS_SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The folder that was read.
    pub ledger: String,
    /// Oldest first.
    pub ports: Vec<PublishedPort>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

/// A published port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishedPort {
    /// The service.
    pub service: String,
    /// The port's name.
    pub name: String,
    /// `tcp` or `udp`.
    pub protocol: &'static str,
    /// Where it listens, IPv4 first.
    pub addresses: Vec<SocketAddr>,
    /// Where to connect to.
    pub reach: Option<SocketAddr>,
    /// The same with its scheme, when it has one.
    pub url: Option<String>,
    /// The id of the start that published it.
    pub instance: String,
    /// The environment of that start.
    pub environment: Option<String>,
    /// The folder of its project.
    pub project: Option<String>,
    /// `held`, `releasing` or `handed over`.
    pub state: &'static str,
    /// The process that published it.
    pub owner: u32,
    /// The program that has it, when it was handed over.
    pub program: Option<u32>,
    /// Whether that is in another container or machine, so that nobody here can say whether it lives.
    pub elsewhere: bool,
    /// When it was published, in RFC 3339.
    #[serde(serialize_with = "as_moment")]
    pub since: Duration,
}

fn as_moment<S: Serializer>(since: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&rfc3339(*since))
}

impl PortsList {
    /// The document.
    pub fn json(&self) -> String {
        // serde_json refuses only maps whose keys are not text; there are none.
        serde_json::to_string_pretty(self).expect("this document can be written as JSON") + "\n"
    }

    /// A table: what, where, how far, whose, since when.
    pub fn text(&self, style: &Style) -> String {
        let mut page = Page::new(style);
        if self.ports.is_empty() {
            let text = format!("no program that lives has published a port (looked in {})", self.ledger);
            page.fill(&[], Ink::Plain, &text);
        } else {
            let heads = ["PORT", "WHERE", "STATE", "PID", "SINCE"].map(str::to_owned);
            let rows: Vec<_> = [heads].into_iter().chain(self.ports.iter().map(PublishedPort::cells)).collect();
            let widths: [usize; 5] =
                std::array::from_fn(|n| rows.iter().map(|row| wide(&page.clean(&row[n]))).max().unwrap_or(0));
            for (n, row) in rows.iter().enumerate() {
                write_row(&mut page, row, widths, n == 0);
            }
        }
        for note in &self.notes {
            page.gap();
            page.fill(&[Ink::Warn.on("! ")], Ink::Plain, note);
        }
        page.finish()
    }

    /// Lines that a shell or a .env file reads: `CHAT_API_HOST=127.0.0.1`, `_PORT` and `_URL`; the same without the service where only
    /// one has a port of that name. Of several instances of one port the youngest is written.
    pub fn env(&self) -> String {
        let mut values: BTreeMap<String, &PublishedPort> = BTreeMap::new();
        for port in &self.ports {
            values.insert(variable(&format!("{}_{}", port.service, port.name)), port);
        }
        for port in values.clone().into_values() {
            let of_that_name = values.values().filter(|other| variable(&other.name) == variable(&port.name));
            let services: BTreeSet<_> = of_that_name.map(|other| &other.service).collect();
            if services.len() == 1 {
                values.entry(variable(&port.name)).or_insert(port);
            }
        }
        values.into_iter().flat_map(|(name, port)| port.lines(&name)).collect()
    }
}

impl PublishedPort {
    fn cells(&self) -> [String; 5] {
        let place = self.reach.map(|at| at.to_string()).unwrap_or_default();
        let place = match self.protocol {
            "tcp" => self.url.clone().unwrap_or(place),
            protocol => format!("{place}/{protocol}"),
        };
        let elsewhere = if self.elsewhere { ", elsewhere" } else { "" };
        let state = format!("{}{elsewhere}", self.state);
        let pid = self.program.unwrap_or(self.owner).to_string();
        [format!("{}/{}", self.service, self.name), place, state, pid, rfc3339(self.since)]
    }

    fn lines(&self, name: &str) -> Vec<String> {
        let Some(at) = self.reach else { return vec![] };
        let mut lines = vec![format!("{name}_HOST={}\n", at.ip()), format!("{name}_PORT={}\n", at.port())];
        lines.extend(self.url.iter().map(|url| format!("{name}_URL={url}\n")));
        lines
    }
}

fn write_row(page: &mut Page<'_>, row: &[String; 5], widths: [usize; 5], is_head: bool) {
    let mut line = vec![];
    for (n, (text, width)) in row.iter().zip(widths).enumerate() {
        let text = page.clean(text).into_owned();
        let blanks = " ".repeat(width.saturating_sub(wide(&text)) + 2);
        let ink = match n {
            _ if is_head => Ink::Dim,
            0 => Ink::Bold,
            1 => Ink::Plain,
            _ => Ink::Dim,
        };
        line.push(ink.on(text + &blanks));
    }
    page.line(&line);
}

/// The name of a variable: capitals, digits and `_`, and no digit first.
fn variable(text: &str) -> String {
    let letters = text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
    let name: String = letters.collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(service: &str, name: &str, at: &str) -> PublishedPort {
        let at: SocketAddr = at.parse().unwrap();
        PublishedPort {
            service: service.into(),
            name: name.into(),
            protocol: "tcp",
            addresses: vec![at],
            reach: Some(at),
            url: Some(format!("http://{at}")),
            instance: "019ab2c4-0000-7000-8000-000000000000".into(),
            environment: Some("development".into()),
            project: None,
            state: "held",
            owner: 12,
            program: None,
            elsewhere: false,
            since: Duration::from_millis(1_763_930_000_000),
        }
    }

    fn list(ports: Vec<PublishedPort>) -> PortsList {
        PortsList { schema_version: 1, ledger: "/state/ports".into(), ports, notes: vec![] }
    }

    #[test]
    fn the_table_lines_up_and_says_how_far_each_port_is() {
        let mut other = port("shop", "metrics", "[::1]:9100");
        (other.url, other.protocol, other.program, other.state) = (None, "udp", Some(77), "handed over");
        other.elsewhere = true;
        let text = list(vec![port("chat", "api", "127.0.0.1:8000"), other]).text(&Style::default());
        insta::assert_snapshot!(text, @r"
        PORT          WHERE                  STATE                   PID  SINCE
        chat/api      http://127.0.0.1:8000  held                    12   2025-11-23T20:33:20.000Z
        shop/metrics  [::1]:9100/udp         handed over, elsewhere  77   2025-11-23T20:33:20.000Z
        ");
    }

    #[test]
    fn an_empty_list_says_where_was_looked_and_notes_are_told() {
        let mut list = list(vec![]);
        list.notes.push("the ledger was set aside".into());
        let text = list.text(&Style::default());
        assert_eq!(
            text,
            "no program that lives has published a port (looked in /state/ports)\n\n! the ledger was set aside\n"
        );
        assert_eq!(list.env(), "");
    }

    #[test]
    fn variables_are_named_by_service_and_port_and_shorter_where_that_is_clear() {
        let ports = vec![
            port("chat", "api", "127.0.0.1:8000"),
            port("chat", "api", "127.0.0.1:8001"),
            port("my-shop", "api", "[::1]:9000"),
            port("my-shop", "2fa", "127.0.0.1:9001"),
        ];
        insta::assert_snapshot!(list(ports).env(), @r"
        CHAT_API_HOST=127.0.0.1
        CHAT_API_PORT=8001
        CHAT_API_URL=http://127.0.0.1:8001
        MY_SHOP_2FA_HOST=127.0.0.1
        MY_SHOP_2FA_PORT=9001
        MY_SHOP_2FA_URL=http://127.0.0.1:9001
        MY_SHOP_API_HOST=::1
        MY_SHOP_API_PORT=9000
        MY_SHOP_API_URL=http://[::1]:9000
        _2FA_HOST=127.0.0.1
        _2FA_PORT=9001
        _2FA_URL=http://127.0.0.1:9001
        ");
    }

    #[test]
    fn a_name_that_moves_the_cursor_is_made_visible() {
        let text = list(vec![port("chat\u{1b}[2J", "api", "127.0.0.1:8000")]).text(&Style::default());
        assert!(!text.contains('\u{1b}'), "{text:?}");
        assert!(!list(vec![port("a\nB=1", "x", "127.0.0.1:1")]).env().contains("\nB="));
    }
}
