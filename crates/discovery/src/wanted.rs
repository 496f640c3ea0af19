//! What is looked for: a name, and where each source may know it by.

/// How an endpoint is asked whether it is alive and who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Check {
    /// It accepts a connection. Says nothing about who answers.
    #[default]
    Tcp,
    /// It answers a GET of this path with a status from 200 to 299.
    Http {
        /// The path, beginning with `/`.
        path: String,
    },
    /// It is asked in this protocol, such as `postgres`, by [`crate::Sources::speak`].
    Protocol(String),
}

/// A service that is looked for by name. Fill what is known; sources without their part are passed over.
///
/// ```
/// use bootproof_discovery::{Check, Wanted};
/// let users = Wanted {
///     variable: Some("USERS_URL".into()),
///     dns: Some("_http._tcp.users.internal".into()),
///     check: Check::Http { path: "/health".into() },
///     identity: Some("users".into()),
///     ..Wanted::named("users")
/// };
/// assert_eq!(users.problem(), None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The name under which it is published: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// Which of its published ports; none: the only one it has.
    pub port: Option<String>,
    /// The variable that says explicitly where it is.
    pub variable: Option<String>,
    /// Its name in DNS: `_http._tcp.users.internal` for SRV, `users.internal:8080` for A and AAAA.
    pub dns: Option<String>,
    /// The scheme of endpoints that come without one, such as those of DNS and Compose.
    pub scheme: Option<String>,
    /// Its Compose service and the port within the container.
    pub compose: Option<(String, u16)>,
    /// Where it is when nobody knows better: URL or `host:port`, a template of variables.
    pub default: Option<String>,
    /// How it is asked.
    pub check: Check,
    /// What its answer must contain, so that it is ours and not another's.
    pub identity: Option<String>,
}

impl Wanted {
    /// Only a name: looked for in the local registry and in etcd.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// What is wrong with it as it is declared.
    pub fn problem(&self) -> Option<String> {
        if let Some(why) = self.names().find_map(|(what, name)| Some(format!("its {what} {}", bad_name(name)?))) {
            return Some(why);
        }
        match (&self.check, &self.identity) {
            (Check::Tcp, Some(_)) => Some(
                "an identity is demanded, but a bare connection does not tell one; check it by `http` or a protocol"
                    .into(),
            ),
            (_, Some(text)) if text.trim().is_empty() => {
                Some("its identity is blank, which everybody's answer contains".into())
            }
            (Check::Http { path }, _) if !is_path(path) => {
                Some("its path must begin with `/` and hold no space or control character".into())
            }
            _ => None,
        }
    }

    fn names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("name", self.name.as_str())].into_iter().chain(self.port.as_deref().map(|port| ("port's name", port)))
    }
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.chars().all(|c| c.is_ascii_graphic())
}

/// What is wrong with a name that becomes a part of a key in etcd.
pub(crate) fn bad_name(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("is empty");
    }
    // The most that a label of DNS has; long enough for everybody.
    if name.len() > 63 {
        return Some("is longer than 63 characters");
    }
    let good = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    (!good).then_some("holds something else than letters, digits, `-`, `_` and `.`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_told_before_anybody_is_asked() {
        let named = Wanted::named;
        let http = |path: &str| Check::Http { path: path.into() };
        for (wanted, said) in [
            (named(""), "its name is empty"),
            (named("a/b"), "its name holds something else"),
            (named(&"x".repeat(64)), "longer than 63"),
            (Wanted { port: Some("h ttp".into()), ..named("a") }, "its port's name holds"),
            (Wanted { identity: Some("me".into()), ..named("a") }, "a bare connection does not tell"),
            (Wanted { identity: Some(" ".into()), check: http("/"), ..named("a") }, "blank"),
            (Wanted { check: http("health"), ..named("a") }, "begin with `/`"),
            (Wanted { check: http("/a\r\nX: y"), ..named("a") }, "control character"),
        ] {
            let problem = wanted.problem().unwrap();
            assert!(problem.contains(said), "{problem}");
        }
    }
}
