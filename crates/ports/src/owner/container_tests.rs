//! From a process, or a port, to the container behind it.

use super::super::About;
use super::*;
use crate::{Host, Protocol};
use std::time::Duration;

const ID: &str = "4f66ad9a0b2e5c3d1f7a8b9c0d1e2f3a4b5c6d7e8f90a1b2c3d4e5f60718293a";

#[test]
fn the_id_is_found_however_the_engine_writes_its_groups() {
    for cgroup in [
        format!("12:cpu:/docker/{ID}\n"),
        format!("0::/system.slice/docker-{ID}.scope\n"),
        format!("0::/user.slice/user-1000.slice/libpod-{ID}.scope/container\n"),
        format!("0::/kubepods.slice/kubepods-burstable.slice/pod1234/cri-containerd-{ID}.scope\n"),
    ] {
        assert_eq!(id_in(&cgroup).as_deref(), Some(&ID[..12]), "{cgroup}");
    }
    for cgroup in ["0::/\n", "0::/user.slice/session-3.scope\n", "0::/x-4f66ad9a0b2e.scope"] {
        assert_eq!(id_in(cgroup), None, "{cgroup}");
    }
}

/// A program in the place of the client, which prints the recorded answer and notes that it was asked.
fn client() -> (tempfile::TempDir, Docker) {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docker");
    fs::write(folder.path().join("answer"), include_str!("docker_ps_28.2.2.jsonl")).unwrap();
    fs::write(&path, "#!/bin/sh\ncd \"$(dirname \"$0\")\"; echo >> asked; cat answer\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    (folder, Docker::program(path, Duration::from_secs(30)))
}

fn process(command: &str, container: Option<&str>) -> Owner {
    let container = container.map(|id| Container { id: short(id), name: None, project: None, service: None });
    let about = Box::new(About { container, ..About::default() });
    Owner::Process { pid: 7, command: command.into(), user: "root".into(), others: 0, about }
}

fn places(ports: &[u16]) -> Vec<Place> {
    ports.iter().map(|port| Place { protocol: Protocol::Tcp, addresses: Host::Any.addresses(*port) }).collect()
}

#[test]
fn a_proxy_a_hidden_owner_and_a_process_in_a_container_are_named_with_one_question() {
    let (folder, docker) = client();
    let hidden = Owner::Hidden { user: "root".into(), another: true, container: None };
    let mut owners =
        [process("docker-proxy", None), hidden, process("nginx", Some(ID)), process("nginx", None), Owner::Unknown];
    name(&places(&[8080, 9001, 80, 8080, 8080]), &mut owners, &docker);
    let told: Vec<_> = owners.iter().map(|owner| owner.to_string()).collect();
    let web = "container `shop-web-1` (service `web` of the Compose project `shop`)";
    assert!(told[0].ends_with(web) && told[2].ends_with(web), "{told:?}");
    assert!(told[1].starts_with("unknown owner") && told[1].ends_with("container `resolver`"), "{told:?}");
    assert!(!told[3].contains("container") && told[4] == "unknown owner", "{told:?}");
    assert_eq!(fs::read_to_string(folder.path().join("asked")).unwrap(), "\n");
}

#[test]
fn the_client_is_not_asked_when_no_container_can_be_behind_it() {
    let (folder, docker) = client();
    name(&places(&[8080, 8080]), &mut [process("node", None), Owner::Remembered], &docker);
    assert!(!folder.path().join("asked").exists());
}

#[test]
fn without_a_client_a_container_keeps_its_id() {
    let mut owners = [process("nginx", Some(ID))];
    name(&places(&[80]), &mut owners, &Docker::program("/no/such/docker", Duration::from_secs(1)));
    assert!(owners[0].to_string().ends_with("container `4f66ad9a0b2e`"), "{}", owners[0]);
}
