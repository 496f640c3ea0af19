//! Sockets that this process was given by whoever started it, as systemd does (`LISTEN_FDS`): which declared port each is for.
//!
//! A socket is found by its name (`LISTEN_FDNAMES`), else by its address. It is looked at before it is believed: a wrong kind, a
//! number that the port may not have, or an address where it may not listen is refused, and no other socket is bound in its place.

mod unix;

use crate::{PortError, PortSpec, Protocol, UnixSpec, bound::Bound, wanted::Wanted};
use std::{
    io,
    net::{SocketAddr, TcpListener, UdpSocket},
    os::unix::net::UnixListener,
};
pub(crate) use unix::UnixFitting;

/// A socket that this process was given.
#[derive(Debug)]
pub struct Given {
    name: Option<String>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Inet(Bound),
    Unix(UnixListener),
    /// Something that no port can be.
    Other(String),
}

impl Given {
    /// A TCP socket, with its name when it has one.
    pub fn tcp(name: Option<String>, listener: TcpListener) -> Self {
        Self { name, kind: Kind::Inet(Bound::Tcp(listener)) }
    }

    /// A UDP socket, with its name when it has one.
    pub fn udp(name: Option<String>, socket: UdpSocket) -> Self {
        Self { name, kind: Kind::Inet(Bound::Udp(socket)) }
    }

    /// A Unix socket that takes connections, with its name when it has one.
    pub fn unix(name: Option<String>, listener: UnixListener) -> Self {
        Self { name, kind: Kind::Unix(listener) }
    }

    /// Something else, and what it is in words: `a pipe`.
    pub fn other(name: Option<String>, what: impl Into<String>) -> Self {
        Self { name, kind: Kind::Other(what.into()) }
    }

    /// It in words: `api`, a TCP socket at `127.0.0.1:80`.
    pub(crate) fn in_words(&self) -> String {
        let name = self.name.as_ref().map(|name| format!("`{}`, ", name.escape_default())).unwrap_or_default();
        match &self.kind {
            Kind::Other(what) => format!("{name}{what}"),
            Kind::Unix(listener) => {
                let at = unix::path_of(listener).map(|path| format!(" at `{}`", path.display()));
                format!("{name}a Unix socket{}", at.unwrap_or_default())
            }
            Kind::Inet(bound) => {
                let kind = if matches!(bound, Bound::Tcp(_)) { "TCP" } else { "UDP" };
                let at = bound.local_addr().map_or("an unknown address".to_owned(), |at| format!("`{at}`"));
                format!("{name}a {kind} socket at {at}")
            }
        }
    }

    fn is_called(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }

    /// Whether it is exactly where `wanted` is declared.
    fn is_at(&self, wanted: &Wanted) -> bool {
        let Kind::Inet(bound) = &self.kind else { return false };
        let at = bound.local_addr().ok().filter(|at| at.port() == wanted.port);
        speaks(bound) == wanted.spec.protocol && at.is_some_and(|at| serves(&wanted.spec, at))
    }

    /// The socket for `wanted`, a second handle on it.
    fn fit(&self, wanted: &Wanted) -> Result<(SocketAddr, Bound), String> {
        let spec = &wanted.spec;
        let bound = match &self.kind {
            Kind::Inet(bound) if speaks(bound) == spec.protocol => bound,
            _ => return Err(format!("it is {}, and the port speaks another protocol", self.in_words())),
        };
        if matches!(bound, Bound::Tcp(_)) && !bound.as_socket().is_listener().unwrap_or(false) {
            return Err("it does not listen".to_owned());
        }
        let at = bound.local_addr().map_err(|error| error.to_string())?;
        let may_have = |port: u16| match wanted.port {
            0 => spec.may_move_within().is_none_or(|range| range.contains(&port)),
            own => own == port || spec.may_move_within().is_some_and(|range| range.contains(&port)),
        };
        if !may_have(at.port()) {
            return Err(format!("it is at port {}, which is not one that is declared", at.port()));
        }
        if !serves(spec, at) {
            return Err(format!("it is at `{}`, which is not where it is declared to listen", at.ip()));
        }
        let ours = copy(bound).map_err(|error| error.to_string())?;
        ours.as_socket().set_nonblocking(true).map_err(|error| error.to_string())?;
        if matches!(ours, Bound::Udp(_)) {
            // systemd sets it (`socket_address_listen`), and over UDP it lets every program of this machine bind beside it.
            ours.as_socket().set_reuse_address(false).map_err(|error| error.to_string())?;
        }
        Ok((at, ours))
    }
}

fn speaks(bound: &Bound) -> Protocol {
    match bound {
        Bound::Tcp(_) => Protocol::Tcp,
        Bound::Udp(_) => Protocol::Udp,
    }
}

