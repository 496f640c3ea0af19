//! HTTP servers of the test's own, that answer everything alike.

use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinSet,
};

/// A server on loopback that answers each request with one text. Ends when dropped.
pub struct Server {
    pub address: SocketAddr,
    _task: JoinSet<()>,
}

/// Answers with this status line's rest and body.
pub async fn answering(status: &'static str, body: &'static str) -> Server {
    answering_at("127.0.0.1:0", status, body).await
}

/// The same at an address.
pub async fn answering_at(address: &str, status: &'static str, body: &'static str) -> Server {
    let listener = TcpListener::bind(address).await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut task = JoinSet::new();
    task.spawn(async move {
        let mut each = JoinSet::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            each.spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    Server { address, _task: task }
}
