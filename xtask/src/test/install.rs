//! The servers that the tests need: on Debian what is missing is installed, elsewhere it is named.
//!
//! Never skipped: without them the tests would not show what they are there for.

use std::io::{ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A server or tool, Debian's package of it and the service that package may start.
struct Server {
    program: &'static str,
    package: &'static str,
    service: Option<&'static str>,
}

const SERVERS: [Server; 8] = [
    Server { program: "postgres", package: "postgresql", service: Some("postgresql") },
    Server { program: "redis-server", package: "redis-server", service: Some("redis-server") },
    Server { program: "mariadbd", package: "mariadb-server", service: Some("mariadb") },
    Server { program: "clickhouse-server", package: "clickhouse-server", service: Some("clickhouse-server") },
    Server { program: "etcd", package: "etcd-server", service: Some("etcd") },
    // The DNS server, and the tool that makes network namespaces.
    Server { program: "dnsmasq", package: "dnsmasq-base", service: None },
    Server { program: "ip", package: "iproute2", service: None },
    // Gives sockets to what it starts, without systemd running.
    Server { program: "systemd-socket-activate", package: "systemd", service: None },
];

/// Installs what is missing.
///
/// # Errors
/// What to install by hand, when that cannot be done here.
pub(crate) fn missing() -> Result<(), String> {
    let missing = not_found();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: Vec<_> = missing.iter().map(|server| server.package).collect();
    let by_hand = by_hand(&packages);
    let sudo = rights().ok_or_else(|| by_hand.clone())?;
    eprintln!("xtask: installing {}", packages.join(", "));
    let apt = ["apt-get", "-o", "DPkg::Lock::Timeout=300"];
    let install = ["install", "-y", "--no-install-recommends"];
    for words in [[&apt[..], &["update"]].concat(), [&apt[..], &install, &packages].concat()] {
        run(sudo, &words).map_err(|problem| format!("{problem}\n{by_hand}"))?;
    }
    for service in missing.iter().filter_map(|server| server.service) {
        stop(sudo, service);
    }
    match not_found().is_empty() {
        true => Ok(()),
        false => Err(format!("still missing after the installation: {by_hand}")),
    }
}

fn by_hand(packages: &[&str]) -> String {
    format!(
        "the tests need servers that are not installed here: {0}\n\
         on Debian, as root: apt-get update && apt-get install -y --no-install-recommends {0}",
        packages.join(" ")
    )
}

fn not_found() -> Vec<&'static Server> {
    SERVERS.iter().filter(|server| !folders().iter().any(|folder| folder.join(server.program).is_file())).collect()
}

/// Where programs may be: the path, the system's folders, and PostgreSQL's own.
fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.extend(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin"].map(PathBuf::from));
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    folders.extend(versions.map(|version| version.path().join("bin")));
    folders
}

/// What to put before a command so that it may install: nothing as root, else sudo. `None`: not on this machine.
fn rights() -> Option<&'static [&'static str]> {
    if !Path::new("/etc/debian_version").exists() {
        return None;
    }
    if nix::unistd::geteuid().is_root() {
        return Some(&[]);
    }
    // Where somebody sits at a terminal, sudo may ask for the password.
    let sudo: &[&str] = if std::io::stdin().is_terminal() { &["sudo"] } else { &["sudo", "-n"] };
    run(sudo, &["true"]).is_ok().then_some(sudo)
}

fn run(sudo: &[&str], words: &[&str]) -> Result<(), String> {
    let words = [sudo, &["env", "DEBIAN_FRONTEND=noninteractive"], words].concat();
    let (program, args) = words.split_first().ok_or("nothing to run")?;
    match Command::new(program).args(args).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{}` ended with {status}", words.join(" "))),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(format!("`{program}` is not here")),
        Err(error) => Err(format!("`{}`: {error}", words.join(" "))),
    }
}

/// Stops a service that was started because we installed its package: nothing may be left listening.
fn stop(sudo: &[&str], service: &str) {
    let words: &[&str] = match Path::new("/run/systemd/system").exists() {
        true => &["systemctl", "stop", service],
        false => &["service", service, "stop"],
    };
    if let Err(problem) = run(sudo, words) {
        eprintln!("xtask: {service} may have been started by its package: {problem}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_the_command_that_installs_it() {
        let text = by_hand(&["postgresql", "redis-server"]);
        assert!(text.contains("not installed here: postgresql redis-server\n"));
        assert!(text.ends_with("apt-get install -y --no-install-recommends postgresql redis-server"));
    }

    #[test]
    fn a_command_that_fails_is_named() {
        assert_eq!(
            run(&[], &["false"]).unwrap_err(),
            "`env DEBIAN_FRONTEND=noninteractive false` ended with exit status: 1"
        );
        assert!(run(&["no-such-sudo"], &["true"]).unwrap_err().contains("`no-such-sudo` is not here"));
    }
}
