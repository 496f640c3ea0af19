//! The sockets arrive: in order, by name, alone, and nobody is turned away meanwhile.

use super::*;
use std::{
    io::Read,
    net::{SocketAddr, TcpListener, TcpStream},
};

/// Says the sockets it was given, with address and whether they block, and what else is open.
const SAYS: &str = r#"
print "for ", ($ENV{LISTEN_PID} == $$ ? "us" : "somebody else"), " names $ENV{LISTEN_FDNAMES}\n";
my @keep; for my $n (3 .. 2 + $ENV{LISTEN_FDS}) {
    open my $s, "+<&=$n" or die "file $n: $!";
    my ($family) = unpack 'S', getsockname $s;
    my ($port, $ip) = $family == AF_INET ? unpack_sockaddr_in(getsockname $s) : unpack_sockaddr_in6(getsockname $s);
    my $flags = fcntl $s, 3, 0; push @keep, $s;
    print "socket $n ", Socket::inet_ntop($family, $ip), " $port ", ($flags & 2048 ? "nonblocking" : "blocking"), "\n";
}
print "files ", scalar(grep { -l } glob '/proc/self/fd/*'), "\n";
"#;

/// Answers each connection to the first socket with its number and name, one after another.
const SERVES: &str = r#"
open my $listener, '+<&=3' or die $!;
print "pid $$\n";
for (my $n = 1; accept my $client, $listener; $n++) { syswrite $client, "served $n"; close $client; }
"#;

fn answer(at: SocketAddr) -> String {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn sockets_arrive_in_the_order_of_the_file_ipv4_first_named_blocking_and_nothing_else_is_open() {
    let ports = [bootproof_testkit::free_port(), bootproof_testkit::free_port(), bootproof_testkit::free_port()];
    let section = |name: &str, port, more: &str| format!("[ports.{name}]\nport = {port}\nstrict = true\n{more}\n");
    let sandbox = service(&format!(
        "{}{}{}",
        section("web", ports[0], "host = \"localhost\""),
        section("admin", ports[1], "host = \"127.0.0.1\""),
        section("api", ports[2], "host = \"::1\""),
    ));
    let output = perl(&sandbox, &[], SAYS).run().await;
    // What the tests themselves were given, and what Perl opens, it has without us, too.
    let alone = sandbox.command("perl").args(["program.pl"]).vars([var("LISTEN_FDS", "0")]).run().await;
    let files: usize = alone.stdout.lines().find_map(|l| l.strip_prefix("files ")).unwrap().parse().unwrap();
    let expected = format!(
        "for us names web:web:admin:api\nsocket 3 127.0.0.1 {0} blocking\nsocket 4 ::1 {0} blocking\nsocket 5 127.0.0.1 {1} blocking\n\
         socket 6 ::1 {2} blocking\nfiles {3}\n",
        ports[0],
        ports[1],
        ports[2],
        files + 4
    );
    assert_eq!(output.stdout, expected, "{}", output.stderr);
}

#[tokio::test]
async fn after_the_hand_over_the_listener_belongs_to_the_program_and_dies_with_it() {
    let port = bootproof_testkit::free_port();
    let sandbox = service(&format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"127.0.0.1\"\n"));
    let running = perl(&sandbox, &["-v"], SERVES).spawn();
    let child = said(&running, "pid");
    let proven = format!("ports.api: proven (child): open in process {child} and no more in bootproof");
    until("the proof", || running.stderr().contains(&proven).then_some(()));
    assert_eq!(answer(([127, 0, 0, 1], port).into()), "served 1");
    let sockets = |pid: &str| -> std::collections::BTreeSet<_> {
        let files = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
        let links = files.filter_map(|file| std::fs::read_link(file.path()).ok());
        links.filter(|link| link.to_string_lossy().starts_with("socket:")).collect()
    };
    let (theirs, ours) = (sockets(&child), sockets(&running.pid().to_string()));
    assert!(theirs.len() == 1 && theirs.is_disjoint(&ours), "{theirs:?}, and no more ours: {ours:?}");
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.parse().unwrap()), nix::sys::signal::Signal::SIGKILL)
        .unwrap();
    let output = running.wait().await;
    assert_eq!(output.code(), 137);
    TcpListener::bind(("127.0.0.1", port)).expect("the port is free once the program is dead");
}

