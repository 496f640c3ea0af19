//! What a program is told of its ports. Pure.
//!
//! For `[ports.api]`: `API_HOST`, `API_PORT`, with a scheme also `API_URL`; and `PORT` when it is the only port. What is set already
//! is somebody's wish and is never overridden; when it says something else, that is told.

use crate::{Host, PortSpec};
use bootproof_core::Vars;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What a program is told of its ports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handed {
    /// Variables to set besides those that are set already.
    pub set: Vec<(String, String)>,
    /// Variables that are left as they are although they say something else.
    pub notes: Vec<String>,
}

/// The variables for `ports`, each with its actual number, beside `vars`.
pub(super) fn variables(ports: &[(&PortSpec, u16)], vars: &Vars) -> Handed {
    let mut handed = Handed::default();
    for (spec, port) in ports {
        let prefix = spec.name.to_ascii_uppercase().replace('-', "_");
        handed.tell(vars, spec, format!("{prefix}_HOST"), bind_to(spec.host).to_string());
        handed.tell(vars, spec, format!("{prefix}_PORT"), port.to_string());
        if let Some(scheme) = &spec.scheme {
            let at = SocketAddr::new(connect_to(spec.host), *port);
            handed.tell(vars, spec, format!("{prefix}_URL"), format!("{scheme}://{at}"));
        }
    }
    if let [(spec, port)] = ports {
        handed.tell(vars, spec, "PORT".to_owned(), port.to_string());
    }
    handed
}

impl Handed {
    fn tell(&mut self, vars: &Vars, spec: &PortSpec, variable: String, value: String) {
        if self.set.iter().any(|(known, _)| *known == variable) {
            return; // a port called `port`, or two names that only differ in `-` and `_`: the first declared has it
        }
        match vars.text(&variable) {
            None => self.set.push((variable, value)),
            Some(text) if text.trim() == value => {}
            Some(_) => self.notes.push(format!(
                "`{variable}` is set and left as it is, although `{}` would make it `{value}`: unset it, or declare it as `variable`",
                spec.name
            )),
        }
    }
}

/// Where a program binds that takes one address.
fn bind_to(host: Host) -> IpAddr {
    host.ips()[0]
}

/// Where a client on this machine connects.
fn connect_to(host: Host) -> IpAddr {
    match bind_to(host) {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(ports: &[(&PortSpec, u16)], vars: &[(&str, &str)]) -> (Vec<String>, usize) {
        let handed = variables(ports, &Vars::from_pairs("test", vars.iter().copied()));
        (handed.set.iter().map(|(name, value)| format!("{name}={value}")).collect(), handed.notes.len())
    }

    fn api(scheme: Option<&str>) -> PortSpec {
        PortSpec { scheme: scheme.map(str::to_owned), ..PortSpec::new("main-api", 80) }
    }

    #[test]
    fn a_port_is_told_as_host_number_and_url_and_the_only_one_as_port_too() {
        let only = said(&[(&api(Some("http")), 8001)], &[]).0;
        let url = "MAIN_API_URL=http://127.0.0.1:8001";
        assert_eq!(only, ["MAIN_API_HOST=127.0.0.1", "MAIN_API_PORT=8001", url, "PORT=8001"]);
        let two = said(&[(&api(None), 1), (&PortSpec::new("b", 2), 2)], &[]).0;
        assert_eq!(two, ["MAIN_API_HOST=127.0.0.1", "MAIN_API_PORT=1", "B_HOST=127.0.0.1", "B_PORT=2"]);
    }

    #[test]
    fn a_wildcard_is_bound_as_such_and_connected_to_on_loopback_and_ipv6_stands_in_brackets() {
        let any = api(Some("http")).host(Host::Any);
        assert_eq!(said(&[(&any, 1)], &[]).0[..1], ["MAIN_API_HOST=0.0.0.0"]);
        assert_eq!(said(&[(&any, 1)], &[]).0[2], "MAIN_API_URL=http://127.0.0.1:1");
        let v6 = api(Some("http")).host(Host::Address("::".parse().unwrap()));
        assert_eq!(said(&[(&v6, 1)], &[]).0[2], "MAIN_API_URL=http://[::1]:1");
    }

    #[test]
    fn what_is_set_already_stays_and_is_told_only_when_it_says_something_else() {
        let vars = [("PORT", "3000"), ("MAIN_API_PORT", " 8001 "), ("MAIN_API_HOST", "db")];
        assert_eq!(said(&[(&api(None), 8001)], &vars), (vec![], 2));
        let handed = variables(&[(&api(None), 8001)], &Vars::from_pairs("test", [("PORT", "hunter2")]));
        assert!(handed.notes.iter().all(|note| !note.contains("hunter2")), "{:?}", handed.notes);
    }

    #[test]
    fn a_port_called_port_does_not_set_one_variable_twice() {
        let names = |name| said(&[(&PortSpec::new(name, 1), 1), (&PortSpec::new("a-b", 2), 2)], &[]).0;
        assert_eq!(names("a_b"), ["A_B_HOST=127.0.0.1", "A_B_PORT=1"]);
    }
}
