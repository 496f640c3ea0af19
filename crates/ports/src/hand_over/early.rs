//! A client that came too early: the proof of a socket had to take it out of the line.

use socket2::{Domain, SockAddr, Socket, Type};
use std::{
    io,
    net::{SocketAddr, TcpStream},
    os::unix::net::UnixStream,
};

/// A connection of a client that stands in no line any more.
#[derive(Debug)]
pub struct Early {
    client: Socket,
    at: SockAddr,
}

impl Early {
    /// One that came to the port at `listener`; the address it really came to is known of a living client only.
    pub fn tcp(client: TcpStream, listener: SocketAddr) -> Option<Self> {
        let at = client.local_addr().unwrap_or(listener).into();
        Some(Self { client: client.into(), at })
    }

    /// One that came to a Unix socket.
    pub fn unix(client: UnixStream) -> Option<Self> {
        let client = Socket::from(client);
        let at = client.local_addr().ok()?;
        Some(Self { client, at })
    }

    /// The client, blocking, and a new connection to whoever listens now where it came to.
    ///
    /// # Errors
    /// When nobody can be reached there.
    pub fn connect(self) -> io::Result<(Socket, Socket)> {
        self.client.set_nonblocking(false)?;
        let program = Socket::new(self.at.domain(), Type::STREAM, None)?;
        program.connect(&self.at)?;
        Ok((self.client, program))
    }

    /// Whether it came to a Unix socket.
    pub fn is_unix(&self) -> bool {
        self.at.domain() == Domain::UNIX
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::{Read, Write},
        net::TcpListener,
        os::unix::net::UnixListener,
    };

    fn speaks(early: Early, mut client: impl Write, accept: impl FnOnce() -> Socket) {
        client.write_all(b"question").unwrap();
        drop(client);
        let (mut client, program) = early.connect().unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        assert_eq!(text, "question");
        drop(program);
        assert_eq!(accept().read(&mut [0]).unwrap(), 0, "the new connection reached the listener");
    }

    #[test]
    fn a_client_is_connected_to_where_it_came_to() {
        let line = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(line.local_addr().unwrap()).unwrap();
        let (taken, _) = line.accept().unwrap();
        taken.set_nonblocking(true).unwrap();
        let elsewhere = SocketAddr::from(([127, 0, 0, 1], 1));
        speaks(Early::tcp(taken, elsewhere).unwrap(), client, || line.accept().unwrap().0.into());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let line = UnixListener::bind(&path).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        let early = Early::unix(line.accept().unwrap().0).unwrap();
        assert!(early.is_unix());
        speaks(early, client, || line.accept().unwrap().0.into());
    }
}
