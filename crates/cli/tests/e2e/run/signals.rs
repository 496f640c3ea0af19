//! Signals reach the program, once each.

use super::*;
use nix::{
    sys::signal::{Signal, kill, killpg},
    unistd::Pid,
};

/// Says each signal that it gets, and ends at the second SIGTERM.
const SAYS: &str = r#"my $terms = 0;
for my $name (qw(HUP INT QUIT USR1 USR2 TERM WINCH TTIN TTOU TSTP PWR)) {
    $SIG{$name} = sub { print "got $name\n"; exit 7 if $name eq 'TERM' && ++$terms == 2 };
}
$SIG{CONT} = sub { print "got CONT\n" };
print "ready $$\n"; select undef, undef, undef, 0.05 while 1;
"#;

fn got(running: &Running, name: &str) -> usize {
    running.stdout().lines().filter(|line| *line == format!("got {name}")).count()
}

#[tokio::test]
async fn each_signal_is_passed_on_once_and_a_program_that_ignores_sigterm_goes_on() {
    let sandbox = service(ONE_PORT);
    let running = perl(&sandbox, &[], SAYS).spawn();
    said(&running, "ready");
    use Signal::*;
    let all =
        [SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGTTIN, SIGTTOU, SIGTSTP, SIGPWR, SIGCONT, SIGTERM];
    for signal in all {
        running.signal(signal).unwrap();
        let name = signal.as_str().trim_start_matches("SIG");
        until(name, || (got(&running, name) > 0).then_some(()));
        assert_eq!(got(&running, name), 1, "{name}");
    }
    running.signal(SIGINT).unwrap();
    until("the second SIGINT", || (got(&running, "INT") == 2).then_some(()));
    running.signal(SIGTERM).unwrap();
    let output = running.wait().await;
    assert_eq!(output.code(), 7, "{}", output.stderr);
}

#[tokio::test]
async fn nothing_is_blocked_or_handled_in_the_program_and_what_was_ignored_stays_so() {
    let sandbox = service(ONE_PORT);
    let text = "open my $f, '<', '/proc/self/status'; print grep { /^Sig(Blk|Ign|Cgt)/ } <$f>;";
    let output = perl(&sandbox, &[], text).run().await;
    let blocked = output.stdout.lines().find(|line| line.starts_with("SigBlk")).unwrap();
    assert!(blocked.ends_with("0000000000000000"), "{}", output.stdout);
    let line = |word: &str, text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(word)).unwrap().trim().to_owned();
        u64::from_str_radix(&line, 16).unwrap()
    };
    assert_eq!(line("SigCgt:", &output.stdout), 0, "{}", output.stdout);
    sandbox.write("program.sh", format!("trap '' HUP; exec {} \"$@\"", env!("CARGO_BIN_EXE_bootproof")));
    let inside = ["program.sh", "run", "--env", "development", "--", "perl", "program.pl"];
    let output = sandbox.command("sh").args(inside).run().await;
    assert_eq!(line("SigIgn:", &output.stdout) & 1, 1, "as `nohup` does it: {}", output.stdout);
}

#[tokio::test]
async fn a_key_of_the_terminal_reaches_the_program_once_and_a_stop_stops_both() {
    let sandbox = service(NO_PORT);
    sandbox.write("program.pl", format!("use strict; $| = 1;\n{SAYS}"));
    let own = env!("CARGO_BIN_EXE_bootproof");
    // `script` gives a terminal of its own and writes keys to it, as a person would.
    let line = format!("{own} run -q --env development -- perl program.pl");
    sandbox
        .write("keys.sh", "sleep 1.5; printf '\\003'; sleep 0.7; printf '\\003'; sleep 0.7; printf '\\034'; sleep 0.7");
    let keys = format!("sh keys.sh | script -qec '{line}' /dev/null; :");
    let running = sandbox.command("sh").args(["-c", &keys]).spawn();
    let ready = until("ready", || {
        running.stdout().replace('\r', "").lines().find_map(|l| l.strip_prefix("ready ").map(str::to_owned))
    });
    let seen =
        |name: &str| running.stdout().replace('\r', "").lines().filter(|l| l.ends_with(&format!("got {name}"))).count();
    until("SIGQUIT", || (seen("QUIT") > 0).then_some(()));
    assert_eq!((seen("INT"), seen("QUIT")), (2, 1), "{}", running.stdout());
    kill(Pid::from_raw(ready.parse().unwrap()), Signal::SIGKILL).unwrap();
    running.wait().await;
}

