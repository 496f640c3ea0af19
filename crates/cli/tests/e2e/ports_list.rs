//! `bootproof ports`: what a living program has published, and nothing else.

use bootproof_testkit::Sandbox;
use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
};

const BOOTPROOF: &str = env!("CARGO_BIN_EXE_bootproof");

/// A journal with one port that this test process holds, and one of a process that has ended.
fn published(sandbox: &Sandbox) -> std::net::TcpListener {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let start: u64 = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    let space = |name| {
        let link = fs::read_link(format!("/proc/self/ns/{name}")).unwrap().display().to_string();
        link.split(['[', ']']).nth(1).unwrap().parse::<u64>().unwrap()
    };
    let line = |n: u8, name: &str, start: u64| {
        let id = format!("019ab2c4-0000-7000-8000-0000000000{n:02}");
        let realm = serde_json::json!({"boot": boot.trim(), "pids": space("pid"), "net": space("net")});
        let owner = serde_json::json!({"pid": std::process::id(), "start": start, "realm": realm});
        let entry = serde_json::json!({
            "id": id, "instance": id, "service": "chat", "port": name, "protocol": "tcp", "scheme": "http",
            "addresses": [format!("127.0.0.1:{port}")], "host": "localhost", "wanted": port, "owner": owner,
            "state": "held", "since": 1_763_930_000_000_u64,
        });
        serde_json::json!({"v": 1, "entry": entry}).to_string() + "\n"
    };
    let folder = sandbox.home().join(".local/state/bootproof/ports");
    fs::create_dir_all(&folder).unwrap();
    // Whatever the umask is: what others could write is not read.
    for made in [folder.parent().unwrap(), &folder] {
        fs::set_permissions(made, Permissions::from_mode(0o700)).unwrap();
    }
    fs::write(folder.join("journal"), line(1, "api", start) + &line(2, "old", start + 1)).unwrap();
    fs::set_permissions(folder.join("journal"), Permissions::from_mode(0o600)).unwrap();
    listener
}

#[tokio::test]
async fn what_lives_is_listed_as_text_json_and_variables_and_what_has_ended_is_not() {
    let sandbox = Sandbox::new();
    let listener = published(&sandbox);
    let address = listener.local_addr().unwrap();
    let text = sandbox.command(BOOTPROOF).args(["ports"]).run().await;
    assert_eq!(text.status.code(), Some(0), "{}", text.stderr);
    assert!(text.stdout.contains("chat/api") && text.stdout.contains(&format!("http://{address}")), "{}", text.stdout);
    assert!(!text.stdout.contains("old"), "{}", text.stdout);
    let json = sandbox.command(BOOTPROOF).args(["ports", "list", "--format", "json"]).run().await;
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["schemaVersion"], &json["ports"][0]["reach"]), (&1.into(), &address.to_string().into()));
    let env = sandbox.command(BOOTPROOF).args(["ports", "--format", "env"]).run().await;
    assert!(env.stdout.contains(&format!("CHAT_API_PORT={}\n", address.port())), "{}", env.stdout);
    drop(listener);
    let text = sandbox.command(BOOTPROOF).args(["ports"]).run().await;
    assert!(text.stdout.starts_with("no program that lives has published a port"), "{}", text.stdout);
}

#[tokio::test]
async fn without_a_ledger_the_list_is_empty_and_nothing_is_made() {
    let sandbox = Sandbox::new();
    let output = sandbox.command(BOOTPROOF).args(["ports"]).run().await;
    assert_eq!((output.status.code(), output.stderr.as_str()), (Some(0), ""));
    assert_eq!(fs::read_dir(sandbox.home()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_ledger_that_others_can_write_is_not_believed() {
    let sandbox = Sandbox::new();
    let _listener = published(&sandbox);
    let folder = sandbox.home().join(".local/state/bootproof/ports");
    fs::set_permissions(folder, Permissions::from_mode(0o777)).unwrap();
    let output = sandbox.command(BOOTPROOF).args(["ports"]).run().await;
    assert_eq!((output.status.code(), output.stdout.as_str()), (Some(1), ""));
    assert!(output.stderr.contains("PORT-021") && output.stderr.contains("BOOTPROOF_STATE_DIR"), "{}", output.stderr);
}
