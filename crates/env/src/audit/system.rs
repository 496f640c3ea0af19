//! Variables that the system, a shell, a tool or a platform sets: nobody declares them for a service.

/// Who sets a well-known variable, and what for; `None` for a name that a service declares itself.
pub fn system_variable(name: &str) -> Option<&'static str> {
    let exact = NAMES.iter().find(|(names, _)| names.contains(&name));
    let exact = exact.map(|(_, reason)| *reason);
    exact.or_else(|| PREFIXES.iter().find(|(prefix, _)| name.starts_with(prefix)).map(|(_, reason)| *reason))
}

/// Names, and why each of them needs no declaration.
const NAMES: [(&[&str], &str); 18] = [
    (
        &["PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "MAIL", "HOSTNAME", "SHLVL", "_"],
        "set by the login or the shell",
    ),
    (&["TERM", "COLORTERM", "COLUMNS", "LINES", "TERM_PROGRAM", "TERMINFO"], "set by the terminal"),
    (&["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LS_COLORS"], "a convention about colour in terminals"),
    (&["LANG", "LANGUAGE", "TZ"], "the language and time zone of the system"),
    (&["TMPDIR", "TMP", "TEMP"], "where the system keeps temporary files"),
    (&["EDITOR", "VISUAL", "PAGER", "BROWSER"], "what the user likes to work with"),
    (&["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS"], "set by the desktop"),
    (&["CI", "CONTINUOUS_INTEGRATION", "BUILD_NUMBER"], "set by continuous integration"),
    (&["RUST_LOG", "RUST_BACKTRACE", "RUST_LIB_BACKTRACE", "RUST_MIN_STACK"], "read by Rust's libraries"),
    (&["OUT_DIR", "OPT_LEVEL", "NUM_JOBS", "RUSTC", "RUSTFLAGS"], BUILD),
    (&["SSH_AUTH_SOCK", "SSH_AGENT_PID", "SSH_ASKPASS", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY"], "set by ssh"),
    (
        &[
            "GITHUB_ACTIONS",
            "GITHUB_ENV",
            "GITHUB_EVENT_NAME",
            "GITHUB_EVENT_PATH",
            "GITHUB_HEAD_REF",
            "GITHUB_JOB",
            "GITHUB_OUTPUT",
            "GITHUB_PATH",
            "GITHUB_REF",
            "GITHUB_REF_NAME",
            "GITHUB_REPOSITORY",
            "GITHUB_RUN_ID",
            "GITHUB_SHA",
            "GITHUB_STEP_SUMMARY",
            "GITHUB_WORKSPACE",
        ],
        "set by GitHub Actions",
    ),
    (&["VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "CONDA_PREFIX"], "set by Python's tools"),
    (&["NODE_ENV", "NODE_OPTIONS", "NODE_PATH", "NODE_DEBUG", "INIT_CWD"], "a convention of Node"),
    (
        &["RAILS_ENV", "RACK_ENV", "BUNDLE_GEMFILE", "GEM_HOME", "GEM_PATH", "RUBYOPT", "RUBYLIB"],
        "a convention of Ruby",
    ),
    (&["GOPATH", "GOROOT", "GOOS", "GOARCH", "GOFLAGS", "GOMAXPROCS", "GOMEMLIMIT", "GOCACHE"], "read by Go's tools"),
    (&["JAVA_HOME", "JAVA_OPTS", "JAVA_TOOL_OPTIONS", "MAVEN_OPTS", "CLASSPATH"], "read by Java's tools"),
    (
        &[
            "APPDATA",
            "LOCALAPPDATA",
            "USERPROFILE",
            "USERNAME",
            "COMSPEC",
            "ComSpec",
            "SystemRoot",
            "SYSTEMROOT",
            "WINDIR",
            "PROGRAMDATA",
            "ProgramData",
            "ProgramFiles",
            "PATHEXT",
            "COMPUTERNAME",
            "HOMEDRIVE",
            "HOMEPATH",
            "OS",
        ],
        "set by Windows",
    ),
];

/// What Cargo tells build scripts under names that a service may well use for itself.
const BUILD_SCRIPT: [&str; 4] = ["HOST", "TARGET", "PROFILE", "DEBUG"];

/// Whether a build script of Cargo's reads this from Cargo.
pub(super) fn is_for_build_script(name: &str, file: &std::path::Path) -> bool {
    BUILD_SCRIPT.contains(&name) && file.file_name().is_some_and(|file| file == "build.rs")
}

const BUILD: &str = "set by Cargo while it builds";

/// Beginnings of names.
const PREFIXES: [(&str, &str); 16] = [
    ("LC_", "the language of the system"),
    ("XDG_", "the desktop's folders"),
    ("SUDO_", "set by sudo"),
    ("CARGO_", BUILD),
    ("DEP_", BUILD),
    ("RUSTUP_", BUILD),
    ("RUSTC_", BUILD),
    ("PYTHON", "read by Python itself"),
    ("npm_", "set by npm"),
    ("NPM_CONFIG_", "set by npm"),
    ("VITEST", "set by a test runner"),
    ("JEST_", "set by a test runner"),
    ("PYTEST_", "set by a test runner"),
    ("KUBERNETES_", "set by Kubernetes in every pod"),
    ("NOTIFY_SOCKET", "set by systemd"),
    ("LISTEN_FD", "set by systemd"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_sets_has_a_reason_and_what_a_service_needs_has_none() {
        for name in ["PATH", "LC_ALL", "CARGO_PKG_VERSION", "PYTHONPATH", "KUBERNETES_SERVICE_HOST"] {
            assert!(system_variable(name).is_some(), "{name}");
        }
        for name in ["DATABASE_URL", "PORT", "LOG_LEVEL", "HOST", "SSH_PRIVATE_KEY", "GITHUB_TOKEN"] {
            assert_eq!(system_variable(name), None, "{name}");
        }
    }
}
