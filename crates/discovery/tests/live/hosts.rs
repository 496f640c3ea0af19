//! Machines that are network namespaces: a switch with etcd in it, and hosts with a cable each that can be pulled.
//!
//! Nothing is made in the machine's own namespace. The names hold our pid and its start, so that what a killed test left behind
//! is found and removed by the next one.

use std::{
    fs,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// What the names of our namespaces begin with.
const NAME: &str = "bootproof-hosts";

/// Where etcd is for the hosts.
pub const ETCD: &str = "http://10.77.0.1:2379";

/// A switch at 10.77.0.1 with etcd in it, and hosts from 10.77.0.2 on. All of it ends and is removed when dropped.
pub struct Network {
    switch: String,
    hosts: Vec<String>,
    etcd: Option<Child>,
    folder: tempfile::TempDir,
}

impl Network {
    /// Makes it with so many hosts; etcd is started and not waited for.
    pub fn new(hosts: usize) -> Self {
        assert!(nix::unistd::geteuid().is_root(), "network namespaces need root: run this test as root");
        remove_left_behind();
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let base = format!("{NAME}-{}-{}", owner(std::process::id()).unwrap(), COUNT.fetch_add(1, Ordering::Relaxed));
        let hosts = (0..hosts).map(|at| format!("{base}-{at}")).collect();
        // Made before the first namespace is, so that a failure half-way is cleaned up, too.
        let mut network = Self { switch: format!("{base}-s"), hosts, etcd: None, folder: tempfile::tempdir().unwrap() };
        network.wire();
        network.start_etcd();
        network
    }

    fn wire(&self) {
        let switch = &self.switch;
        ip(&format!("netns add {switch}"));
        ip(&format!("-n {switch} link add br0 type bridge"));
        ip(&format!("-n {switch} address add 10.77.0.1/24 dev br0"));
        ip(&format!("-n {switch} link set br0 up"));
        ip(&format!("-n {switch} link set lo up"));
        for (at, host) in self.hosts.iter().enumerate() {
            ip(&format!("netns add {host}"));
            ip(&format!("-n {switch} link add cable{at} type veth peer name eth0 netns {host}"));
            ip(&format!("-n {switch} link set cable{at} master br0 up"));
            ip(&format!("-n {host} address add 10.77.0.{}/24 dev eth0", at + 2));
            ip(&format!("-n {host} link set eth0 up"));
            ip(&format!("-n {host} link set lo up"));
        }
    }

    fn start_etcd(&mut self) {
        let log = fs::File::create(self.folder.path().join("etcd.log")).unwrap();
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.switch, "etcd", "--name", "one"]);
        command.arg("--data-dir").arg(self.folder.path().join("data"));
        command.args(["--listen-client-urls", ETCD, "--advertise-client-urls", ETCD]);
        command.args([
            "--listen-peer-urls",
            "http://127.0.0.1:0",
            "--initial-advertise-peer-urls",
            "http://127.0.0.1:0",
        ]);
        command.args(["--initial-cluster", "one=http://127.0.0.1:0", "--heartbeat-interval", "100"]);
        command.args(["--election-timeout", "500"]).stdin(Stdio::null());
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let missing = "etcd must be installed: apt-get install -y --no-install-recommends etcd-server iproute2";
        self.etcd = Some(command.spawn().expect(missing));
    }

    /// A command that will run on host `at`.
    pub fn on(&self, at: usize, program: &std::path::Path) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.hosts[at]]).arg(program);
        command
    }

    /// Pulls the cable of host `at` at the switch: the host itself notices nothing.
    pub fn cut(&self, at: usize) {
        ip(&format!("-n {} link set cable{at} down", self.switch));
    }

    /// Plugs it in again.
    pub fn heal(&self, at: usize) {
        ip(&format!("-n {} link set cable{at} up", self.switch));
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        if let Some(etcd) = &mut self.etcd {
            // `ip netns exec` became etcd: this is its own process.
            let _ = etcd.kill();
            let _ = etcd.wait();
        }
        for namespace in self.hosts.iter().chain([&self.switch]) {
            let _ = Command::new("ip").args(["netns", "delete", namespace]).stderr(Stdio::null()).status();
        }
    }
}

fn ip(words: &str) {
    let missing = "`ip` must be installed: apt-get install -y --no-install-recommends iproute2";
    let done = Command::new("ip").args(words.split(' ')).output().expect(missing);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "`ip {words}` failed, network namespaces are needed: {said}");
}

/// `PID-START` of a living process: names it for ever.
fn owner(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let started = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?;
    Some(format!("{pid}-{started}"))
}

/// Removes the namespaces of tests that were killed, and what still runs in them.
fn remove_left_behind() {
    let names = fs::read_dir("/run/netns").into_iter().flatten().flatten();
    for name in names.filter_map(|entry| entry.file_name().into_string().ok()) {
        let Some(rest) = name.strip_prefix(NAME).and_then(|rest| rest.strip_prefix('-')) else { continue };
        let Some(pid) = rest.split('-').next().and_then(|pid| pid.parse().ok()) else { continue };
        if owner(pid).is_some_and(|owner| rest.starts_with(&format!("{owner}-"))) {
            continue;
        }
        let inside = Command::new("ip").args(["netns", "pids", &name]).output();
        let inside = inside.map(|done| String::from_utf8_lossy(&done.stdout).into_owned()).unwrap_or_default();
        for pid in inside.split_whitespace().filter_map(|pid| pid.parse().ok()) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
        }
        let _ = Command::new("ip").args(["netns", "delete", &name]).stderr(Stdio::null()).status();
    }
}