#[tokio::test]
async fn a_stop_of_bootproof_alone_or_of_the_whole_group_stops_both_and_both_go_on() {
    stops_and_goes_on(false).await;
    stops_and_goes_on(true).await;
}

async fn stops_and_goes_on(whole_group: bool) {
    let sandbox = service(NO_PORT);
    sandbox.write("program.pl", "$| = 1; print \"pid $$\\n\"; select undef, undef, undef, 0.05 while 1;");
    // A group of its own, as a shell gives to each job.
    let inside = [env!("CARGO_BIN_EXE_bootproof"), "run", "--env", "development", "--", "perl", "program.pl"];
    let running = sandbox.command("perl").args(["-e", "setpgrp; exec @ARGV"]).args(inside).spawn();
    let child: i32 = said(&running, "pid").parse().unwrap();
    let send = |signal| match whole_group {
        true => killpg(Pid::from_raw(running.pid()), signal).unwrap(),
        false => running.signal(signal).unwrap(),
    };
    send(Signal::SIGTSTP);
    let state = |pid: i32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next())
    };
    until("both stopped", || (state(child) == Some('T') && state(running.pid()) == Some('T')).then_some(()));
    send(Signal::SIGCONT);
    until("both running", || (state(child) == Some('S') && state(running.pid()) == Some('S')).then_some(()));
    running.signal(Signal::SIGTERM).unwrap();
    assert_eq!(running.wait().await.code(), 143);
}

#[tokio::test]
async fn a_signal_during_the_start_ends_it_and_the_program_is_never_started() {
    let toml = "[command.slow]\ncommand = [\"sleep\", \"20\"]\n";
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130), (Signal::SIGHUP, 129)] {
        let sandbox = service(toml);
        let running = run(&sandbox, &["-v"], &["touch", "started"]).spawn();
        until("the start", || running.stderr().contains("command.slow: begins").then_some(()));
        running.signal(Signal::SIGUSR1).unwrap();
        running.signal(signal).unwrap();
        let output = running.wait().await;
        assert_eq!(output.code(), code, "{}", output.stderr);
        assert!(!sandbox.path().join("started").exists());
    }
}

#[tokio::test]
async fn a_terminal_that_hangs_up_ends_bootproof_and_the_program_also_when_bootproof_leads_the_session() {
    let sandbox = service(NO_PORT);
    // What it says goes to a file: the terminal is gone when it matters. It ends by itself, should the test fail.
    let text = "use strict; open my $f, '>', 'said'; syswrite $f, \"$$ \" . getppid . \"\\n\"; sleep 40;";
    sandbox.write("program.pl", text);
    // `script` starts it as the leader of a session with a terminal of its own, and is that terminal.
    let line = format!("exec {} run -q --env development -- perl program.pl", env!("CARGO_BIN_EXE_bootproof"));
    let terminal = sandbox.command("script").args(["-qec", &line, "/dev/null"]).spawn();
    let line =
        until("its start", || std::fs::read_to_string(sandbox.path().join("said")).ok().filter(|s| s.ends_with('\n')));
    let [program, own] = line.split_whitespace().map(|id| id.parse().unwrap()).collect::<Vec<i32>>()[..] else {
        panic!("{line}")
    };
    let session = nix::unistd::getsid(Some(Pid::from_raw(program))).unwrap();
    assert_eq!(session.as_raw(), own, "bootproof leads the session");
    terminal.signal(Signal::SIGKILL).unwrap();
    terminal.wait().await;
    until("the program's end", || (!lives(program)).then_some(()));
    until("bootproof's end", || (!lives(own)).then_some(()));
}
