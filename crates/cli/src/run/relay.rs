//! Clients that came while a socket was proven: the proof had to take them out of the line, and no line can be entered from behind.
//!
//! Each gets a new connection to the program, and what the two say is carried over. They are few, and only from that moment;
//! whoever comes later reaches the program itself.

use bootproof::hand_over::Early;
use socket2::Socket;
use std::{io, net::Shutdown, sync::mpsc, thread, time::Duration};

/// How long after the program's end its last words may take to reach a client.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Connections that are carried over.
#[derive(Debug)]
pub(super) struct Relay {
    /// Ends when the program has said everything to all of them.
    said: mpsc::Receiver<()>,
}

/// Carries each connection to the program that listens where it came to, in threads of its own.
pub(super) fn serve(early: Vec<Early>) -> Relay {
    let (speaks, said) = mpsc::channel::<()>();
    for early in early {
        let speaks = speaks.clone();
        thread::spawn(move || {
            // A client that is gone, or a program that ended, needs no relay.
            drop(carry(early));
            drop(speaks);
        });
    }
    Relay { said }
}

impl Relay {
    /// Waits until what the program said before its end has reached the clients.
    pub(super) fn finish(self) {
        // Nothing is ever sent: this ends when the last thread has, or is late.
        let _ = self.said.recv_timeout(LAST_WORDS);
    }
}

/// Comes back when the program has said everything.
fn carry(early: Early) -> io::Result<()> {
    let (client, program) = early.connect()?;
    let (to_program, from_client) = (program.try_clone()?, client.try_clone()?);
    thread::spawn(move || pour(from_client, to_program));
    pour(program, client);
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
        let relay = serve(vec![early]);
        client.write_all(b"question").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut program = accept();
        let mut asked = String::new();
        program.read_to_string(&mut asked).unwrap();
        program.write_all(format!("{asked} answered").as_bytes()).unwrap();
        drop(program);
        relay.finish();
        client.set_nonblocking(true).unwrap();
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
