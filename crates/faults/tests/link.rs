//! Every fault on real sockets, for connections that live and for new ones.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bootproof_faults::{Fault, Link};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// Long enough that an answer which comes would have come; these are live sockets.
const WHILE: Duration = Duration::from_millis(150);
const SOON: Duration = Duration::from_secs(5);

/// A server that says back what it hears.
async fn echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                let _ = tokio::io::copy(&mut from, &mut to).await;
            });
        }
    });
    address
}

async fn connect(link: &Link) -> TcpStream {
    TcpStream::connect(link.address()).await.unwrap()
}

/// Says `word` and reads as many bytes back.
async fn ask(stream: &mut TcpStream, word: &str) -> Result<String, ErrorKind> {
    stream.write_all(word.as_bytes()).await.map_err(|error| error.kind())?;
    let mut heard = vec![0; word.len()];
    match timeout(SOON, stream.read_exact(&mut heard)).await {
        Err(_) => Err(ErrorKind::TimedOut),
        Ok(read) => read.map(|_| String::from_utf8(heard).unwrap()).map_err(|error| error.kind()),
    }
}

async fn hears_nothing(stream: &mut TcpStream) -> bool {
    timeout(WHILE, stream.read_u8()).await.is_err()
}

/// Whether the next thing heard is a reset, not an orderly end.
async fn is_reset(stream: &mut TcpStream) -> bool {
    let heard = timeout(SOON, stream.read_u8()).await.expect("something within 5 s");
    heard.is_err_and(|error| error.kind() == ErrorKind::ConnectionReset)
}

#[tokio::test]
async fn without_a_fault_everything_passes_both_ways() {
    let link = Link::open(echo().await).unwrap();
    let mut client = connect(&link).await;
    let large = "x".repeat(200_000);
    let (mut from, mut to) = client.split();
    let said = async { to.write_all(large.as_bytes()).await.and(to.shutdown().await) };
    let mut heard = String::new();
    let (said, read) = tokio::join!(said, from.read_to_string(&mut heard));
    said.unwrap();
    read.unwrap();
    assert_eq!(heard, large, "also the end of what the client says is passed on");
}

#[tokio::test]
async fn a_name_is_a_target_too_and_a_target_that_is_away_is_a_reset() {
    let port = echo().await.port();
    let link = Link::open(format!("localhost:{port}")).unwrap();
    assert_eq!(ask(&mut connect(&link).await, "hello").await.unwrap(), "hello");
    let away = Link::open("127.0.0.1:1").unwrap();
    assert!(is_reset(&mut connect(&away).await).await);
}

