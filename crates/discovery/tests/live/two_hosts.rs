//! Two hosts share a registry; one is cut off, its entries go after the lease, and come back after the heal.
//!
//! The hosts are processes of their own in network namespaces: this very test program, started again to run this very test,
//! which sees from a variable that it is a host.

use crate::hosts::{ETCD, Network};
use bootproof_core::{Environment, Vars};
use bootproof_discovery::{
    Dns, Entry, Etcd, EtcdConfig, Machine, Registration, Scope, Sources, Wanted, Watch, advertise, interfaces, resolve,
};
use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

const TEST: &str = "two_hosts::a_host_that_is_cut_off_is_gone_after_its_lease_and_back_after_the_heal";
const ROLE: &str = "BOOTPROOF_TEST_HOST";
const TTL: Duration = Duration::from_secs(2);
/// What a busy machine may add.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a host says about itself, a line each time that changes.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // The parent is gone when this fails, and then so is this host.
    if writeln!(out, "host: {line}").and_then(|()| out.flush()).is_err() {
        std::process::abort();
    }
}

/// Publishes itself and says what it sees, until it is killed.
async fn be_a_host(name: &str) {
    let etcd = Etcd::new(EtcdConfig::new([ETCD], Scope::new("shop", Environment::Test).unwrap())).unwrap();
    let listener = tokio::net::TcpListener::bind("0.0.0.0:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let reached = advertise(None, address, etcd.route().await, &interfaces()).unwrap();
    assert_eq!(reached.reason, "this machine's address on its way to etcd");
    let entry = Entry {
        service: name.into(),
        port: "http".into(),
        instance: name.into(),
        host: reached.host,
        number: reached.port,
        scheme: None,
        owner: Machine { host: name.into(), pid: std::process::id() },
    };
    let mut registration = Registration::start(&etcd, vec![entry], TTL, PATIENCE).await.unwrap();
    let mut watch = Watch::with_silence(&etcd, None, Duration::from_millis(500));
    let other = Wanted::named(if name == "a" { "b" } else { "a" });
    loop {
        let view = watch.view();
        let seen: Vec<_> = view.entries().map(|entry| format!("{}@{}", entry.instance, entry.host)).collect();
        let (in_touch, published) = (view.in_touch, registration.standing().is_published());
        let found = find(&other, &etcd).await;
        say(&format!("{} in_touch={in_touch} published={published} found={found}", seen.join(",")));
        tokio::select! {
            _ = watch.changed() => {}
            _ = registration.changed() => {}
        }
    }
}

/// Where the other host's service is, connected to by this very search.
async fn find(other: &Wanted, etcd: &Etcd) -> String {
    let (vars, dns) = (Vars::default(), Dns::system());
    let found = resolve(other, &Sources { etcd: Some(etcd), ..Sources::new(&vars, &dns) }).await;
    found.map_or_else(|_| "nobody".to_owned(), |found| format!("{}@{}", other.name, found.endpoint.host))
}

/// A host's process, and the lines it says. Killed when dropped.
struct Host {
    child: Child,
    lines: Receiver<String>,
    name: &'static str,
}

impl Host {
    fn start(network: &Network, at: usize, name: &'static str) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut command = network.on(at, &program);
        command.args(["--exact", TEST, "--nocapture"]).env(ROLE, name);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (tell, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // libtest writes its own words before the first line.
                if let Some((_, line)) = line.split_once("host: ") {
                    let _ = tell.send(line.to_owned());
                }
            }
        });
        Self { child, lines, name }
    }

    /// Waits until the host says `wanted`; how long that took.
    fn says(&self, wanted: &str, limit: Duration) -> Duration {
        let began = Instant::now();
        let mut last = String::from("nothing");
        while let Ok(line) = self.lines.recv_timeout(limit.saturating_sub(began.elapsed())) {
            if line == wanted {
                return began.elapsed();
            }
            last = line;
        }
        panic!("host {} does not say `{wanted}` within {limit:?}; last `{last}`", self.name);
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_host_that_is_cut_off_is_gone_after_its_lease_and_back_after_the_heal() {
    if let Ok(name) = std::env::var(ROLE) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(be_a_host(&name));
    }
    let network = Network::new(2);
    let (a, b) = (Host::start(&network, 0, "a"), Host::start(&network, 1, "b"));
    let both = |found| format!("a@10.77.0.2,b@10.77.0.3 in_touch=true published=true found={found}");
    let (a_sees, b_sees) = (both("b@10.77.0.3"), both("a@10.77.0.2"));
    a.says(&a_sees, PATIENCE);
    b.says(&b_sees, PATIENCE);

    network.cut(0);
    let alone = "b@10.77.0.3 in_touch=true published=true found=nobody";
    let gone = b.says(alone, TTL + PATIENCE);
    // The last keep-alive was at most a third of the lease before the cut; etcd looks for ended leases twice a second.
    assert!(gone > TTL / 2, "gone {gone:?} after the cut, before its lease can have run out");
    a.says("a@10.77.0.2,b@10.77.0.3 in_touch=false published=false found=nobody", PATIENCE);

    network.heal(0);
    b.says(&b_sees, PATIENCE);
    a.says(&a_sees, PATIENCE);

    // A host that dies says nothing any more, either.
    drop(a);
    b.says(alone, TTL + PATIENCE);
}
