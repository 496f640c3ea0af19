//! etcd as a source and as a node: what stands there is found, its absence costs nothing but itself.

use super::*;
use bootproof_testkit::Etcd;

/// A machine of its own: its own address that is not loopback (others are not taken from etcd), etcd, and a service that is
/// published there as bootproof publishes it.
const MACHINE: &str = r#"set -e; PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
ip addr add 10.88.0.9/32 dev lo
etcd --data-dir etcd --name one --initial-cluster one=http://127.0.0.1:2380 --listen-peer-urls http://127.0.0.1:2380 \
  --initial-advertise-peer-urls http://127.0.0.1:2380 --listen-client-urls http://127.0.0.1:2379 \
  --advertise-client-urls http://127.0.0.1:2379 > etcd.log 2>&1 &
perl neighbour.pl 10.88.0.9 8080 users > neighbour.log 2>&1 &
"$BOOTPROOF" wait http://127.0.0.1:2379/health tcp://10.88.0.9:8080 --timeout 20s >&2
encoded() { printf %s "$1" | base64 -w0; }
put() { perl put.pl "$(encoded "/bootproof/v1/default/development/users/api/$1")" "$(encoded \
  "{\"v\":1,\"service\":\"users\",\"port\":\"api\",\"instance\":\"$1\",\"host\":\"$2\",\"number\":8080,\"owner\":{\"host\":\"m\",\"pid\":7}}")"; }
put one 10.88.0.9
put strange 127.0.0.1
exec "$BOOTPROOF" verify --env development --format json
"#;

const PUT: &str = r#"use strict; use Socket;
my ($key, $value) = @ARGV;
my $body = sprintf '{"key":"%s","value":"%s"}', $key, $value;
socket my $s, PF_INET, SOCK_STREAM, 0 or die $!;
connect $s, pack_sockaddr_in(2379, inet_aton('127.0.0.1')) or die $!;
syswrite $s, "POST /v3/kv/put HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
local $/; my $answer = <$s>;
die $answer unless $answer =~ m{^HTTP/1.. 200 };
"#;

#[tokio::test]
async fn what_stands_in_etcd_is_found_there_and_what_leads_to_oneself_is_passed_over() {
    let toml =
        shop(&format!("default = \"http://127.0.0.1:1\"\n{USES}[discovery]\netcd = [\"http://127.0.0.1:2379\"]\n"));
    let sandbox = service(&toml);
    sandbox.write("neighbour.pl", script());
    sandbox.write("put.pl", PUT);
    sandbox.write("machine.sh", MACHINE);
    let run =
        unshare(&sandbox, &["--net"]).args(["sh", "machine.sh"]).var("BOOTPROOF", env!("CARGO_BIN_EXE_bootproof"));
    let report = Report::of(run.run().await);
    assert_eq!(identity(&report), "http://10.88.0.9:8080, says etcd", "{}", report.output.stdout);
    assert_eq!(
        (report.verdict("http.users"), report.verdict("discovery.etcd"), report.code()),
        ("proven", "proven", 0)
    );
    let evidence = report.evidence("discover.users");
    assert!(evidence.contains("instance `one`") && evidence.contains("users/api/strange"), "{evidence}");
}

#[tokio::test]
async fn an_etcd_that_is_away_is_told_and_the_other_sources_are_asked() {
    let etcd = Etcd::start().await.expect("etcd: `cargo xtask test` installs it");
    let (state, default) = (State::new(), Neighbour::anywhere("default"));
    let discovery = format!("[discovery]\netcd = [\"{}\"]\n", etcd.url());
    let sandbox = service(&shop(&format!("default = \"http://{}\"\n{USES}{discovery}", default.at)));
    let report = verified(&state, &sandbox, &[], &[]).await;
    assert_eq!((report.verdict("discovery.etcd"), report.code()), ("proven", 0), "{}", report.output.stdout);
    assert!(report.evidence("discover.users").contains("etcd: it knows no `users`"));
    drop(etcd);
    let report = verified(&state, &sandbox, &[], &[]).await;
    assert_eq!((report.problem("discovery.etcd"), report.code()), ("DISC-004", 0), "{}", report.output.stdout);
    assert_eq!(identity(&report), format!("http://{}, says declared default", default.at));
    assert_eq!(report.verdict("http.users"), "proven");
}

#[tokio::test]
async fn a_password_of_etcd_without_a_value_is_a_fault_of_the_configuration_and_names_the_variable() {
    let discovery = "[discovery]\netcd = [\"http://127.0.0.1:1\"]\nuser = \"me\"\npassword = \"${ETCD_PASSWORD}\"\n";
    let report = verified(&State::new(), &service(discovery), &[], &[]).await;
    assert_eq!(report.problem("discovery.etcd"), "DISC-008", "{}", report.output.stdout);
    assert!(report.output.stdout.contains("`ETCD_PASSWORD` has no value"), "{}", report.output.stdout);
}
