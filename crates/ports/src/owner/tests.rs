//! Which socket is the one in the way, and how an owner is told.

use super::*;
use crate::{Protocol, table::Stage};

fn row(local: &str, stage: Stage, inode: u64) -> Row {
    Row { protocol: Protocol::Tcp, local: local.parse().unwrap(), stage, inode, uid: 0, only_v6: None }
}

#[test]
fn the_listener_is_named_before_its_connections_and_those_before_what_is_only_remembered() {
    let rows = [
        row("127.0.0.1:80", Stage::TimeWait, 0),
        row("127.0.0.1:80", Stage::Connected, 5),
        row("[::]:80", Stage::Listening, 6),
        row("127.0.0.1:81", Stage::Listening, 7),
    ];
    let place = Place { protocol: Protocol::Tcp, addresses: vec!["127.0.0.1:80".parse().unwrap()] };
    let found = |rows: &[Row]| most_in_the_way(rows.to_vec(), &place).map(|row| row.inode);
    assert_eq!(found(&rows), Some(6));
    assert_eq!(found(&rows[..2]), Some(5));
    assert_eq!(found(&rows[..1]), Some(0));
    assert_eq!(found(&rows[3..]), None);
}

#[test]
fn what_is_hidden_is_called_unknown_and_never_free() {
    for owner in [
        Owner::Hidden { user: "x".into(), another: true, container: None },
        Owner::Hidden { user: "x".into(), another: false, container: None },
        Owner::Unknown,
    ] {
        assert!(owner.to_string().starts_with("unknown owner"), "{owner}");
    }
}

#[test]
fn a_process_is_told_with_its_command_line_its_start_and_its_container() {
    let container = Container {
        id: "4f66ad9a0b2e".into(),
        name: Some("shop-web-1".into()),
        project: Some("shop".into()),
        service: Some("web".into()),
    };
    let about = About {
        line: Some("docker-proxy -host-port 8080".into()),
        since: Some(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_795_466_460)),
        container: Some(container),
    };
    let owner =
        Owner::Process { pid: 7, command: "docker-proxy".into(), user: "root".into(), others: 2, about: about.into() };
    assert_eq!(
        owner.to_string(),
        "`docker-proxy -host-port 8080` (pid 7 and 2 more, user root, since 2026-11-23 20:41 UTC), container \
         `shop-web-1` (service `web` of the Compose project `shop`)"
    );
}
