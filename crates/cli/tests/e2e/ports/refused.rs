//! C1, C3, C6 and C7: a conflict is seen wherever it is, its owner is named as far as it can be known, and left alone.

use crate::{neighbour::*, run::*, setup::*};
use bootproof_testkit::{free_port, sandbox::Output};
use std::net::{Ipv4Addr, Ipv6Addr, TcpListener, TcpStream};

fn strict(port: u16, host: &str) -> String {
    format!("[ports.api]\nport = {port}\nstrict = true\nhost = \"{host}\"\n")
}

/// Everything on one line, as people read it.
fn text(output: &Output) -> String {
    output.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn c01_a_port_that_is_taken_on_one_address_is_refused_on_all_of_them_and_held_once_it_is_ours() {
    for ip in [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::UNSPECIFIED] {
        let port = free_port();
        let neighbour = Neighbour::at(ip, port, "neighbour");
        if ip != Ipv4Addr::UNSPECIFIED {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("who looks at localhost only finds it free");
        }
        let report = verified(&State::new(), &service(&strict(port, "*")), &[], &[]).await;
        assert_eq!((report.verdict("ports"), report.problem("ports"), report.code()), ("failed", "PORT-002", 1));
        let told = report.fix("ports")["diagnosis"].to_string();
        assert!(told.contains(&format!("pid {}", neighbour.pid())) && told.contains("neighbour.pl"), "{told}");
    }
    let port = free_port();
    let state = State::new();
    let served = Served::start(&state, &strict(port, "127.0.0.1"), "ours");
    for ip in [Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED] {
        let error = TcpListener::bind((ip, port)).expect_err("it is held");
        assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    }
    assert_eq!(answer(served.at()), "ours");
}

#[tokio::test]
async fn c03_a_listener_on_ipv6_alone_is_a_conflict_for_localhost_and_none_for_ipv4() {
    let port = free_port();
    let neighbour = Neighbour::at(Ipv6Addr::LOCALHOST, port, "neighbour");
    let both = verified(&State::new(), &service(&strict(port, "localhost")), &[], &[]).await;
    assert_eq!((both.problem("ports"), both.code()), ("PORT-002", 1), "{}", both.output.stdout);
    let told = both.fix("ports")["diagnosis"].to_string();
    assert!(told.contains(&format!("pid {}", neighbour.pid())), "{told}");
    let ipv4 = verified(&State::new(), &service(&strict(port, "127.0.0.1")), &[], &[]).await;
    assert_eq!((ipv4.verdict("ports"), ipv4.code()), ("proven", 0), "{}", ipv4.output.stdout);
}

#[tokio::test]
async fn c06_whoever_holds_the_port_still_lives_and_serves_whatever_is_done_about_it() {
    let neighbour = Neighbour::anywhere("neighbour");
    let port = neighbour.at.port();
    let open = TcpStream::connect(neighbour.at).unwrap();
    let movable = format!("[ports.api]\nport = {port}\nhost = \"127.0.0.1\"\n");
    let state = State::new();
    for (toml, code) in [(strict(port, "127.0.0.1"), 1), (movable, 0)] {
        let sandbox = service(&toml);
        for command in [&["check"][..], &["verify"], &["ports"], &["compose", "check"]] {
            state.with(bootproof(&sandbox, "development", command)).run().await;
        }
        let output = state.with(run(&sandbox, &[], &["true"])).run().await;
        assert_eq!(output.code(), code, "{}", output.stderr);
    }
    assert!(lives(neighbour.pid()));
    drop(open);
    assert_eq!(neighbour.answer(), "neighbour");
}

#[tokio::test]
async fn c07_without_any_program_to_ask_the_owner_is_named_and_one_that_is_hidden_is_unknown_and_never_free() {
    let neighbour = Neighbour::anywhere("neighbour");
    let sandbox = service(&strict(neighbour.at.port(), "127.0.0.1"));
    let output = bootproof(&sandbox, "development", &["verify"]).var("PATH", "").run().await;
    assert_eq!(output.code(), 1, "{}", output.stdout);
    assert!(text(&output).contains(&format!("(pid {}", neighbour.pid())), "no `lsof`: {}", output.stdout);

    // Processes of its own alone are seen there, and no other; the network is the same.
    let inside = [env!("CARGO_BIN_EXE_bootproof"), "verify", "--env", "development"];
    let output = unshare(&sandbox, &["--mount-proc"]).args(inside).run().await;
    assert_eq!(output.code(), 1, "{}\n{}", output.stdout, output.stderr);
    let text = text(&output);
    assert!(text.contains("PORT-002") && text.contains("unknown owner"), "{text}");
    assert!(!text.contains(&format!("pid {}", neighbour.pid())), "it cannot know that: {text}");
    assert_eq!(neighbour.answer(), "neighbour");
}
