//! One HTTP/1.1 question and its answer, on a connection of its own, and why there was none.

use crate::{
    answer::Answer,
    diagnose, net,
    service::{ANSWER, limit},
    speaks::{FIRST_BYTES, Speaks},
    tap::{Heard, Tap},
    target::Target,
    tls::{self, Authorities},
};
use bootproof_core::{Cx, Diagnosis};
use http_body_util::Full;
use hyper::{Method, Request, body::Bytes, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use std::{error::Error, io, pin::pin};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{Instant, timeout_at},
};

/// A question, its body whole.
pub(crate) type Question = Request<Full<Bytes>>;

/// A question for `path` (and query) of the target.
pub(crate) fn question(target: &Target, method: Method, path: &str, body: &str) -> Result<Question, Diagnosis> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, target.host())
        .header(header::USER_AGENT, concat!("bootproof/", env!("CARGO_PKG_VERSION")))
        .header(header::ACCEPT, "*/*")
        .header(header::CONNECTION, "close")
        .body(Full::from(body.to_owned()))
        .map_err(|error| diagnose::unusable(&target.shown(), &error.to_string()))
}

/// Connects, makes the connection secure when the URL says so, asks, and reads the answer.
pub(crate) async fn ask(
    cx: &Cx,
    target: &Target,
    trusted: &Authorities,
    question: Question,
) -> Result<Answer, Diagnosis> {
    let stream = net::connect(cx, &target.address).await?;
    if target.tls {
        let (stream, heard) = Tap::new(tls::handshake(cx, &target.address, trusted, stream).await?);
        return converse(cx, target, stream, &heard, question).await;
    }
    let (stream, heard) = Tap::new(stream);
    let answer = converse(cx, target, stream, &heard, question).await?;
    match Speaks::confessed(&answer.body) {
        Some(Speaks::Tls) => Err(diagnose::tls_expected(&target.address, "it says so itself")),
        _ => Ok(answer),
    }
}

async fn converse<S>(
    cx: &Cx,
    target: &Target,
    stream: S,
    heard: &Heard,
    question: Question,
) -> Result<Answer, Diagnosis>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let doing = format!("{} {}", question.method(), question.uri().path());
    let look = cx.look(format!("{doing} at `{}`", target.address));
    let limit = limit(cx, ANSWER);
    match transfer(stream, question, Instant::now() + limit).await {
        Ok(Some(answer)) => {
            look.saw(format!("HTTP {}", answer.status));
            Ok(answer)
        }
        Ok(None) => {
            Err(foreign(target, heard).unwrap_or_else(|| diagnose::silent(&target.address, &doing, Some(limit))))
        }
        Err(error) => Err(failed(target, &doing, &error, heard)),
    }
}

/// Asks and reads the answer while driving the connection. `None`: no answer until then.
async fn transfer<S>(stream: S, question: Question, until: Instant) -> hyper::Result<Option<Answer>>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut talk = pin!(async {
        let Ok(response) = timeout_at(until, sender.send_request(question)).await else { return Ok(None) };
        let (mut answer, body) = Answer::of(response?);
        // A body that is late is cut, and not whole.
        let _ = timeout_at(until, answer.read(body)).await;
        Ok(Some(answer))
    });
    let mut connection = pin!(connection);
    let (mut ended, mut why) = (false, None);
    loop {
        tokio::select! {
            biased;
            answer = &mut talk => return answer.map_err(|error: hyper::Error| if error.is_canceled() { why.unwrap_or(error) } else { error }),
            end = &mut connection, if !ended => (ended, why) = (true, end.err()),
        }
    }
}

/// Why there is no answer.
fn failed(target: &Target, doing: &str, error: &hyper::Error, heard: &Heard) -> Diagnosis {
    if let Some(foreign) = foreign(target, heard) {
        return foreign;
    }
    let to = &target.address;
    if let Some(error) = io_error(error) {
        return tls::error_of(error).map_or_else(|| net::broken(to, doing, error), |error| tls::explain(to, error));
    }
    if error.is_parse() {
        return not_http(target, &heard.bytes());
    }
    diagnose::reset(to).why(format!("{doing}: {error}"))
}

/// The diagnosis when what was heard is not HTTP.
fn foreign(target: &Target, heard: &Heard) -> Option<Diagnosis> {
    let (to, bytes) = (&target.address, heard.bytes());
    match Speaks::recognise(&bytes) {
        Some(Speaks::Http) => None,
        Some(Speaks::Tls) => Some(diagnose::tls_expected(to, "it answered plain HTTP with a TLS alert")),
        Some(speaks) => Some(diagnose::another_protocol(to, speaks.name(), "HTTP", FIRST_BYTES)),
        None if bytes.is_empty() => None,
        None => Some(not_http(target, &bytes)),
    }
}

fn not_http(target: &Target, bytes: &[u8]) -> Diagnosis {
    let said = target.quote(&String::from_utf8_lossy(bytes)).unwrap_or_default();
    Diagnosis::new("HTTP-006", format!("`{}` answers, but not in HTTP", target.address))
        .why(format!("its answer begins with `{said}`"))
        .action("correct the port, or declare the service as what it is")
        .configuration()
}

fn io_error(error: &hyper::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        cause = error.source();
    }
    None
}
