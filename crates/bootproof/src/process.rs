//! The one place where the process environment is read and the process is ended.
//!
//! Everything else is given a map. Look here for what counts as "not a bare machine".

use bootproof_core::{Host, Secret, Seed, Value, Vars, variables::FINGERPRINT_KEY};
#[cfg(unix)]
use bootproof_ports::Given;
use std::{
    ffi::OsString,
    hash::{BuildHasher, RandomState},
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Variables that only exist where somebody else runs the program, and who that is.
const DEPLOYED: &[(&str, &str)] = &[
    ("container", "a container"),
    ("KUBERNETES_SERVICE_HOST", "Kubernetes"),
    ("ECS_CONTAINER_METADATA_URI_V4", "Amazon ECS"),
    ("AWS_LAMBDA_FUNCTION_NAME", "AWS Lambda"),
    ("K_SERVICE", "Cloud Run"),
    ("GAE_ENV", "App Engine"),
    ("WEBSITE_SITE_NAME", "Azure App Service"),
    ("DYNO", "Heroku"),
    ("FLY_APP_NAME", "Fly.io"),
    ("RENDER", "Render"),
    ("RAILWAY_ENVIRONMENT_NAME", "Railway"),
];

/// Files that container engines put into every container.
const CONTAINER_FILES: &[&str] = &["/.dockerenv", "/run/.containerenv", "/run/systemd/container"];

/// The machine's own namespaces, as Linux numbers them since 3.8 (`include/uapi/linux/nsfs.h`: init_uts_ns, init_ipc_ns,
/// init_pid_ns).
const INITIAL_NAMESPACES: &[(&str, &str)] =
    &[("uts", "uts:[4026531838]"), ("ipc", "ipc:[4026531839]"), ("pid", "pid:[4026531836]")];

/// The process environment, read once. Of a value that is not UTF-8 only the name is kept; a name that is not, is left out.
pub fn variables() -> Vars {
    let mut vars = Vars::default();
    for (name, text) in std::env::vars_os() {
        let Ok(name) = name.into_string() else { continue };
        match text.into_string() {
            Ok(text) => vars.set(name, Value { text: Secret::new(text), source: "process".to_owned(), shown: false }),
            Err(_) => vars.set_not_text(name),
        }
    }
    vars
}

/// Variables that are for this process alone: the key of fingerprints, and sockets that it was given by systemd.
const NOT_PASSED_ON: [&str; 4] = [FINGERPRINT_KEY, "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"];

/// The environment of a program that is started: exactly `vars`, and what of the process environment is not UTF-8 and so not in
/// it. What is for this process alone is left out.
pub fn environment_of_child(vars: &Vars) -> Vec<(OsString, OsString)> {
    let not_text = std::env::vars_os().filter(|(name, text)| name.to_str().is_none_or(|_| text.to_str().is_none()));
    let not_text = not_text.filter(|(name, _)| name.to_str().is_none_or(|name| vars.value(name).is_none()));
    let text = vars.iter().map(|(name, value)| (name.into(), value.text.reveal().into()));
    not_text.chain(text).filter(|(name, _)| !NOT_PASSED_ON.iter().any(|own| name == own)).collect()
}

/// The sockets that this process was given by whoever started it, as systemd does (`LISTEN_FDS`, `LISTEN_PID`, `LISTEN_FDNAMES`): once; a
/// second call finds none. Call it early, as it takes the three out of the process environment. `vars` is what
/// [`variables`] read before.
#[cfg(unix)]
pub fn given_sockets(vars: &Vars) -> Vec<Given> {
    // Without the right process id they are somebody else's, and the numbers are files of ours.
    if vars.text("LISTEN_PID").map(str::trim) != Some(std::process::id().to_string().as_str()) {
        return vec![];
    }
    let mut names = vars.text("LISTEN_FDNAMES").unwrap_or_default().split(':');
    let mut files = listenfd::ListenFd::from_env();
    let given = (0..files.len()).map(|at| take(&mut files, at, names.next().filter(|name| !name.is_empty()))).collect();
    close_the_rest(&mut files);
    given
}

/// Closes what was given and is none of the sockets that were taken: it would be passed on to every program that is started.
#[cfg(unix)]
fn close_the_rest(files: &mut listenfd::ListenFd) {
    let rest = (0..files.len()).filter_map(|at| files.take_raw_fd(at).ok().flatten());
    for number in rest.filter(|number| is_passed_on(*number)) {
        // Nothing can be done about a file that does not close.
        let _ = nix::unistd::close(number);
    }
}

/// Whether a started program would have the file. Files of our own never are like that, should the count be too high.
#[cfg(unix)]
fn is_passed_on(number: std::os::fd::RawFd) -> bool {
    // Octal: `O_CLOEXEC` of `asm-generic/fcntl.h`, as `proc_pid_fdinfo(5)` shows it.
    const CLOSED_ON_EXEC: u32 = 0o2_000_000;
    let about = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
    flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok()).is_some_and(|flags| flags & CLOSED_ON_EXEC == 0)
}

