//! `[discovery]` of `bootproof.toml`: what the file's reader fills in.

use crate::{Dns, Etcd, EtcdConfig, Scope, diagnose, tls};
use bootproof_core::{Diagnosis, Environment, Vars};
use std::{path::PathBuf, time::Duration};

/// The lease unless said otherwise. A machine that is cut off is gone for the others after this; a third of it is the interval
/// of keep-alives, so that two of them may be lost.
pub const LEASE: Duration = Duration::from_secs(10);

/// The longest lease: an hour of somebody dead being listed is more than anybody wants.
const LONGEST: Duration = Duration::from_secs(3600);

/// The namespace unless said otherwise.
const NAMESPACE: &str = "default";

/// How services find each other. Empty: no etcd is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoverySettings {
    /// URLs of etcd's members; templates of variables.
    pub etcd: Vec<String>,
    /// Keeps projects apart that share an etcd; `default` when it is not said.
    pub namespace: Option<String>,
    /// etcd's user; a template.
    pub user: Option<String>,
    /// That user's password; a template, such as `${ETCD_PASSWORD}`.
    pub password: Option<String>,
    /// A PEM file with authorities that are trusted besides Mozilla's.
    pub ca: Option<PathBuf>,
    /// The host, or host and port, that others reach this machine by; a template.
    pub advertise: Option<String>,
    /// How long an entry outlives its process's last sign of life: whole seconds.
    pub ttl: Duration,
}

impl Default for DiscoverySettings {
    fn default() -> Self {
        Self { etcd: vec![], namespace: None, user: None, password: None, ca: None, advertise: None, ttl: LEASE }
    }
}

impl DiscoverySettings {
    /// etcd as it is declared; none, when none is. Asks nobody; reads the file `ca`.
    ///
    /// # Errors
    /// `DISC-008`: what cannot work.
    pub fn etcd(&self, environment: Environment, vars: &Vars, dns: &Dns) -> Result<Option<Etcd>, Diagnosis> {
        if self.etcd.is_empty() {
            return Ok(None);
        }
        if self.ttl < Duration::from_secs(1) || self.ttl > LONGEST || self.ttl.subsec_nanos() != 0 {
            return Err(diagnose::declared("`ttl` must be whole seconds, from 1 s to 1 h"));
        }
        let namespace = self.namespace.as_deref().unwrap_or(NAMESPACE);
        let scope = Scope::new(namespace, environment).map_err(|why| diagnose::declared(&why))?;
        let endpoints: Result<Vec<_>, _> = self.etcd.iter().map(|url| expand(vars, url)).collect();
        let endpoints = endpoints?.into_iter().map(|url| url.reveal().to_owned());
        let mut config = EtcdConfig::new(endpoints, scope);
        config.dns = dns.clone();
        config.login = match (&self.user, &self.password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some((expand(vars, user)?.reveal().to_owned(), expand(vars, password)?)),
            _ => return Err(diagnose::declared("`user` and `password` belong together")),
        };
        if let Some(ca) = &self.ca {
            let unreadable = |error| diagnose::declared(&format!("`ca` {} cannot be used: {error}", ca.display()));
            config.authorities = tls::authorities_of(ca).map_err(unreadable)?;
        }
        Etcd::new(config).map(Some).map_err(|why| diagnose::declared(&why))
    }
}

fn expand(vars: &Vars, template: &str) -> Result<bootproof_core::Secret, Diagnosis> {
    let missing = |names: Vec<String>| diagnose::declared(&format!("`{}` has no value", names.join("`, `")));
    vars.expand(template).map_err(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn etcd(settings: &DiscoverySettings) -> Result<Option<Etcd>, Diagnosis> {
        let vars = Vars::from_pairs("test", [("PW", "hunter2"), ("ETCD", "http://10.0.0.1:2379")]);
        settings.etcd(Environment::Test, &vars, &Dns::system())
    }

    #[test]
    fn without_endpoints_there_is_no_etcd_and_with_them_templates_are_filled_in() {
        assert!(etcd(&DiscoverySettings::default()).unwrap().is_none());
        let declared = DiscoverySettings {
            etcd: vec!["${ETCD}".into()],
            user: Some("me".into()),
            password: Some("${PW}".into()),
            ..DiscoverySettings::default()
        };
        let etcd = etcd(&declared).unwrap().unwrap();
        assert_eq!(etcd.members()[0].to_string(), "http://10.0.0.1:2379");
        assert!(!format!("{etcd:?} {declared:?}").contains("hunter2"));
    }

    #[test]
    fn what_cannot_work_is_told_with_its_code() {
        let good = || DiscoverySettings { etcd: vec!["http://a:1".into()], ..DiscoverySettings::default() };
        for (settings, said) in [
            (DiscoverySettings { etcd: vec!["a:1".into()], ..good() }, "must begin with"),
            (DiscoverySettings { etcd: vec!["${NO}".into()], ..good() }, "`NO` has no value"),
            (DiscoverySettings { namespace: Some("a/b".into()), ..good() }, "namespace"),
            (DiscoverySettings { user: Some("me".into()), ..good() }, "belong together"),
            (DiscoverySettings { ttl: Duration::ZERO, ..good() }, "whole seconds"),
            (DiscoverySettings { ttl: Duration::from_millis(1500), ..good() }, "whole seconds"),
            (DiscoverySettings { ca: Some("/no/such.pem".into()), ..good() }, "`ca` /no/such.pem"),
        ] {
            let diagnosis = etcd(&settings).unwrap_err();
            assert!(diagnosis.code == "DISC-008" && diagnosis.to_string().contains(said), "{diagnosis}");
        }
    }
}
