//! The read-only fault against a scripted server that answers each command with its number, as slowly as told.

use std::net::SocketAddr;
use std::time::Duration;

use bootproof_faults::{Fault, Link};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const REFUSED: &str = "-READONLY You can't write against a read only replica.\r\n";

/// Answers inline commands and commands of one or two words with `:1`, `:2` ..., `pause` after each was read.
async fn counting(pause: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let (from, mut to) = stream.into_split();
        let mut lines = BufReader::new(from).lines();
        let mut commands = 0;
        while let Ok(Some(line)) = lines.next_line().await {
            let rest = line.strip_prefix('*').map_or(0, |words| 2 * words.parse::<usize>().unwrap());
            for _ in 0..rest {
                lines.next_line().await.unwrap().unwrap();
            }
            commands += 1;
            tokio::time::sleep(pause).await;
            to.write_all(format!(":{commands}\r\n").as_bytes()).await.unwrap();
        }
    });
    address
}

async fn heard(client: &mut TcpStream, expected: &str) {
    let mut bytes = vec![0; expected.len()];
    let read = client.read_exact(&mut bytes);
    tokio::time::timeout(Duration::from_secs(5), read).await.expect("an answer").unwrap();
    assert_eq!(String::from_utf8(bytes).unwrap(), expected);
}

async fn read_only_link(pause: Duration) -> (Link, TcpStream) {
    let link = Link::open(counting(pause).await).unwrap();
    link.set(Fault::ReadOnly).unwrap();
    let client = TcpStream::connect(link.address()).await.unwrap();
    (link, client)
}

#[tokio::test]
async fn writes_are_refused_without_reaching_the_server_and_reads_pass() {
    let (_link, mut client) = read_only_link(Duration::ZERO).await;
    client.write_all(b"*1\r\n$4\r\nPING\r\n").await.unwrap();
    heard(&mut client, ":1\r\n").await;
    client.write_all(b"*3\r\n$3\r\nset\r\n$1\r\nk\r\n$4\r\na\r\nb\r\n").await.unwrap();
    heard(&mut client, REFUSED).await;
    client.write_all(b"SET k v\r\nPING\r\n").await.unwrap();
    heard(&mut client, &format!("{REFUSED}:2\r\n")).await;
}

#[tokio::test]
async fn answers_keep_the_order_of_their_questions_when_the_server_is_slow() {
    let (_link, mut client) = read_only_link(Duration::from_millis(60)).await;
    client.write_all(b"*1\r\n$4\r\nPING\r\nDEL k\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nEVAL x 0\r\n").await.unwrap();
    heard(&mut client, &format!(":1\r\n{REFUSED}:2\r\n{REFUSED}")).await;
}

#[tokio::test]
async fn a_command_that_arrives_in_single_bytes_is_understood() {
    let (_link, mut client) = read_only_link(Duration::ZERO).await;
    client.set_nodelay(true).unwrap();
    for byte in b"*2\r\n$3\r\nDEL\r\n$5\r\n*1\r\n$\r\n*1\r\n$4\r\nPING\r\n" {
        client.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    heard(&mut client, &format!("{REFUSED}:1\r\n")).await;
}

#[tokio::test]
async fn an_idle_connection_lives_through_read_only_and_back() {
    let link = Link::open(counting(Duration::ZERO).await).unwrap();
    let mut client = TcpStream::connect(link.address()).await.unwrap();
    client.write_all(b"SET k v\r\n").await.unwrap();
    heard(&mut client, ":1\r\n").await;
    link.set(Fault::ReadOnly).unwrap();
    client.write_all(b"SET k v\r\n").await.unwrap();
    heard(&mut client, REFUSED).await;
    link.set(Fault::None).unwrap();
    client.write_all(b"SET k v\r\n").await.unwrap();
    heard(&mut client, ":2\r\n").await;
}

#[tokio::test]
async fn a_connection_that_waits_for_an_answer_is_reset_at_its_next_command() {
    let link = Link::open(counting(Duration::from_secs(60)).await).unwrap();
    let mut client = TcpStream::connect(link.address()).await.unwrap();
    client.write_all(b"GET k\r\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    link.set(Fault::ReadOnly).unwrap();
    client.write_all(b"SET k v\r\n").await.unwrap();
    let end = tokio::time::timeout(Duration::from_secs(5), client.read_u8()).await.unwrap();
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}