#[tokio::test]
async fn clients_that_come_before_the_program_accepts_and_during_the_proof_are_served() {
    let port = bootproof_testkit::free_port();
    let sandbox = service(&format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"127.0.0.1\"\n"));
    let slow = format!("select undef, undef, undef, 0.5;\n{SERVES}");
    let clients = std::thread::spawn(move || {
        let mut answers = 0;
        let mut streams = vec![];
        let since = std::time::Instant::now();
        // As many as get in from the very first moment on: some of them while the proof stands in the same line.
        while streams.len() < 40 && since.elapsed() < SOON {
            match TcpStream::connect(("127.0.0.1", port)) {
                Ok(stream) => streams.push(stream),
                Err(_) => std::thread::sleep(Duration::from_micros(50)),
            }
        }
        for mut stream in streams {
            stream.set_read_timeout(Some(SOON)).unwrap();
            let mut text = String::new();
            answers += usize::from(stream.read_to_string(&mut text).is_ok() && text.starts_with("served"));
        }
        answers
    });
    let running = perl(&sandbox, &[], &slow).spawn();
    said(&running, "pid");
    assert_eq!(clients.join().unwrap(), 40, "{}", running.stderr());
}

#[tokio::test]
async fn a_program_behind_a_shell_gets_the_sockets_too() {
    let port = bootproof_testkit::free_port();
    let sandbox = service(&format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"127.0.0.1\"\n"));
    sandbox.write("program.pl", format!("use strict; $| = 1;\n{SERVES}"));
    let running = run(&sandbox, &["-v"], &["sh", "-c", "perl program.pl; exit 0"]).spawn();
    said(&running, "pid");
    assert_eq!(answer(([127, 0, 0, 1], port).into()), "served 1");
    until("the proof", || running.stderr().contains("ports.api: proven (child)").then_some(()));
}

#[tokio::test]
async fn a_program_that_closes_its_sockets_is_told() {
    let sandbox = service(ONE_PORT);
    // As long as its first argument is the helper's, it is taken for the helper: so it is looked at when it is `sleep`.
    sandbox.write("__start", "exec 3>&- 4>&-; exec sleep 2");
    let output = run(&sandbox, &[], &["sh", "__start"]).run().await;
    assert_eq!(output.code(), 0, "{}", output.stderr);
    assert!(
        output.stderr.contains("PORT-032: the program has closed what it was given for `api`"),
        "{}",
        output.stderr
    );
}

#[tokio::test]
async fn of_two_copies_at_once_the_second_is_refused_or_moves_and_both_are_told_their_own_number() {
    let port = bootproof_testkit::free_port();
    let strict = format!("[ports.api]\nport = {port}\nstrict = true\nvariable = \"PORT\"\nhost = \"127.0.0.1\"\n");
    let program = format!("print \"port $ENV{{PORT}}\\n\";{SERVES}");
    let sandbox = service(&strict);
    let first = perl(&sandbox, &[], &program).spawn();
    assert_eq!(said(&first, "port"), port.to_string());
    said(&first, "pid");
    let second = perl(&sandbox, &[], &program).run().await;
    assert_eq!(second.code(), 1, "{}", second.stderr);
    assert!(
        second.stderr.contains("PORT-002") && second.stderr.contains("perl"),
        "names the program: {}",
        second.stderr
    );
    assert_eq!(second.stdout, "", "the second copy never began");
    let (low, high) = (bootproof_testkit::free_port(), port);
    let range = format!("range = \"{0}-{0}\"", low);
    sandbox.write(
        "bootproof.toml",
        format!("[ports.api]\nport = {high}\n{range}\nvariable = \"PORT\"\nhost = \"127.0.0.1\"\n"),
    );
    let third = perl(&sandbox, &[], &program).spawn();
    assert_eq!(said(&third, "port"), low.to_string(), "the program is told where it moved");
    said(&third, "pid");
    assert_eq!(answer(([127, 0, 0, 1], low).into()), "served 1");
    assert_eq!(answer(([127, 0, 0, 1], high).into()), "served 1");
}
