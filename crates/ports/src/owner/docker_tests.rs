//! `docker_ps_28.2.2.jsonl` is what the client of Docker 28.2.2 printed. No engine runs where these tests are made: the
//! client was given a hand-made answer in the format of the engine's documented API, on a socket of its own.

use super::*;
use crate::Host;
use std::{fs, os::unix::fs::PermissionsExt};

const RECORDED: &str = include_str!("docker_ps_28.2.2.jsonl");

/// A program in the place of the client: a shell script, run with its own folder.
fn client(script: &str, limit: Duration) -> (tempfile::TempDir, Docker) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    (folder, Docker::program(path, limit))
}

fn long() -> Duration {
    Duration::from_secs(30)
}

fn place(protocol: Protocol, port: u16) -> Place {
    Place { protocol, addresses: Host::Localhost.addresses(port) }
}

#[test]
fn what_the_client_lists_is_read() {
    let all: Vec<_> = RECORDED.lines().map(|line| listed(line).unwrap()).collect();
    let web = all[0].container();
    assert_eq!(web.to_string(), "container `shop-web-1` (service `web` of the Compose project `shop`)");
    assert_eq!(web.id, "4f66ad9a0b2e");
    assert_eq!(all[1].container().to_string(), "container `resolver`");
    assert_eq!(all[1].published.len(), 2);
}

#[test]
fn a_port_leads_to_the_container_that_publishes_it_with_that_protocol() {
    let all: Vec<_> = RECORDED.lines().map(|line| listed(line).unwrap()).collect();
    let who = |protocol, port| all.iter().position(|listed| listed.publishes(&place(protocol, port)));
    assert_eq!((who(Protocol::Tcp, 8080), who(Protocol::Udp, 8080)), (Some(0), None));
    assert_eq!((who(Protocol::Udp, 5353), who(Protocol::Tcp, 5353)), (Some(1), None));
    assert_eq!(
        [8999, 9000, 9001, 9002, 9003].map(|port| who(Protocol::Tcp, port).is_some()),
        [false, true, true, true, false]
    );
    assert_eq!((who(Protocol::Tcp, 443), who(Protocol::Tcp, 80)), (None, None), "not published");
    assert_eq!(published(":::8080->80/tcp").unwrap().ip, IpAddr::from([0_u16; 8]));
}

#[test]
fn the_client_is_asked_and_its_answer_is_used() {
    let (folder, docker) = client("cat \"$(dirname \"$0\")/answer\"", long());
    fs::write(folder.path().join("answer"), RECORDED).unwrap();
    assert_eq!(docker.containers().unwrap().len(), 2);
}

#[test]
fn no_client_no_engine_and_garbage_are_all_no_answer() {
    assert_eq!(Docker::program("/no/such/docker", long()).containers(), None);
    for script in [
        "echo 'Cannot connect to the Docker daemon' >&2; exit 1",
        "echo '{\"ID\": \"4f66\"}'; exit 1",
        "echo garbage",
        "echo '{}'",
        "echo '{\"ID\": \"../../etc\"}'",
        "echo json",
        "head -c 1000 /dev/urandom",
        "yes x",
    ] {
        assert_eq!(client(script, long()).1.containers(), None, "{script}");
    }
    assert_eq!(client("exit 0", long()).1.containers(), Some(vec![]), "no containers are an answer");
}

#[test]
fn a_client_that_is_late_is_ended_whether_it_says_nothing_or_never_ends() {
    for script in ["exec sleep 600", "echo '{\"ID\": \"4f\"}'; exec sleep 600", "exec >&-; exec sleep 600"] {
        let script = format!("echo $$ > \"$(dirname \"$0\")/pid\"; {script}");
        let (folder, docker) = client(&script, Duration::from_millis(300));
        let since = Instant::now();
        assert_eq!(docker.containers(), None);
        assert!(since.elapsed() < Duration::from_secs(20), "{script}: {:?}", since.elapsed());
        // On a slow machine it may have been ended before it could say its number.
        if let Ok(pid) = fs::read_to_string(folder.path().join("pid")) {
            assert!(!fs::exists(format!("/proc/{}", pid.trim())).unwrap(), "{script}");
        }
    }
}

#[test]
fn names_with_control_characters_are_made_visible() {
    let line = r#"{"ID":"4f","Names":"a\u001b[2J","Labels":"com.docker.compose.project=p\n","Ports":""}"#;
    let shown = listed(line).unwrap().container().to_string();
    assert!(!shown.contains(['\u{1b}', '\n']), "{shown:?}");
}
