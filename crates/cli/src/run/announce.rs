//! Keeps the program's ports published in etcd: each from the moment it is shown to be the program's until the program has ended.
//!
//! A thread with a runtime of its own does it, since `run` itself only waits for signals. etcd being away changes nothing for the
//! program: it is told once, and tried again.

use crate::{args::Common, terminal::note};
use bootproof::{Boot, Held, Publication, discovery::Registration};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use tokio::{
    runtime::{Builder, Runtime},
    sync::{mpsc, watch},
    task::JoinSet,
};

/// How long the way to etcd is looked for before the program starts without it.
const ROUTE: Duration = Duration::from_secs(2);
/// How long etcd may take before it is told that it is away.
const ANSWERS: Duration = Duration::from_secs(2);
/// What the runtime gets to end: it has nothing left to do.
const END: Duration = Duration::from_millis(100);

/// A port's name and what is published of it.
type Named = (String, Publication);

/// Publishes ports. Dropping it takes them back, within a second or so.
pub(super) struct Announcer {
    publication: Publication,
    thread: Option<(mpsc::UnboundedSender<Named>, JoinHandle<()>)>,
    verbose: bool,
}

impl Announcer {
    /// What publishes `ports`; `None` when the file names no etcd or there is nothing to publish. Tells what cannot be.
    pub(super) fn prepare(runtime: &Runtime, boot: &Boot, ports: &[Arc<Held>], common: &Common) -> Option<Self> {
        let publisher = boot.publisher().filter(|_| !ports.is_empty())?;
        let entries = async { tokio::time::timeout(ROUTE, publisher.entries(ports)).await };
        let Ok((publication, refused)) = runtime.block_on(entries) else {
            note(&format!("bootproof: note: nothing is published in etcd: the way there is not found in {ROUTE:?}"));
            return None;
        };
        for diagnosis in refused.iter().filter(|_| !common.quiet) {
            note(&format!("bootproof: note: not published in etcd\n{diagnosis}"));
        }
        (!publication.is_empty()).then(|| Self { publication, thread: None, verbose: common.verbose > 0 })
    }

    /// Publishes the port `name`, which is the program's now. Returns at once.
    pub(super) fn publish(&mut self, name: &str) {
        let Some(publication) = self.publication.of(name) else { return };
        let verbose = self.verbose;
        if self.thread.is_none() {
            let (send, receive) = mpsc::unbounded_channel();
            let keep = thread::Builder::new().name("etcd".to_owned()).spawn(move || tend(receive, verbose));
            match keep {
                Ok(keep) => self.thread = Some((send, keep)),
                Err(error) => return away(&error.to_string()),
            }
        }
        // When the thread is gone, it has said why.
        self.thread.as_ref().map(|(send, _)| send.send((name.to_owned(), publication)));
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        if let Some((send, thread)) = self.thread.take() {
            drop(send);
            drop(thread.join());
        }
    }
}

/// Keeps what comes until nothing can come any more, then takes it back.
fn tend(mut ports: mpsc::UnboundedReceiver<Named>, verbose: bool) {
    let runtime: io::Result<Runtime> = Builder::new_current_thread().enable_all().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return away(&error.to_string()),
    };
    runtime.block_on(async {
        let (end, ended) = watch::channel(());
        let told = Arc::new(AtomicBool::new(false));
        let mut all = JoinSet::new();
        while let Some((name, publication)) = ports.recv().await {
            all.spawn(keep(name, publication, ended.clone(), Arc::clone(&told), verbose));
        }
        drop(end);
        while all.join_next().await.is_some() {}
    });
    runtime.shutdown_timeout(END);
}

/// Keeps one port published until `ended` is.
async fn keep(
    name: String,
    publication: Publication,
    mut ended: watch::Receiver<()>,
    told: Arc<AtomicBool>,
    verbose: bool,
) {
    let mut registration = match publication.start(Duration::ZERO).await {
        Ok(registration) => registration,
        Err(why) => return away(&why),
    };
    tokio::select! {
        // It is dropped, never sent.
        _ = ended.changed() => {}
        () = watch_over(&name, &mut registration, &told, verbose) => {}
    }
    registration.end().await;
}

/// Tells when it is there, and once for all ports when etcd is away. Never ends.
async fn watch_over(name: &str, registration: &mut Registration, told: &AtomicBool, verbose: bool) {
    let late = tokio::time::sleep(ANSWERS);
    tokio::pin!(late);
    loop {
        let there = registration.standing().is_published();
        if there && verbose {
            note(&format!("bootproof: ports.{name}: published in etcd"));
        }
        tokio::select! {
            changed = registration.changed() => if !changed { std::future::pending::<()>().await },
            () = &mut late, if !there && !late.is_elapsed() => {}
        }
        let standing = registration.standing();
        if !standing.is_published() && late.is_elapsed() && !told.swap(true, Ordering::SeqCst) {
            away(
                "it does not answer; the program runs without, and what it serves is published as soon as etcd is back",
            );
        }
    }
}

fn away(why: &str) {
    note(&format!("bootproof: note: not published in etcd: {why}"));
}