#[cfg(unix)]
fn take(files: &mut listenfd::ListenFd, at: usize, name: Option<&str>) -> Given {
    let name = name.map(str::to_owned);
    if let Ok(Some(listener)) = files.take_tcp_listener(at) {
        return Given::tcp(name, listener);
    }
    if let Ok(Some(socket)) = files.take_udp_socket(at) {
        return Given::udp(name, socket);
    }
    if let Ok(Some(listener)) = files.take_unix_listener(at) {
        return Given::unix(name, listener);
    }
    // Taken to be closed: nothing that is declared can be one of these.
    let unix = matches!(files.take_unix_datagram(at), Ok(Some(_)));
    Given::other(name, if unix { "a Unix socket for datagrams" } else { "something that is no socket" })
}

/// What says that this is not a bare machine.
pub fn host(vars: &Vars) -> Host {
    let by_variable = || {
        let (name, platform) =
            DEPLOYED.iter().find(|(name, _)| vars.text(name).is_some_and(|text| !text.is_empty()))?;
        Some(format!("{platform} ({name} is set)"))
    };
    let by_file = || {
        let file = CONTAINER_FILES.iter().find(|file| Path::new(file).exists())?;
        (!in_initial_namespaces()).then(|| format!("a container (`{file}` exists)"))
    };
    Host { deployed_on: by_variable().or_else(by_file) }
}

/// Whether this process is in all of the machine's own namespaces: then a marker file only says that the machine's disk was
/// made from an image, as virtual machines' often are.
fn in_initial_namespaces() -> bool {
    INITIAL_NAMESPACES.iter().all(|(name, initial)| {
        std::fs::read_link(format!("/proc/self/ns/{name}")).is_ok_and(|link| link.as_os_str() == *initial)
    })
}

/// A fresh seed, from the operating system's randomness (through the standard library's hasher keys).
pub fn fresh_seed() -> Seed {
    Seed(RandomState::new().hash_one(std::process::id()))
}

/// The time now, since the Unix epoch.
pub fn wall_clock() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Writes `text` to stderr and ends the process with `code`.
pub(crate) fn exit_with(text: &str, code: u8) -> ! {
    // stderr is the last resort: when it is closed, the exit code still tells.
    drop(std::io::Write::write_all(&mut std::io::stderr(), text.as_bytes()));
    #[expect(clippy::exit, reason = "this is what `or_exit` promises")]
    std::process::exit(i32::from(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_recognised_by_its_variable() {
        let vars = Vars::from_pairs("test", [("KUBERNETES_SERVICE_HOST", "10.0.0.1")]);
        assert_eq!(host(&vars).deployed_on.as_deref(), Some("Kubernetes (KUBERNETES_SERVICE_HOST is set)"));
        let blank = Vars::from_pairs("test", [("KUBERNETES_SERVICE_HOST", "")]);
        assert!(!host(&blank).deployed_on.is_some_and(|on| on.contains("Kubernetes")));
    }

    #[test]
    fn two_seeds_differ() {
        assert_ne!(fresh_seed(), fresh_seed());
    }
}
