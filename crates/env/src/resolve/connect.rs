//! A URL and its parts become one value, or are told to disagree.

use super::{Resolver, Set, State, from_parts};
use crate::{Connection, ConnectionParts, Schema, Server, Type, Typed, problem::Breach, read, rules, suspicious};
use bootproof_core::{Secret, SecretBuilder};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What need not be encoded in user, password and path: RFC 3986's unreserved characters.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl<'a> Resolver<'a> {
    /// Makes the URL at `at`, if it is the URL of a connection, one with its parts. It is being looked at: what refers to it
    /// gets what comes of this.
    pub(super) fn connect(&mut self, at: usize) {
        let schema: &'a Schema = self.schema;
        let url = &schema.variables[at].name;
        for connection in schema.connections.iter().filter(|connection| connection.url == *url) {
            for part in connection.names().filter(|name| *name != url) {
                let Some(part) = self.index.declared(part) else { continue };
                if matches!(self.states[part], State::Doing) {
                    let ring = vec![url.clone(), schema.variables[part].name.clone()];
                    self.states[at] = State::Failed(self.note_ring(at, url, ring, None));
                }
                self.look_at(part);
            }
            if let Some(by) = connection.names().find_map(|name| self.culprit(name)).map(str::to_owned) {
                self.fail_unset(at, by);
                continue;
            }
            match self.url_that_is_set(&connection.url) {
                Some(url) => self.compare(connection, &url),
                None => self.put_together(connection),
            }
        }
    }

    /// The URL at `at` has no value, and `by` is to blame; one that is set or has a default keeps it.
    fn fail_unset(&mut self, at: usize, by: String) {
        if matches!(self.states[at], State::Done(None)) {
            self.states[at] = State::Failed(by);
        }
    }

    /// The URL, when somebody set it. A default is what the parts replace.
    fn url_that_is_set(&self, name: &str) -> Option<Secret> {
        self.set(name).filter(|set| set.source.place.is_set()).map(|set| set.text.clone())
    }

    /// A part that somebody set.
    fn part(&self, name: &str) -> Option<&Set> {
        self.set(name).filter(|set| set.source.place.is_set())
    }

    /// A part that somebody set to something that it may be: what is wrong with others was told of them.
    fn good_part(&self, name: &str) -> Option<&Set> {
        self.part(name).filter(|set| set.typed.is_some())
    }

    fn at(&self, connection: &Connection) -> usize {
        self.index.declared(&connection.url).unwrap_or(super::BEHIND_ALL)
    }

    /// Each part that is set must be what the URL says.
    fn compare(&mut self, connection: &Connection, url: &Secret) {
        let Some(url) = read::Parts::of(url.reveal()) else { return };
        let server = connection.server;
        let tls = matches!(url.plain.scheme(), "rediss" | "https");
        let said = Said::by(&url, server);
        let ConnectionParts { host, ports, user, password, database, tls: tls_part } = &connection.parts;
        let port = ports.get(usize::from(tls)).or(ports.first());
        let pairs = [
            (Some(host), said.host, "host"),
            (port, Some(Secret::new(url.plain.port().unwrap_or_else(|| server.port(tls)).to_string())), "port"),
            (user.as_ref(), said.user, "user"),
            (password.as_ref(), said.password, "password"),
            (database.as_ref(), said.database, "database"),
        ];
        for (name, said, what) in pairs {
            let Some(name) = name else { continue };
            let differs =
                self.good_part(name).is_some_and(|part| !says_the_same(part.text.reveal(), said.as_ref(), what));
            if differs {
                self.note_difference(connection, name, what);
            }
        }
        let wants_tls =
            tls_part.as_ref().and_then(|name| self.part(name)).and_then(|part| read::bool_of(part.text.reveal()));
        if let (Some(name), Some(wants)) = (tls_part, wants_tls)
            && wants != tls
        {
            self.note_difference(connection, name, "use of TLS");
        }
    }

    fn note_difference(&mut self, connection: &Connection, name: &str, what: &str) {
        let sentence = format!("`{}` and `{name}` are both set, and name a different {what}", connection.url);
        self.note(self.at(connection), &connection.url, rules::PARTS_DIFFER, sentence, None);
    }

    fn put_together(&mut self, connection: &Connection) {
        let names: Vec<String> = connection
            .names()
            .filter(|name| *name != connection.url && self.part(name).is_some())
            .map(str::to_owned)
            .collect();
        // Nobody set a part: a default of the whole URL stays.
        if names.is_empty() && self.set(&connection.url).is_some() {
            return;
        }
        let good: Vec<&String> = names.iter().filter(|name| self.good_part(name).is_some()).collect();
        let deployed = self.environment.is_deployed();
        match (self.set(&connection.parts.host).is_some(), good.is_empty()) {
            (false, true) if deployed || names.is_empty() => self.check_required(connection),
            // A container of a developer's own is on this machine.
            (false, false) if deployed => {
                let sentence = format!(
                    "{} {} set, but `{}` is not",
                    crate::problem::all(&good),
                    if good.len() == 1 { "is" } else { "are" },
                    connection.parts.host
                );
                self.note(self.at(connection), &connection.url, rules::PARTS_INCOMPLETE, sentence, None);
            }
            _ => self.take_parts(connection, names),
        }
    }

    fn check_required(&mut self, connection: &Connection) {
        // Where the variable itself is required, that is told of it.
        let own = self.index.declared(&connection.url).map(|at| self.schema.variables[at].required);
        let told = own.is_some_and(|own| own.contains(self.environment));
        if connection.required.contains(self.environment) && !told && self.set(&connection.url).is_none() {
            let (url, host) = (&connection.url, &connection.parts.host);
            let sentence =
                format!("`{url}` is required in {}, and not set (nor `{host}` with its parts)", self.environment);
            self.note(self.at(connection), url, rules::MISSING, sentence, None);
        }
    }

    fn take_parts(&mut self, connection: &Connection, names: Vec<String>) {
        let Some(at) = self.index.declared(&connection.url) else { return };
        // What is wrong with a part was told of the part.
        if let Some(wrong) = names.iter().find(|name| self.set(name).is_some_and(|set| set.typed.is_none())) {
            return self.fail_unset(at, wrong.clone());
        }
        let variable = &self.schema.variables[at];
        let (text, native) = self.compose(connection);
        let set = from_parts(text, names);
        let mut breaches = vec![];
        let typed = variable.read(set.text.reveal()).map_err(|breach| breaches.push(breach)).ok();
        if let Some(typed) = &typed {
            let all = suspicious::of_value(variable, set.text.reveal(), typed, self.environment);
            breaches.extend(all.into_iter().filter(|breach| breach.rule == rules::TLS_PORT));
        }
        breaches.extend(native);
        for breach in breaches {
            self.note_breach(at, breach, &set.source);
        }
        let shown = typed.is_some() && variable.may_show_all(set.text.reveal());
        self.states[at] = State::Done(Some(Set { typed, shown, ..set }));
    }

    /// The URL that the parts make, and what is wrong with its port.
    fn compose(&self, connection: &Connection) -> (Secret, Option<Breach>) {
        let ConnectionParts { host, ports, user, password, database, tls } = &connection.parts;
        let text = |name: &Option<String>| name.as_ref().and_then(|name| self.set(name)).map(|set| set.text.clone());
        let plain_port = ports.first().and_then(|name| self.set(name));
        let tls_port = ports.get(1).and_then(|name| self.set(name));
        // Only a port of TLS is named: then TLS is meant.
        let tls =
            text(tls).and_then(|tls| read::bool_of(tls.reveal())).unwrap_or(tls_port.is_some() && plain_port.is_none());
        let named = if tls && ports.len() > 1 { tls_port } else { plain_port };
        let port = match named.and_then(|set| set.typed.as_ref()) {
            Some(Typed::Port(port)) => *port,
            _ => connection.server.port(tls),
        };
        let host = self.set(host).map_or("localhost", |set| set.text.reveal());
        let url = write(
            &self.scheme(connection, tls),
            connection.server,
            host,
            port,
            [text(user), text(password), text(database)],
        );
        (url, native_port(connection.server, port))
    }

    /// The first scheme that the URL may have and that means this server.
    fn scheme(&self, connection: &Connection, tls: bool) -> String {
        let own = connection.server.scheme(tls);
        let variable = self.index.declared(&connection.url).map(|at| &self.schema.variables[at].kind);
        let allowed = match variable {
            Some(Type::Url { schemes }) => schemes.as_slice(),
            _ => &[],
        };
        if allowed.iter().any(|scheme| scheme == own) {
            return own.to_owned();
        }
        let means_it = |scheme: &&String| connection.server.is_meant_by(read::driver_of(scheme).0, tls);
        allowed.iter().find(means_it).cloned().unwrap_or_else(|| own.to_owned())
    }
}

