//! A real DNS server on loopback: dnsmasq, with the records of one test.

use bootproof_discovery::Dns;
use bootproof_testkit::free_port;
use std::{
    net::{Ipv4Addr, SocketAddr},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A running dnsmasq. Ends when dropped.
pub struct Dnsmasq {
    child: Child,
    pub address: SocketAddr,
}

impl Dnsmasq {
    /// Starts one that knows `records` and nothing else, such as `--host-record=a.internal,127.0.0.1`.
    pub async fn start(records: &[String]) -> Self {
        Self::start_at(free_port(), records).await
    }

    /// The same on a port that is known.
    pub async fn start_at(port: u16, records: &[String]) -> Self {
        let address = (Ipv4Addr::LOCALHOST, port).into();
        let mut command = Command::new("dnsmasq");
        command.args(["--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", "--no-resolv", "--no-hosts"]);
        command.args(["--listen-address=127.0.0.1", "--bind-interfaces", "--local=/internal/"]);
        command.arg(format!("--port={port}")).args(records);
        if nix::unistd::geteuid().is_root() {
            command.arg("--user=root");
        }
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{path}:/usr/sbin"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let missing = "dnsmasq must be installed: apt-get install -y --no-install-recommends dnsmasq-base";
        let server = Self { child: command.spawn().expect(missing), address };
        crate::soon::soon("dnsmasq answers", Duration::from_secs(10), || async {
            // Any answer shows that it is up; only silence does not.
            let answer = Dns::server(address).addresses("up.internal").await;
            matches!(answer, Err(bootproof_discovery::DnsError::Unknown { .. })).then_some(())
        })
        .await;
        server
    }

    pub fn dns(&self) -> Dns {
        Dns::server(self.address)
    }
}

impl Drop for Dnsmasq {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