/// Whether a socket at `at` serves the declared addresses: it is one of them, or, unless the port is strict, one on all addresses.
fn serves(spec: &PortSpec, at: SocketAddr) -> bool {
    spec.host.ips().contains(&at.ip()) || (at.ip().is_unspecified() && !spec.strict)
}

fn copy(bound: &Bound) -> io::Result<Bound> {
    match bound {
        Bound::Tcp(listener) => listener.try_clone().map(Bound::Tcp),
        Bound::Udp(socket) => socket.try_clone().map(Bound::Udp),
    }
}

/// A port and the sockets it was given.
#[derive(Debug)]
pub(crate) struct Fitting {
    pub(crate) wanted: Wanted,
    pub(crate) sockets: Vec<(SocketAddr, Bound)>,
}

/// What the given sockets are for.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    /// Ports that were given sockets.
    pub(crate) fitting: Vec<Fitting>,
    /// Ports that were not: to be bound.
    pub(crate) rest: Vec<Wanted>,
    /// Unix sockets that were given.
    pub(crate) unix: Vec<UnixFitting>,
    /// Unix sockets that were not: to be bound.
    pub(crate) unix_rest: Vec<UnixSpec>,
    /// Sockets that no port declares, in words.
    pub(crate) unknown: Vec<String>,
}

/// Finds the sockets of each of `wanted`, and of `sockets`, among `given`.
///
/// # Errors
/// Every socket that is called as a port is, and is not what that declares.
pub(crate) fn sort(given: &[Given], wanted: Vec<Wanted>, sockets: &[UnixSpec]) -> Result<Sorted, Vec<PortError>> {
    let (mut sorted, mut errors) = (Sorted::default(), vec![]);
    let mut taken = vec![false; given.len()];
    for wanted in wanted {
        let mine = take(given, &mut taken, &wanted.spec.name, |given| given.is_at(&wanted));
        if mine.is_empty() {
            sorted.rest.push(wanted);
            continue;
        }
        match fit_all(mine.into_iter(), &wanted) {
            Ok(sockets) => sorted.fitting.push(Fitting { wanted, sockets }),
            Err(error) => errors.push(error),
        }
    }
    for spec in sockets {
        match take(given, &mut taken, &spec.name, |given| unix::is_at(given, spec)).as_slice() {
            [] => sorted.unix_rest.push(spec.clone()),
            mine => match unix::fit(mine, spec) {
                Ok(fitting) => sorted.unix.push(fitting),
                Err(error) => errors.push(error),
            },
        }
    }
    let unknown = given.iter().zip(taken).filter(|(_, taken)| !taken);
    sorted.unknown = unknown.map(|(given, _)| given.in_words()).collect();
    if errors.is_empty() { Ok(sorted) } else { Err(errors) }
}

/// Those that are called `name`, else those that nobody has taken and that are `there`. Marks them as taken.
fn take<'a>(given: &'a [Given], taken: &mut [bool], name: &str, there: impl Fn(&Given) -> bool) -> Vec<&'a Given> {
    let mut mine: Vec<usize> = (0..given.len()).filter(|at| given[*at].is_called(name)).collect();
    if mine.is_empty() {
        mine = (0..given.len()).filter(|at| !taken[*at] && there(&given[*at])).collect();
    }
    mine.iter().for_each(|at| taken[*at] = true);
    mine.into_iter().map(|at| &given[at]).collect()
}

