//! `bootproof wait`: exit codes, output, signals, and the command behind `--`.

use bootproof_testkit::{Postgres, Sandbox, faults::Link, free_port, sandbox::Run};
use nix::sys::signal::Signal;
use std::{net::TcpListener, time::Duration};

fn wait(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(["wait"]).args(args)
}

/// An address that somebody listens on.
fn open() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

fn closed() -> String {
    format!("127.0.0.1:{}", free_port())
}

#[tokio::test]
async fn what_is_there_is_told_on_stdout_without_any_progress() {
    let ((_listener, address), sandbox) = (open(), Sandbox::new());
    let output = wait(&sandbox, &[&address]).run().await;
    assert_eq!((output.code(), output.stderr.as_str()), (0, ""));
    assert!(output.stdout.starts_with(&format!("ready: {address} accepts connections, after ")), "{}", output.stdout);
    let quiet = wait(&sandbox, &[&address, "-q"]).run().await;
    assert_eq!((quiet.code(), quiet.stdout.as_str(), quiet.stderr.as_str()), (0, "", ""));
    assert!(sandbox.files().is_empty(), "it leaves nothing");
}

#[tokio::test]
async fn when_time_is_over_each_missing_target_is_told_with_its_last_error_and_124() {
    let ((_listener, address), sandbox, away) = (open(), Sandbox::new(), closed());
    let output = wait(&sandbox, &[&address, &away, "file:nowhere", "--timeout", "700ms"]).run().await;
    assert_eq!(output.code(), 124, "{}", output.stdout);
    for text in [
        &format!("ready: {address}"),
        &format!("not ready: {away}, after 0.7"),
        "NET-003",
        "WAIT-003",
        "bootproof explain NET-003",
        "time is over: 2 of 3 targets did not come in 700 ms",
    ] {
        assert!(output.stdout.contains(text), "{text}: {}", output.stdout);
    }
    let heads = output.stderr.lines().filter(|line| line.starts_with("waiting for 3 targets, 700ms at most")).count();
    let told = output.stderr.lines().filter(|line| line.contains("NET-003")).count();
    assert_eq!((heads, told), (1, 1), "hundreds of tries, one line: {}", output.stderr);
    assert!(output.elapsed < Duration::from_secs(4), "{:?}", output.elapsed);

    let json = wait(&sandbox, &[&away, "--timeout", "200ms", "--format", "json", "-q"]).run().await;
    let document: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((json.code(), json.stderr.as_str(), document["outcome"].as_str()), (124, "", Some("time-out")));
    assert_eq!(document["targets"][0]["diagnosis"]["code"], "NET-003");
    assert!(document["targets"][0]["tries"].as_u64().unwrap() > 3 && document["limitMs"] == 200, "{document}");
}

#[tokio::test]
async fn a_target_that_comes_late_ends_the_wait_at_once() {
    let (sandbox, port) = (Sandbox::new(), free_port());
    let running = wait(&sandbox, &[&format!(":{port}")]).spawn();
    while !running.stderr().contains("NET-003") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // Only the sixth version: `localhost` is both.
    let _listener = TcpListener::bind(("::1", port)).unwrap();
    let output = running.wait().await;
    assert_eq!(output.code(), 0, "{}", output.stdout);
    assert!(output.stdout.contains(&format!("localhost:{port} accepts connections")), "{}", output.stdout);
}

#[tokio::test]
async fn any_is_content_with_one_and_not_waits_for_the_way_out() {
    let ((listener, address), sandbox, away) = (open(), Sandbox::new(), closed());
    let any = wait(&sandbox, &[&away, &address, "--any"]).run().await;
    assert_eq!((any.code(), any.stdout.lines().count()), (0, 1), "{}", any.stdout);
    let still = wait(&sandbox, &["--not", &address, "--timeout", "300ms"]).run().await;
    assert!(still.code() == 124 && still.stdout.contains("WAIT-001"), "{}", still.stdout);
    let running = wait(&sandbox, &["--not", &address]).spawn();
    while !running.stderr().contains("WAIT-001") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(listener);
    let gone = running.wait().await;
    assert!(gone.code() == 0 && gone.stdout.starts_with(&format!("gone: {address}: ")), "{}", gone.stdout);
}

