//! The program sees the variables as they were resolved, and secrets nowhere else.

use super::*;
use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

const MAPPED: &str = r#"
[env.DATABASE_PASSWORD]
type = "secret"
aliases = ["OLD_PASSWORD"]
required = true

[env.FROM_FILE]
type = "secret"

[env.LEVEL]
default = "info"

[ports.api]
port = 0
scheme = "http"
host = "localhost"
"#;

#[tokio::test]
async fn the_program_sees_the_mapped_variables_over_those_of_the_process_and_none_of_ours() {
    let sandbox = service(MAPPED);
    let secret = sandbox.write("secret", "from-the-file-9\n");
    let run = perl(&sandbox, &["--set", "EXTRA=1"], "print map { \"$_=$ENV{$_}\\n\" } sort keys %ENV;");
    let run =
        run.vars([var("OLD_PASSWORD", "correct-horse-9"), var("KEPT", "as it is"), var("ENVIRONMENT", "development")]);
    let run =
        run.vars([var("FROM_FILE_FILE", secret.to_str().unwrap()), var("BOOTPROOF_FINGERPRINT_KEY", "k".repeat(32))]);
    let run = run.vars([var("LISTEN_FDS", "7"), var("LISTEN_PID", "1"), var("LISTEN_FDNAMES", "theirs")]);
    let run = run.var("NOT_TEXT", OsStr::from_bytes(b"a\xffb"));
    let output = run.run().await;
    let said: Vec<&str> = output.stdout.lines().collect();
    let value = |name: &str| said.iter().find_map(|line| line.strip_prefix(&format!("{name}=")));
    for (name, expected) in [
        ("DATABASE_PASSWORD", "correct-horse-9"),
        ("FROM_FILE", "from-the-file-9"),
        ("LEVEL", "info"),
        ("KEPT", "as it is"),
        ("EXTRA", "1"),
        ("ENVIRONMENT", "development"),
        ("API_HOST", "127.0.0.1"),
        ("LISTEN_FDS", "2"),
        ("LISTEN_FDNAMES", "api:api"),
    ] {
        assert_eq!(value(name), Some(expected), "{name} in {}\n{}", output.stdout, output.stderr);
    }
    let port = value("API_PORT").expect("the number");
    assert_eq!((value("PORT"), value("API_URL")), (Some(port), Some(format!("http://127.0.0.1:{port}").as_str())));
    assert!(value("NOT_TEXT").is_some_and(|text| text.contains('\u{fffd}')), "kept as it is: {}", output.stdout);
    assert_eq!((value("BOOTPROOF_FINGERPRINT_KEY"), value("LISTEN_PID") == Some("1")), (None, false));
    for secret in ["correct-horse-9", "from-the-file-9"] {
        assert!(!output.stderr.contains(secret), "{}", output.stderr);
    }
}

#[tokio::test]
async fn a_variable_that_is_set_is_never_overridden_and_that_is_told() {
    let sandbox = service(MAPPED);
    let run = perl(&sandbox, &[], "print \"$ENV{PORT} $ENV{API_URL}\\n\";");
    let run =
        run.vars([var("OLD_PASSWORD", "correct-horse-9"), var("PORT", "3000"), var("API_URL", "https://example.org")]);
    let output = run.run().await;
    assert_eq!(output.stdout, "3000 https://example.org\n", "{}", output.stderr);
    assert!(output.stderr.contains("`PORT` is set and left as it is"), "{}", output.stderr);
    assert!(output.stderr.contains("`API_URL` is set") && !output.stderr.contains("example.org"), "{}", output.stderr);
}

#[tokio::test]
async fn no_secret_is_in_any_command_line_while_the_program_runs() {
    let sandbox = service(MAPPED);
    let seen = "opendir my $d, '/proc'; my $ours = 0; for my $pid (grep { /^\\d+$/ } readdir $d) {\
                open my $f, '<', \"/proc/$pid/cmdline\" or next; local $/; my $line = <$f> // ''; \
                $ours = 1 if $pid == getppid && $line =~ /run/; \
                print \"leak in $pid\\n\" if $line =~ /correct.horse-9/ } print \"looked $ours\\n\";";
    let output = perl(&sandbox, &[], seen).vars([var("OLD_PASSWORD", "correct-horse-9")]).run().await;
    assert_eq!(output.stdout, "looked 1\n", "{}", output.stderr);
}