fn fit_all<'a>(given: impl Iterator<Item = &'a Given>, wanted: &Wanted) -> Result<Vec<(SocketAddr, Bound)>, PortError> {
    let refuse = |because| PortError::Given { name: wanted.spec.name.clone(), because };
    let mut sockets = given.map(|given| given.fit(wanted)).collect::<Result<Vec<_>, _>>().map_err(refuse)?;
    sockets.sort_by_key(|(at, _)| *at);
    let ports = || sockets.iter().map(|(at, _)| at.port());
    if ports().min() != ports().max() {
        return Err(refuse("several sockets of that name are at different numbers".to_owned()));
    }
    Ok(sockets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Host;
    use bootproof_core::Vars;

    fn listener(at: &str) -> (TcpListener, u16) {
        let listener = TcpListener::bind(at).unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    fn wanted(spec: PortSpec) -> Wanted {
        Wanted::of(&spec, &Vars::default()).unwrap()
    }

    fn sorted(given: Vec<Given>, spec: PortSpec) -> Result<(usize, usize, usize), String> {
        match sort(&given, vec![wanted(spec)], &[]) {
            Ok(sorted) => Ok((sorted.fitting.len(), sorted.rest.len(), sorted.unknown.len())),
            Err(errors) => Err(errors[0].to_string()),
        }
    }

    #[test]
    fn a_socket_is_found_by_name_else_by_address_and_others_are_told() {
        let named = |name: &str, listener| Given::tcp(Some(name.to_owned()), listener);
        let (one, port) = listener("127.0.0.1:0");
        assert_eq!(sorted(vec![named("api", one)], PortSpec::new("api", port)), Ok((1, 0, 0)));
        let (one, port) = listener("127.0.0.1:0");
        assert_eq!(sorted(vec![named("x.socket", one)], PortSpec::new("api", port)), Ok((1, 0, 0)));
        let (one, _) = listener("127.0.0.1:0");
        assert_eq!(sorted(vec![named("other", one)], PortSpec::new("api", 1)), Ok((0, 1, 1)));
        let (one, _) = listener("127.0.0.1:0");
        assert_eq!(sorted(vec![named("api", one)], PortSpec::new("api", 0)), Ok((1, 0, 0)), "any number does");
    }

    #[test]
    fn a_socket_of_the_right_name_that_is_not_what_is_declared_is_refused_and_says_why() {
        let named = |listener| vec![Given::tcp(Some("api".to_owned()), listener)];
        let (one, port) = listener("127.0.0.1:0");
        let other = PortSpec::new("api", port.wrapping_add(1).max(1));
        assert!(sorted(named(one), other).unwrap_err().contains("which is not one that is declared"));
        let (one, port) = listener("127.0.0.2:0");
        assert!(sorted(named(one), PortSpec::new("api", port)).unwrap_err().contains("`127.0.0.2`"));
        let (one, port) = listener("0.0.0.0:0");
        assert!(sorted(named(one), PortSpec::new("api", port).strict()).unwrap_err().contains("`0.0.0.0`"));
        let (one, port) = listener("0.0.0.0:0");
        assert_eq!(sorted(named(one), PortSpec::new("api", port)), Ok((1, 0, 0)), "it serves loopback, too");
        let (one, port) = listener("127.0.0.1:0");
        let udp = PortSpec::new("api", port).protocol(Protocol::Udp);
        assert!(sorted(named(one), udp).unwrap_err().contains("speaks another protocol"));
        let unix = vec![Given::other(Some("api".to_owned()), "a Unix socket")];
        assert!(sorted(unix, PortSpec::new("api", 1)).unwrap_err().contains("a Unix socket"));
    }

    #[test]
    fn a_socket_that_does_not_listen_is_refused_and_one_that_blocks_is_made_nonblocking() {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let given = vec![Given::tcp(Some("api".to_owned()), socket.into())];
        assert!(sorted(given, PortSpec::new("api", 0)).unwrap_err().contains("does not listen"));
        let (one, port) = listener("127.0.0.1:0");
        let given = [Given::tcp(None, one)];
        let found = sort(&given, vec![wanted(PortSpec::new("api", port))], &[]).unwrap();
        assert!(found.fitting[0].sockets[0].1.as_socket().nonblocking().unwrap());
    }

    #[test]
    fn beside_a_given_udp_socket_that_shared_its_address_nobody_binds_any_more() {
        let shared = || {
            let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None).unwrap();
            socket.set_reuse_address(true).unwrap();
            socket
        };
        let theirs = shared();
        theirs.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        let at = theirs.local_addr().unwrap();
        shared().bind(&at).expect("as systemd gives it, anybody can");
        let given = [Given::udp(Some("api".to_owned()), theirs.into())];
        let spec = PortSpec::new("api", 0).protocol(Protocol::Udp);
        let sorted = sort(&given, vec![wanted(spec)], &[]).unwrap();
        assert_eq!(sorted.fitting.len(), 1);
        assert_eq!(shared().bind(&at).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    }

    #[test]
    fn sockets_of_both_families_are_one_port_ipv4_first_and_of_two_numbers_none() {
        let (four, port) = listener("127.0.0.1:0");
        let six = TcpListener::bind(("::1", port)).unwrap();
        let name = || Some("api".to_owned());
        let given = [Given::tcp(name(), six), Given::tcp(name(), four)];
        let found = sort(&given, vec![wanted(PortSpec::new("api", 0).host(Host::Localhost))], &[]).unwrap();
        let at: Vec<_> = found.fitting[0].sockets.iter().map(|(at, _)| at.is_ipv4()).collect();
        assert_eq!(at, [true, false]);
        let ((a, _), (b, _)) = (listener("127.0.0.1:0"), listener("127.0.0.1:0"));
        let given = vec![Given::tcp(name(), a), Given::tcp(name(), b)];
        assert!(sorted(given, PortSpec::new("api", 0)).unwrap_err().contains("different numbers"));
    }
}
