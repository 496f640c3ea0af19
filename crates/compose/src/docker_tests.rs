use super::*;
use std::{fs, os::unix::fs::PermissionsExt as _};

/// A program that stands in for the client.
fn client(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("docker");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[test]
fn a_line_of_docker_ps_tells_who_publishes_what_for_which_project() {
    let line = "shop-web-1\trunning\tshop\tweb\t/srv/shop\t/srv/shop/compose.yaml,/srv/shop/x.yaml\t\
                0.0.0.0:8080->80/tcp, [::]:8080->80/tcp, 127.0.0.1:9000-9002->9000-9002/udp, 443/tcp, :::53->53/udp";
    let all = parse(&format!("{line}\nold\texited\t\t\t\t\t\n"));
    assert_eq!((all.len(), all[0].ports.len(), all[0].files.len()), (2, 4, 2));
    assert!(!all[1].running && all[1].project.is_none() && all[1].ports.is_empty());
    let engine = Engine::Answered(all);
    let who = |ip: Option<&str>, port, protocol| {
        engine.holder(ip.map(|ip| ip.parse().unwrap()), port, protocol).map(|one| one.name.as_str())
    };
    assert_eq!(who(None, 8080, Protocol::Tcp), Some("shop-web-1"));
    assert_eq!(who(Some("127.0.0.1"), 8080, Protocol::Tcp), Some("shop-web-1"));
    assert_eq!(who(Some("127.0.0.1"), 8080, Protocol::Udp), None);
    assert_eq!(who(Some("127.0.0.1"), 9001, Protocol::Udp), Some("shop-web-1"));
    assert_eq!(who(Some("127.0.0.2"), 9001, Protocol::Udp), None);
    assert_eq!(who(None, 443, Protocol::Tcp), None, "443 is exposed, not published");
}

#[test]
fn a_client_that_is_missing_fails_or_hangs_is_never_taken_for_no_containers() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(ask(&folder.path().join("missing"), PATIENCE), Engine::Absent);
    let failing = client(folder.path(), "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
    assert_eq!(
        ask(&failing, PATIENCE),
        Engine::Silent("`docker ps` fails: Cannot connect to the Docker daemon".to_owned())
    );
    let hanging = client(folder.path(), "exec sleep 60");
    let begun = Instant::now();
    assert!(
        matches!(ask(&hanging, Duration::from_millis(200)), Engine::Silent(why) if why.contains("does not answer"))
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
    let answering = client(folder.path(), "printf 'a\\trunning\\t\\t\\t\\t\\t0.0.0.0:1->1/tcp\\n'");
    assert_eq!(ask(&answering, PATIENCE).containers().len(), 1);
}

#[test]
fn a_container_is_of_a_project_by_name_and_folder() {
    let one = Container { project: Some("shop".into()), folder: Some("/srv/shop".into()), ..Container::default() };
    assert!(one.is_of("shop", Path::new("/srv/shop")) && !one.is_of("shop", Path::new("/home/shop")));
    assert!(!one.is_of("other", Path::new("/srv/shop")));
}

#[test]
fn the_exit_code_of_a_container_that_has_ended_is_read_and_of_one_that_runs_there_is_none() {
    let line = |state: &str, status: &str| format!("shop-migrate-1\t{state}\tshop\tmigrate\t/srv/shop\t\t\t{status}");
    for (state, status, exit) in [
        ("exited", "Exited (0) 2 minutes ago", Some(0)),
        ("exited", "Exited (137) About a minute ago", Some(137)),
        ("running", "Up 3 seconds (healthy)", None),
        ("restarting", "Restarting (1) 4 seconds ago", None),
        ("created", "Created", None),
    ] {
        assert_eq!(parse(&line(state, status))[0].exit, exit, "{status}");
    }
}
