//! Clients that came while a port was proven: the proof had to take them out of the line, and no line can be entered from behind.
//!
//! Each gets a new connection to the program, and what the two say is carried over. They are few, and only from that moment;
//! whoever comes later reaches the program itself.

use std::{
    io,
    net::{Shutdown, SocketAddr, TcpStream},
    thread,
};

/// Carries each connection to the program that listens at its address, in threads of its own.
pub(super) fn serve(early: Vec<(SocketAddr, TcpStream)>) {
    for (at, client) in early {
        thread::spawn(move || {
            // A client that is gone, or a program that ended, needs no relay.
            drop(carry(at, client));
        });
    }
}

fn carry(at: SocketAddr, client: TcpStream) -> io::Result<()> {
    client.set_nonblocking(false)?;
    let program = TcpStream::connect(at)?;
    let (from_program, to_client) = (program.try_clone()?, client.try_clone()?);
    let back = thread::spawn(move || pour(from_program, to_client));
    pour(client, program);
    drop(back.join());
    Ok(())
}

/// Copies until one side ends, and tells the other.
fn pour(mut from: TcpStream, mut to: TcpStream) {
    drop(io::copy(&mut from, &mut to));
    drop(to.shutdown(Shutdown::Write));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::TcpListener,
    };

    #[test]
    fn an_early_client_is_answered_by_the_program_and_sees_its_end() {
        let line = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(line.local_addr().unwrap()).unwrap();
        let (early, _) = line.accept().unwrap();
        early.set_nonblocking(true).unwrap();
        serve(vec![(line.local_addr().unwrap(), early)]);
        client.write_all(b"question").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let (mut program, _) = line.accept().unwrap();
        let mut asked = String::new();
        program.read_to_string(&mut asked).unwrap();
        program.write_all(format!("{asked} answered").as_bytes()).unwrap();
        drop(program);
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "question answered");
    }
}