#[tokio::test]
async fn refuse_resets_the_living_refuses_the_new_and_reopens_the_same_port() {
    let link = Link::open(echo().await).unwrap();
    let address = link.address();
    for _ in 0..3 {
        let mut client = connect(&link).await;
        ask(&mut client, "before").await.unwrap();
        link.set(Fault::Refuse).unwrap();
        assert_eq!(TcpStream::connect(address).await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
        assert!(is_reset(&mut client).await);
        assert!(std::net::TcpListener::bind("0.0.0.0:0").unwrap().local_addr().unwrap().port() != address.port());
        link.set(Fault::None).unwrap();
        assert_eq!(link.address(), address);
        assert_eq!(ask(&mut connect(&link).await, "after").await.unwrap(), "after");
    }
}

#[tokio::test]
async fn the_refused_port_is_given_to_nobody_else() {
    let link = Link::open(echo().await).unwrap();
    link.set(Fault::Refuse).unwrap();
    let other = tokio::net::TcpSocket::new_v4().unwrap();
    assert_eq!(other.bind(link.address()).unwrap_err().kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn a_black_hole_accepts_and_never_answers() {
    let link = Link::open(echo().await).unwrap();
    let mut living = connect(&link).await;
    ask(&mut living, "before").await.unwrap();
    link.set(Fault::BlackHole).unwrap();
    let mut new = connect(&link).await;
    for client in [&mut living, &mut new] {
        client.write_all(b"anybody there?").await.unwrap();
        assert!(hears_nothing(client).await);
    }
}

#[tokio::test]
async fn what_a_black_hole_swallows_never_reaches_the_server() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let link = Link::open(server.local_addr().unwrap()).unwrap();
    let mut client = connect(&link).await;
    let (mut heard, _) = server.accept().await.unwrap();
    client.write_all(b"before").await.unwrap();
    heard.read_exact(&mut [0; 6]).await.unwrap();
    link.set(Fault::BlackHole).unwrap();
    client.write_all(b"swallowed").await.unwrap();
    assert!(hears_nothing(&mut heard).await);
}

#[tokio::test]
async fn a_connection_whose_bytes_were_swallowed_is_reset_not_resumed() {
    let link = Link::open(echo().await).unwrap();
    let mut client = connect(&link).await;
    ask(&mut client, "before").await.unwrap();
    link.set(Fault::BlackHole).unwrap();
    client.write_all(b"lost").await.unwrap();
    assert!(hears_nothing(&mut client).await);
    link.set(Fault::None).unwrap();
    assert!(is_reset(&mut client).await);
    assert_eq!(ask(&mut connect(&link).await, "after").await.unwrap(), "after");
}

#[tokio::test]
async fn cut_resets_the_living_and_the_new() {
    let link = Link::open(echo().await).unwrap();
    let mut living = connect(&link).await;
    ask(&mut living, "before").await.unwrap();
    link.set(Fault::Cut).unwrap();
    assert!(is_reset(&mut living).await);
    assert!(is_reset(&mut connect(&link).await).await);
    link.set(Fault::None).unwrap();
    assert_eq!(ask(&mut connect(&link).await, "after").await.unwrap(), "after");
}

#[tokio::test]
async fn a_cut_healed_at_once_still_resets_the_living() {
    let link = Link::open(echo().await).unwrap();
    let mut living = connect(&link).await;
    ask(&mut living, "before").await.unwrap();
    link.set(Fault::Cut).unwrap();
    link.set(Fault::None).unwrap();
    assert!(is_reset(&mut living).await);
}

#[tokio::test]
async fn delay_holds_answers_back_and_loses_none() {
    let link = Link::open(echo().await).unwrap();
    let mut client = connect(&link).await;
    ask(&mut client, "before").await.unwrap();
    link.set(Fault::Delay(Duration::from_millis(120))).unwrap();
    let start = Instant::now();
    assert_eq!(ask(&mut client, "slow").await.unwrap(), "slow");
    assert!(start.elapsed() >= Duration::from_millis(120), "{:?}", start.elapsed());
    link.set(Fault::None).unwrap();
    assert_eq!(ask(&mut client, "fast").await.unwrap(), "fast");
}

#[tokio::test]
async fn a_silent_link_accepts_and_says_nothing_and_can_be_broken_too() {
    let link = Link::silent().unwrap();
    let mut client = connect(&link).await;
    client.write_all(b"PING\r\n").await.unwrap();
    assert!(hears_nothing(&mut client).await);
    link.set(Fault::Refuse).unwrap();
    assert!(is_reset(&mut client).await);
    assert!(TcpStream::connect(link.address()).await.is_err());
}

#[tokio::test]
async fn dropping_the_link_resets_its_connections_and_frees_the_port_at_once() {
    for fault in [Fault::None, Fault::Refuse, Fault::BlackHole] {
        let link = Link::open(echo().await).unwrap();
        let address = link.address();
        let mut client = connect(&link).await;
        ask(&mut client, "before").await.unwrap();
        link.set(fault).unwrap();
        drop(link);
        std::net::TcpListener::bind(address).unwrap();
        assert!(is_reset(&mut client).await);
    }
}

#[test]
fn outside_a_runtime_opening_is_an_error_and_no_panic() {
    assert!(Link::silent().is_err());
}
