//! Knocking: is anybody there at all? A mere connect, cheap for both sides, before anything is asked.
//!
//! Where packets are dropped, nothing says when the host is back: then one try more is begun every [`STAGGER`] and all stay
//! under way, so that a try begun after the host came back finds it soon, and one over a slow network is not cut short.

use super::at_once;
use crate::{
    address::Address,
    net::{self, Trouble},
    race::{self, Failures},
    resolve::resolve,
};
use bootproof_core::Diagnosis;
use std::{
    future::{Future, poll_fn},
    net::SocketAddr,
    pin::Pin,
    task::Poll,
    time::Duration,
};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};

/// The time between two tries while nothing comes back.
const STAGGER: Duration = Duration::from_millis(100);
/// How long the addresses of a name are used before it is looked up again: containers come back under others.
const FRESH: Duration = Duration::from_secs(1);

/// A host and a port, knocked at again and again.
pub(super) struct Door {
    address: Address,
    known: Option<(Instant, Vec<SocketAddr>)>,
}

/// Why nobody opened.
pub(super) enum Closed {
    /// The name leads nowhere.
    Nameless(Diagnosis),
    /// No address took the connection.
    Failed(Failures),
}

type Knock<'a> = Pin<Box<dyn Future<Output = Result<TcpStream, Failures>> + Send + 'a>>;

impl Door {
    pub(super) fn new(address: Address) -> Self {
        Self { address, known: None }
    }

    /// Knocks at all addresses, raced, and waits at most `limit`.
    pub(super) async fn knock(&mut self, limit: Duration) -> Result<TcpStream, Closed> {
        let began = Instant::now();
        let addresses = self.addresses(limit).await.map_err(Closed::Nameless)?;
        if let Some(heard) = at_once::connect(addresses) {
            return heard.map_err(Closed::Failed);
        }
        insistently(addresses, limit.saturating_sub(began.elapsed())).await.map_err(Closed::Failed)
    }

    /// What a closed door means.
    pub(super) fn diagnose(&self, closed: Closed, limit: Duration) -> Diagnosis {
        match closed {
            Closed::Nameless(diagnosis) => diagnosis,
            Closed::Failed(failures) => net::unreached(&self.address, &failures, limit),
        }
    }

    async fn addresses(&mut self, limit: Duration) -> Result<&[SocketAddr], Diagnosis> {
        let known = self.known.take().filter(|(at, _)| at.elapsed() < FRESH);
        let known = match known {
            Some(known) => known,
            None => (Instant::now(), resolve(&self.address, limit).await?),
        };
        Ok(&self.known.insert(known).1)
    }
}

impl Closed {
    /// Whether it is certain that nobody is there: every address says so. What does not answer may only be slow.
    pub(super) fn is_certain(&self) -> bool {
        match self {
            Self::Nameless(diagnosis) => diagnosis.code == "NET-001",
            Self::Failed(failures) => {
                failures.iter().all(|(_, error)| matches!(Trouble::of(error), Trouble::Refused | Trouble::Unreachable))
            }
        }
    }
}

/// Connects to the first address that answers; while none does, begins anew every [`STAGGER`]. The first try that has its
/// answer decides.
async fn insistently(addresses: &[SocketAddr], limit: Duration) -> Result<TcpStream, Failures> {
    let mut tries: Vec<Knock<'_>> = vec![];
    loop {
        tries.push(Box::pin(race::connect(addresses, limit)));
        let first = poll_fn(|task| {
            let done = tries.iter_mut().find_map(|one| match one.as_mut().poll(task) {
                Poll::Ready(done) => Some(done),
                Poll::Pending => None,
            });
            done.map_or(Poll::Pending, Poll::Ready)
        });
        if let Ok(done) = timeout(STAGGER, first).await {
            return done;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;
    use tokio::net::{TcpListener, TcpSocket};

    fn door(address: SocketAddr) -> Door {
        Door::new(Address { host: address.ip().to_string(), port: address.port() })
    }

    /// A listener whose queue is full, so that the kernel drops further connects, and what fills it.
    async fn full() -> (TcpListener, Vec<TcpStream>, SocketAddr) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queued = vec![];
        while let Ok(stream) = timeout(STAGGER, TcpStream::connect(address)).await {
            queued.push(stream.unwrap());
        }
        (listener, queued, address)
    }

    #[tokio::test]
    async fn a_host_that_drops_connects_is_found_soon_after_it_is_back() {
        let (listener, queued, address) = full().await;
        let mut door = door(address);
        let back = async {
            // The kernel repeats a lost packet after 1 s, and then after 2 s (since Linux 6.5) or 3 s.
            tokio::time::sleep(Duration::from_millis(1200)).await;
            let began = Instant::now();
            for _ in 0..queued.len() {
                listener.accept().await.unwrap();
            }
            began
        };
        let (knocked, began) = tokio::join!(door.knock(Duration::from_secs(3)), back);
        assert!(knocked.is_ok());
        assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn refused_is_certain_at_once_and_silence_is_not() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let began = Instant::now();
        let refused = door(closed).knock(Duration::from_secs(2)).await.unwrap_err();
        assert!(refused.is_certain() && began.elapsed() < STAGGER, "{:?}", began.elapsed());
        let (_listener, _queued, silent) = full().await;
        let mut door = door(silent);
        let limit = Duration::from_millis(250);
        let silent = door.knock(limit).await.unwrap_err();
        assert!(!silent.is_certain());
        assert_eq!(door.diagnose(silent, limit).code, "NET-004");
    }
}