#[tokio::test]
async fn a_command_follows_in_place_with_its_own_exit_code_output_and_variables() {
    let ((_listener, address), sandbox) = (open(), Sandbox::new());
    let script = "echo $GREETING $$; exit 7";
    let running = wait(&sandbox, &[&address, "--set", "GREETING=hello", "--", "sh", "-c", script]).spawn();
    let pid = running.pid();
    let output = running.wait().await;
    assert_eq!((output.code(), output.stdout), (7, format!("hello {pid}\n")));
    assert!(output.stderr.contains("ready: "), "stdout is the command's: {}", output.stderr);

    let missing = wait(&sandbox, &[&address, "-q", "--", "no-such-program-here"]).run().await;
    assert!(missing.code() == 127 && missing.stderr.contains("CMD-001"), "{}", missing.stderr);
    sandbox.write("data", "no program");
    let not_run = wait(&sandbox, &[&address, "-q", "--", "./data"]).run().await;
    assert!(not_run.code() == 126 && not_run.stderr.contains("CMD-002"), "{}", not_run.stderr);
    let never = wait(&sandbox, &[&closed(), "--timeout", "200ms", "-q", "--", "touch", "started"]).run().await;
    assert_eq!((never.code(), sandbox.files().len()), (124, 1), "it was not started");
}

#[tokio::test]
async fn the_command_gets_its_signals_as_if_it_had_been_started_by_itself() {
    let ((_listener, address), sandbox) = (open(), Sandbox::new());
    let running = wait(&sandbox, &[&address, "--", "sh", "-c", "echo up; exec sleep 60"]).spawn();
    while !running.stdout().contains("up") {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.signal(Signal::SIGTERM).unwrap();
    assert_eq!(running.wait().await.code(), 143);
}

#[tokio::test]
async fn a_signal_ends_the_wait_with_a_report_and_128_plus_its_number() {
    let (sandbox, away) = (Sandbox::new(), closed());
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let running = wait(&sandbox, &[&away, "--forever"]).spawn();
        while !running.stderr().contains("NET-003") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(running.stderr().contains("without an end"), "{}", running.stderr());
        running.signal(signal).unwrap();
        let output = running.wait().await;
        assert_eq!(output.code(), code);
        assert!(output.stdout.contains("NET-003") && output.stdout.contains("ended by a signal"), "{}", output.stdout);
    }
}

