//! Two copies of a service at once: never do both report success on one port.

use super::*;

/// Serves the socket it was given, or binds the number it was told a moment after it begins.
const SERVES: &str = r#"
my $s;
if ($ENV{LISTEN_FDS}) { open $s, '+<&=3' or die $!; }
else {
    select undef, undef, undef, 0.5;
    socket $s, PF_INET, SOCK_STREAM, 0 or die $!; setsockopt $s, SOL_SOCKET, SO_REUSEADDR, 1;
    bind $s, pack_sockaddr_in($ENV{PORT}, inet_aton('127.0.0.1')) or die "busy: $!";
    listen $s, 5 or die "busy: $!";
}
print "serves\n";
while (accept my $client, $s) { syswrite $client, "$ENV{COPY}"; close $client; }
"#;

fn port(number: u16, hand_over: &str) -> String {
    format!("[ports.api]\nport = {number}\nstrict = true\nhost = \"127.0.0.1\"\nhand_over = \"{hand_over}\"\n")
}

/// Exactly one of the two serves, and the other one ends with exit code 1 and says who has the port.
async fn one_wins(sandbox: &Sandbox, number: u16) {
    let copies = ["first", "second"].map(|copy| perl(sandbox, &["-v"], SERVES).var("COPY", copy).spawn());
    let winner = until("a winner", || copies.iter().position(|copy| copy.stdout().contains("serves")));
    let proven = |copy: &Running| copy.stderr().contains("ports.api: proven (child)");
    until("its proof", || proven(&copies[winner]).then_some(()));
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", number)).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut stream, &mut said).unwrap();
    assert_eq!(said, ["first", "second"][winner]);
    let [first, second] = copies;
    let (winner, loser) = if winner == 0 { (first, second) } else { (second, first) };
    let lost = loser.wait().await;
    assert_eq!((lost.code(), lost.stdout.as_str()), (1, ""), "{}", lost.stderr);
    assert!(lost.stderr.contains("PORT-0") && !lost.stderr.contains("proven (child)"), "{}", lost.stderr);
    winner.signal(nix::sys::signal::Signal::SIGKILL).unwrap();
    winner.wait().await;
}

#[tokio::test]
async fn of_two_copies_that_begin_at_once_one_serves_and_the_other_is_refused() {
    for hand_over in ["socket", "release"] {
        for _ in 0..3 {
            let number = bootproof_testkit::free_port();
            one_wins(&service(&port(number, hand_over)), number).await;
        }
    }
}

#[tokio::test]
async fn while_a_port_is_released_for_a_program_no_other_start_of_this_user_takes_it() {
    let number = bootproof_testkit::free_port();
    let sandbox = service(&port(number, "release"));
    let slow = "print \"pid $$\\n\"; select undef, undef, undef, 0.1 until -e 'go';\n".to_owned() + SERVES;
    let running = perl(&sandbox, &["-v"], &slow).spawn();
    said(&running, "pid");
    let free = std::net::TcpListener::bind(("127.0.0.1", number));
    drop(free.expect("nobody has it now: the ledger alone keeps it"));
    sandbox.write("other.toml", port(number, "socket"));
    let other = bootproof(&sandbox, "development", &["verify", "--file", "other.toml"]).run().await;
    assert_eq!(other.code(), 1, "{}", other.stdout);
    assert!(other.stdout.contains("is being handed over to a program"), "{}", other.stdout);
    sandbox.write("go", "");
    until("the proof", || running.stderr().contains("proven (child): the program listens").then_some(()));
    let listed =
        sandbox.command(env!("CARGO_BIN_EXE_bootproof")).args(["ports", "list", "--format", "json"]).run().await;
    assert!(listed.stdout.contains(r#""state": "handed over""#), "{}", listed.stdout);
    running.signal(nix::sys::signal::Signal::SIGKILL).unwrap();
    running.wait().await;
}
