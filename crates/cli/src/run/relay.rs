//! Clients that came while a socket was proven: the proof had to take them out of the line, and no line can be entered from behind.
//!
//! Each gets a new connection to the program, and what the two say is carried over. They are few, and only from that moment;
//! whoever comes later reaches the program itself.

use bootproof::hand_over::Early;
use socket2::Socket;
use std::{io, net::Shutdown, thread};

/// Carries each connection to the program that listens where it came to, in threads of its own.
pub(super) fn serve(early: Vec<Early>) {
    for early in early {
        thread::spawn(move || {
            // A client that is gone, or a program that ended, needs no relay.
            drop(carry(early));
        });
    }
}

fn carry(early: Early) -> io::Result<()> {
    let (client, program) = early.connect()?;
    let (from_program, to_client) = (program.try_clone()?, client.try_clone()?);
    let back = thread::spawn(move || pour(from_program, to_client));
    pour(client, program);
    drop(back.join());
    Ok(())
}

/// Copies until one side ends, and tells the other.
fn pour(mut from: Socket, mut to: Socket) {
    drop(io::copy(&mut from, &mut to));
    drop(to.shutdown(Shutdown::Write));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::{TcpListener, TcpStream},
        os::unix::net::{UnixListener, UnixStream},
    };

    fn is_served(early: Early, mut client: Socket, accept: impl FnOnce() -> Socket) {
        serve(vec![early]);
        client.write_all(b"question").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut program = accept();
        let mut asked = String::new();
        program.read_to_string(&mut asked).unwrap();
        program.write_all(format!("{asked} answered").as_bytes()).unwrap();
        drop(program);
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "question answered");
    }

    #[test]
    fn an_early_client_is_answered_by_the_program_and_sees_its_end() {
        let line = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = line.local_addr().unwrap();
        let client = TcpStream::connect(at).unwrap();
        let (early, _) = line.accept().unwrap();
        early.set_nonblocking(true).unwrap();
        is_served(Early::tcp(early, at).unwrap(), client.into(), || line.accept().unwrap().0.into());
    }

    #[test]
    fn one_at_a_unix_socket_too() {
        let sandbox = bootproof_testkit::Sandbox::new();
        let path = sandbox.path().join("a.sock");
        let line = UnixListener::bind(&path).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        let early = Early::unix(line.accept().unwrap().0).unwrap();
        is_served(early, client.into(), || line.accept().unwrap().0.into());
    }
}