#[tokio::test]
async fn a_signal_ends_the_command_that_is_asked_too() {
    let sandbox = Sandbox::new();
    let running = wait(&sandbox, &["command:sh -c 'echo $$$$ > pid; sleep 61'", "--forever"]).spawn();
    let pid = loop {
        tokio::time::sleep(Duration::from_millis(5)).await;
        let read = std::fs::read_to_string(sandbox.path().join("pid")).unwrap_or_default();
        if let Ok(pid) = read.trim().parse::<i32>() {
            break pid;
        }
    };
    running.signal(Signal::SIGTERM).unwrap();
    assert_eq!(running.wait().await.code(), 143);
    let alive = || std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "));
    for _ in 0..400 {
        if !alive() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the command outlived the wait");
}

#[tokio::test]
async fn a_text_is_looked_for_in_regular_files_only_and_a_pipe_without_a_writer_hangs_nothing() {
    let sandbox = Sandbox::new();
    nix::unistd::mkfifo(&sandbox.path().join("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let cases = [("pipe", "no regular file"), (".", "no regular file"), ("/proc/self/mem", "cannot be read")];
    for (path, said) in cases {
        let target = format!("file:{path}");
        let running = wait(&sandbox, &[&target, "--identity", "ready", "--timeout", "300ms"]).run();
        let output = tokio::time::timeout(Duration::from_secs(15), running).await.expect("it ends by itself");
        assert_eq!(output.code(), 124, "{path}: {}", output.stdout);
        assert!(output.stdout.contains("WAIT-003") && output.stdout.contains(said), "{path}: {}", output.stdout);
        let there = wait(&sandbox, &[&target]).run().await;
        assert_eq!(there.code(), 0, "as a name it counts: {}", there.stdout);
    }
}

#[tokio::test]
async fn a_url_comes_from_a_variable_and_its_password_is_shown_nowhere() {
    let (postgres, sandbox) = (Postgres::start_with_password("sesame-open").await.unwrap(), Sandbox::new());
    let target = ["${DATABASE_URL}", "--identity", "database postgres"];
    let output = wait(&sandbox, &target).var("DATABASE_URL", postgres.url()).run().await;
    assert!(output.code() == 0 && output.stdout.contains(": PostgreSQL 1"), "{}", output.stdout);
    let wrong = postgres.url_with("postgres", "hunter2-wrong", "postgres");
    let refused = wait(&sandbox, &target).var("DATABASE_URL", &wrong).run().await;
    assert!(refused.code() == 78 && refused.stdout.contains("DB-009"), "{}", refused.stdout);
    assert!(refused.stdout.contains("waiting longer cannot help"), "{}", refused.stdout);
    assert!(refused.elapsed < Duration::from_secs(15), "{:?}", refused.elapsed);
    let direct = wait(&sandbox, &[&wrong, "--format", "json"]).run().await;
    let other = ["${DATABASE_URL}", "--identity", "database shop", "--timeout", "500ms"];
    let somebody_else = wait(&sandbox, &other).var("DATABASE_URL", postgres.url()).run().await;
    assert!(somebody_else.code() == 124 && somebody_else.stdout.contains("WAIT-002"), "{}", somebody_else.stdout);
    for output in [output, refused, direct, somebody_else] {
        let shown = format!("{}{}", output.stdout, output.stderr);
        assert!(!shown.contains("hunter2") && !shown.contains("sesame"), "{shown}");
    }
    let missing = wait(&sandbox, &target).run().await;
    assert!(missing.code() == 78 && missing.stderr.contains("DATABASE_URL"), "{}", missing.stderr);
}

#[tokio::test]
async fn what_cannot_be_meant_is_a_usage_error() {
    let sandbox = Sandbox::new();
    let cases: &[(&[&str], &str)] = &[
        (&[], "TARGET"),
        (&["--", "true"], "TARGET"),
        (&["api", "name:api"], "named twice"),
        (&["name:"], "names nothing"),
        (&["--not", "api"], "not for a name"),
        (&["u:hunter2@db:1"], "brackets"),
        (&["amqp://u:hunter2@q/"], "scheme"),
        (&["db:1", "tcp://db:1"], "named twice"),
        (&["db:1", "db:2", "--identity", "x"], "one target"),
        (&["command:true", "--identity", "x"], "not for a command"),
        (&["db:1", "--status", "200"], "are of HTTP"),
        (&["http://db/", "--status", "2xx"], "100 to 599"),
        (&["db:1", "--any", "--all"], "--all"),
        (&["db:1", "--not", "--body", "x"], "--body"),
        (&["db:1", "--forever", "--timeout", "1s"], "--timeout"),
        (&["db:1", "--timeout", "0s"], "above zero"),
        (&["db:1", "--interval", "5"], "unit"),
        (&["db:1", "--env", "test"], "`--env`"),
        (&["db:1", "-f", "x.toml"], "`--file`"),
        (&["db:1", "--format", "json", "--", "true"], "stdout is the command's"),
        (&["db:1", "--format", "dotenv"], "`bootproof wait`"),
    ];
    for (args, said) in cases {
        let output = wait(&sandbox, args).run().await;
        assert_eq!((output.code(), output.stdout.as_str()), (2, ""), "{args:?}: {}", output.stderr);
        assert!(output.stderr.contains(said) && !output.stderr.contains("hunter2"), "{args:?}: {}", output.stderr);
    }
}

#[tokio::test]
async fn one_that_does_not_answer_is_told_as_such() {
    let (silent, sandbox) = (Link::silent().unwrap(), Sandbox::new());
    let url = format!("redis://{}/0", silent.address());
    let output = wait(&sandbox, &[&url, "--timeout", "1500ms"]).run().await;
    assert!(output.code() == 124 && output.stdout.contains("REDIS-003"), "{}", output.stdout);
}
