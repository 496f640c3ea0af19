//! The proxy's listening side: one port, one accepting task, and the fault that holds now.
//!
//! [`Link`] owns the listener; the task that accepts only borrows it from poll to poll. So closing the port
//! is dropping one `Arc`, and it has happened when [`Link::set`] or `drop` returns.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::{Fault, relay};

/// Connections the kernel may hold for us; more than any proof opens at once.
const BACKLOG: u32 = 128;

/// Between two tries to accept, when one failed: such errors last, and must not keep a thread busy.
const PAUSE: Duration = Duration::from_millis(10);

/// A TCP proxy whose faults can be set at any time. Dropping it resets its connections and frees the port.
#[derive(Debug)]
pub struct Link {
    address: SocketAddr,
    listener: Mutex<Option<Arc<TcpListener>>>,
    now: watch::Sender<Now>,
    runtime: Handle,
    /// Bound, never listening: keeps the port ours while the listener is closed.
    _reserved: TcpSocket,
}

/// What holds at this moment. The listening socket is only lent.
#[derive(Clone, Debug)]
pub(crate) struct Now {
    pub(crate) fault: Fault,
    /// How often live connections had to be reset. Counted, so that a cut which is healed before a
    /// connection's task could look is still seen.
    pub(crate) cuts: u64,
    listener: Weak<TcpListener>,
}

impl Link {
    /// Opens a link to `target`, an address or `host:port`, on a free port of 127.0.0.1. The target is looked up
    /// and reached anew for every connection; it need not be there yet.
    ///
    /// # Errors
    /// When no loopback port can be had, or outside a tokio runtime with I/O.
    pub fn open(target: impl ToString) -> io::Result<Self> {
        Self::start(Some(target.to_string().into()))
    }

    /// Opens a link that leads nowhere: it accepts, reads and says nothing.
    ///
    /// # Errors
    /// As [`Link::open`].
    pub fn silent() -> io::Result<Self> {
        Self::start(None)
    }

    fn start(target: Option<Arc<str>>) -> io::Result<Self> {
        let runtime = Handle::try_current().map_err(io::Error::other)?;
        let reserved = bound(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        let address = reserved.local_addr()?;
        let listener = Arc::new(bound(address)?.listen(BACKLOG)?);
        let (now, state) = watch::channel(Now { fault: Fault::None, cuts: 0, listener: Arc::downgrade(&listener) });
        runtime.spawn(accept(target, state));
        Ok(Self { address, listener: Mutex::new(Some(listener)), now, runtime, _reserved: reserved })
    }

    /// Where clients connect. Stays the same for the life of the link.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The fault that holds now.
    pub fn fault(&self) -> Fault {
        self.now.borrow().fault
    }

    /// Sets the fault for live and new connections. When this returns no further byte passes under the old
    /// one, and the port is closed or open; that live connections are reset follows at once, but not before.
    ///
    /// # Errors
    /// When the port cannot be opened again after [`Fault::Refuse`]; the link then still refuses.
    pub fn set(&self, fault: Fault) -> io::Result<()> {
        let _context = self.runtime.enter();
        let mut listener = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        match fault {
            Fault::Refuse => *listener = None,
            _ if listener.is_none() => *listener = Some(Arc::new(bound(self.address)?.listen(BACKLOG)?)),
            _ => {}
        }
        let lent = listener.as_ref().map(Arc::downgrade).unwrap_or_default();
        self.now.send_modify(|now| {
            let cut = matches!(fault, Fault::Refuse | Fault::Cut);
            *now = Now { fault, cuts: now.cuts + u64::from(cut), listener: lent };
        });
        Ok(())
    }
}

fn bound(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Accepts until the link is dropped. Connections notice that by themselves.
async fn accept(target: Option<Arc<str>>, mut state: watch::Receiver<Now>) {
    loop {
        let now = state.borrow_and_update().clone();
        tokio::select! {
            biased;
            changed = state.changed() => if changed.is_err() { return },
            client = next(&now.listener) => match client {
                Ok(client) => drop(tokio::spawn(relay::serve(client, target.clone(), now.cuts, state.clone()))),
                // The client left between knocking and being let in, or we are out of file handles.
                Err(_) => tokio::time::sleep(PAUSE).await,
            },
        }
    }
}

/// The next connection; waits for ever once the listener is gone.
async fn next(listener: &Weak<TcpListener>) -> io::Result<TcpStream> {
    poll_fn(|cx| match listener.upgrade() {
        Some(listener) => listener.poll_accept(cx).map_ok(|(client, _)| client),
        None => Poll::Pending,
    })
    .await
}
