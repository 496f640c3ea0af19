//! One connection through the link: two pumps, one for each direction, and a watcher that ends them.
//!
//! A pump asks which fault holds after every read and before it passes anything on.

use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{Notify, watch};

use crate::Fault;
use crate::exchange::Exchange;
use crate::link::Now;

/// Bytes moved at once.
const PIECE: usize = 16 * 1024;

type State = watch::Receiver<Now>;

/// What both directions of a connection know.
struct Shared {
    state: State,
    exchange: Mutex<Exchange>,
    /// Told when an answer of our own may be due.
    due: Notify,
}

impl Shared {
    fn fault(&self) -> Fault {
        self.state.borrow().fault
    }

    fn exchange(&self) -> MutexGuard<'_, Exchange> {
        self.exchange.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves one client until it or its server leaves, or the link cuts it. `cuts` is the count at its accept.
pub(crate) async fn serve(mut client: TcpStream, target: Option<Arc<str>>, cuts: u64, state: State) {
    let mut watcher = state.clone();
    let left_politely = tokio::select! {
        biased;
        () = cut(&mut watcher, cuts) => false,
        ended = converse(&mut client, target.as_deref(), state) => ended.is_ok(),
    };
    if !left_politely {
        // Linger of zero makes the close a reset. It fails only when the peer is gone already.
        let _ = client.set_zero_linger();
    }
}

/// Returns when this connection must be reset: cut, healed after bytes were lost, or the link dropped.
async fn cut(state: &mut State, cuts: u64) {
    let mut lossy = false;
    loop {
        {
            let now = state.borrow_and_update();
            let hole = now.fault == Fault::BlackHole;
            if now.cuts != cuts || now.fault == Fault::Cut || (lossy && !hole) {
                return;
            }
            lossy = hole;
        }
        if state.changed().await.is_err() {
            return;
        }
    }
}

async fn converse(client: &mut TcpStream, target: Option<&str>, state: State) -> io::Result<()> {
    let Some(target) = target else { return swallow(client).await };
    if state.borrow().fault == Fault::BlackHole {
        return swallow(client).await;
    }
    let mut server = TcpStream::connect(target).await?;
    server.set_nodelay(true)?;
    client.set_nodelay(true)?;
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let shared = Shared { state, exchange: Mutex::default(), due: Notify::new() };
    tokio::try_join!(ask(from_client, to_server, &shared), answer(from_server, to_client, &shared))?;
    Ok(())
}

async fn swallow(client: &mut TcpStream) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    while client.read(&mut piece).await? > 0 {}
    Ok(())
}

/// Client to server.
async fn ask(mut client: ReadHalf<'_>, mut server: WriteHalf<'_>, shared: &Shared) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let n = client.read(&mut piece).await?;
        let fault = shared.fault();
        match (fault, n) {
            (Fault::BlackHole, 0) => return Err(io::ErrorKind::ConnectionAborted.into()),
            (Fault::BlackHole, _) => continue,
            (_, 0) => return server.shutdown().await,
            _ => {}
        }
        let pass = shared.exchange().asked(&piece[..n], fault == Fault::ReadOnly)?;
        shared.due.notify_one();
        server.write_all(&pass).await?;
    }
}

/// Server to client.
async fn answer(mut server: ReadHalf<'_>, mut client: WriteHalf<'_>, shared: &Shared) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = tokio::select! {
            n = server.read(&mut piece) => Some(n?),
            () = shared.due.notified() => None,
        };
        if let Fault::Delay(delay) = shared.fault() {
            tokio::time::sleep(delay).await;
        }
        match (shared.fault(), read) {
            (Fault::BlackHole, Some(0)) => pending().await,
            (Fault::BlackHole, _) => continue,
            (_, Some(0)) => return client.shutdown().await,
            _ => {}
        }
        let pass = match read {
            Some(n) => shared.exchange().answered(&piece[..n])?,
            None => shared.exchange().due(),
        };
        client.write_all(&pass).await?;
    }
}