/// 9000 and 9440 speak ClickHouse's own protocol, not HTTP.
fn native_port(server: Server, port: u16) -> Option<Breach> {
    let native = server == Server::ClickHouse && matches!(port, 9000 | 9440);
    native.then(|| {
        Breach::new(
            rules::TLS_PORT,
            format!("leads to port {port}, which speaks ClickHouse's native protocol; HTTP is 8123, HTTPS 8443"),
        )
    })
}

fn write(
    scheme: &str,
    server: Server,
    host: &str,
    port: u16,
    [user, password, database]: [Option<Secret>; 3],
) -> Secret {
    let mut url = SecretBuilder::default();
    let encode = |url: &mut SecretBuilder, part: &Secret| {
        utf8_percent_encode(part.reveal(), UNRESERVED).for_each(|piece| url.push_str(piece))
    };
    url.push_str(scheme);
    url.push_str("://");
    if let Some(user) = &user {
        encode(&mut url, user);
    }
    if let Some(password) = &password {
        url.push_str(":");
        encode(&mut url, password);
    }
    if user.is_some() || password.is_some() {
        url.push_str("@");
    }
    let bare_ipv6 = host.contains(':') && !host.starts_with('[');
    url.push_str(&if bare_ipv6 { format!("[{host}]:{port}") } else { format!("{host}:{port}") });
    if server == Server::ClickHouse || database.is_some() {
        url.push_str("/");
    }
    if let Some(database) = &database {
        url.push_str(if server == Server::ClickHouse { "?database=" } else { "" });
        encode(&mut url, database);
    }
    url.finish()
}

/// What a URL says of the parts, decoded. `None`: nothing.
struct Said {
    host: Option<Secret>,
    user: Option<Secret>,
    password: Option<Secret>,
    database: Option<Secret>,
}

impl Said {
    fn by(url: &read::Parts<'_>, server: Server) -> Self {
        let some = |text: &str| (!text.is_empty()).then(|| read::decoded(text));
        let database = match server {
            Server::ClickHouse => {
                url.parameters().find(|(name, _)| *name == "database").map(|(_, value)| read::decoded(value))
            }
            _ => some(url.plain.path().trim_start_matches('/')),
        };
        Self {
            host: url.plain.host_str().map(|host| read::decoded(host.trim_matches(['[', ']']))),
            user: url.user.and_then(some),
            password: url.password(),
            database,
        }
    }
}

fn says_the_same(part: &str, said: Option<&Secret>, what: &str) -> bool {
    match said {
        Some(said) if what == "host" => said.reveal().eq_ignore_ascii_case(part.trim_matches(['[', ']'])),
        Some(said) if what == "port" => said.reveal() == part.trim_start_matches(['+', '0']),
        Some(said) => said.reveal() == part,
        // The database 0 of Redis is the one that no URL names.
        None => what == "database" && part == "0",
    }
}
