//! The HTTP URL that a probe asks, taken apart: where to connect, what to ask for, what to log in with, what to hide.

use crate::{address::Address, diagnose, hide};
use base64::{Engine, engine::general_purpose::STANDARD};
use bootproof_core::{Diagnosis, Secret, mask_url};
use hyper::header::HeaderValue;
use percent_encoding::percent_decode_str;
use url::Url;

/// An `http` or `https` URL. What its userinfo holds is only ever sent in headers.
pub(crate) struct Target {
    pub(crate) address: Address,
    pub(crate) tls: bool,
    pub(crate) user: Secret,
    pub(crate) password: Secret,
    /// The URL without its userinfo.
    pub(crate) url: Url,
}

impl Target {
    /// Reads the expanded `text` of `template`; only the template is shown when that fails.
    pub(crate) fn parse(template: &str, text: &Secret) -> Result<Self, Diagnosis> {
        Self::read(text.reveal()).map_err(|why| diagnose::unusable(&hide::template(template), &why))
    }

    fn read(text: &str) -> Result<Self, String> {
        let mut url = Url::parse(text).map_err(|error| format!("it is not a URL: {error}"))?;
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            other => return Err(format!("its scheme is `{other}`; this service is asked over `http` or `https`")),
        };
        let address = Address::of_url(&url)?;
        let user = decoded(url.username());
        let password = decoded(url.password().unwrap_or_default());
        // An http URL has a host, so its userinfo can be changed.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_fragment(None);
        Ok(Self { address, tls, user, password, url })
    }

    /// The URL as it may be shown.
    pub(crate) fn shown(&self) -> String {
        mask_url(self.url.as_str())
    }

    /// Path and query, as HTTP/1.1 asks for them.
    pub(crate) fn path(&self) -> String {
        self.url[url::Position::BeforePath..].to_owned()
    }

    /// The `Host` header.
    pub(crate) fn host(&self) -> &str {
        &self.url[url::Position::BeforeHost..url::Position::AfterPort]
    }

    pub(crate) fn has_login(&self) -> bool {
        !self.user.reveal().is_empty() || !self.password.reveal().is_empty()
    }

    /// `Basic` and the login, if there is one (RFC 7617).
    pub(crate) fn basic(&self) -> Option<HeaderValue> {
        if !self.has_login() {
            return None;
        }
        let mut value = HeaderValue::try_from(format!("Basic {}", self.token())).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    fn token(&self) -> String {
        STANDARD.encode(format!("{}:{}", self.user.reveal(), self.password.reveal()))
    }

    /// The first telling line of what the server says, without what we sent it.
    pub(crate) fn quote(&self, text: &str) -> Option<String> {
        let token = self.token();
        let values: Vec<_> = self.url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        let mut secrets = vec![self.password.reveal(), self.user.reveal(), token.as_str()];
        secrets.extend(values.iter().map(String::as_str));
        hide::first_line(text, &secrets)
    }
}

fn decoded(part: &str) -> Secret {
    Secret::new(percent_decode_str(part).decode_utf8_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Target {
        Target::read(text).unwrap()
    }

    #[test]
    fn a_url_is_taken_apart_and_its_login_is_nowhere_to_be_seen() {
        let target = target("https://me:p%40ss%2Fw@api.example:8443/up?token=abcdef#x");
        assert_eq!((target.user.reveal(), target.password.reveal()), ("me", "p@ss/w"));
        assert_eq!((target.path().as_str(), target.host()), ("/up?token=abcdef", "api.example:8443"));
        assert_eq!((target.address.port, target.tls), (8443, true));
        assert_eq!(target.shown(), "https://api.example:8443/up?token=***");
        assert_eq!(target.basic().unwrap(), "Basic bWU6cEBzcy93");
        assert_eq!(target.quote("bad p@ss/w and bWU6cEBzcy93 and abcdef").unwrap(), "bad *** and *** and ***");
    }

    #[test]
    fn without_a_login_none_is_sent() {
        let target = target("http://[::1]/");
        assert_eq!((target.basic(), target.host(), target.address.host.as_str()), (None, "[::1]", "::1"));
    }

    #[test]
    fn an_unusable_url_is_named_by_its_template() {
        for (text, said) in [
            ("ftp://me:hunter2@host/", "scheme is `ftp`"),
            ("hunter2", "not a URL"),
            ("http://", "not a URL"),
            ("clickhouse://default:hunter2@db:9000/x", "`http` or `https`"),
        ] {
            let diagnosis = Target::parse("${URL}", &Secret::new(text)).err().unwrap();
            let shown = diagnosis.to_string();
            assert_eq!(diagnosis.code, "NET-012");
            assert!(shown.contains(said) && shown.contains("${URL}") && !shown.contains("hunter2"), "{shown}");
        }
    }
}
