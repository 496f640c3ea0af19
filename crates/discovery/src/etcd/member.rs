//! The URL of a member of etcd, as it may be declared.

use crate::Endpoint;

/// Reads the URL of a member.
pub(crate) fn read(url: &str) -> Result<Endpoint, String> {
    let endpoint = Endpoint::parse(url).map_err(|error| format!("an endpoint cannot be used: {error}"))?;
    match endpoint.scheme.as_deref() {
        Some("http" | "https") if has_userinfo(url) => {
            Err(format!("`{endpoint}` is written with a login; write `user` and `password` beside it"))
        }
        Some("http" | "https") => Ok(endpoint),
        _ => Err(format!("`{endpoint}` must begin with `http://` or `https://`")),
    }
}

fn has_userinfo(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use crate::{Etcd, EtcdConfig, Scope};
    use bootproof_core::{Environment, Secret};

    fn etcd(url: &str) -> Result<Etcd, String> {
        Etcd::new(EtcdConfig::new([url], Scope::new("x", Environment::Test).unwrap()))
    }

    #[test]
    fn members_are_plain_urls_and_a_login_in_one_is_refused_without_being_told() {
        assert!(etcd("http://[::1]:2379").is_ok());
        assert!(etcd("https://etcd.internal").is_ok());
        for (url, said) in [
            ("etcd:2379", "must begin with `http://`"),
            ("ftp://etcd:2379", "must begin with `http://`"),
            ("http://me:hunter2@etcd:2379", "is written with a login"),
            ("http://", "no host"),
        ] {
            let error = etcd(url).unwrap_err();
            assert!(error.contains(said) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_password_shows_nowhere() {
        let mut config = EtcdConfig::new(["http://a:1"], Scope::new("x", Environment::Test).unwrap());
        config.login = Some(("me".into(), Secret::new("hunter2")));
        assert!(!format!("{config:?}").contains("hunter2"));
        assert!(!format!("{:?}", Etcd::new(config).unwrap()).contains("hunter2"));
    }
}
