//! One HTTP/1.1 question on a connection of its own, and its answer as it comes.
//!
//! Hyper's connection and not a ready-made client: the graph has it already for the probes, and its errors tell "not HTTP" from
//! "gone". No limits here: the caller bounds the whole question.

use crate::{Endpoint, tls};
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use std::{error::Error, sync::Arc};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// The connection could not be made secure.
    #[error("TLS: {0}")]
    Tls(String),
    /// What answers does not speak HTTP.
    #[error("it does not answer in HTTP")]
    NotHttp,
    /// The connection ended too early.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The body is longer than expected.
    #[error("its answer is longer than {0} bytes")]
    TooLong(usize),
    /// The question cannot be put, such as for a header that holds a line's end.
    #[error("the question cannot be put: {0}")]
    Unusable(String),
}

impl HttpError {
    fn of(error: &hyper::Error) -> Self {
        // A question that was cancelled has the connection's error as its source.
        let error = error.source().and_then(|source| source.downcast_ref::<hyper::Error>()).unwrap_or(error);
        // Hyper tells what came without having been asked for by this text alone.
        let unasked = error.to_string().contains("unexpected message");
        if error.is_parse() || unasked { Self::NotHttp } else { Self::Broken(error.to_string()) }
    }
}

/// The head of an answer, and its body while it comes. Dropping it closes the connection.
#[derive(Debug)]
pub(crate) struct Response {
    /// The status.
    pub(crate) status: u16,
    body: Incoming,
    /// The task that drives the connection; ends with this set.
    _driver: JoinSet<()>,
}

/// A question for `path`; a body makes it a POST of JSON.
pub(crate) fn question(
    to: &Endpoint,
    path: &str,
    body: Option<Vec<u8>>,
    authorization: Option<&str>,
) -> Result<Request<Full<Bytes>>, HttpError> {
    let mut builder = Request::builder()
        .method(if body.is_some() { "POST" } else { "GET" })
        .uri(path)
        .header(header::HOST, to.authority())
        .header(header::USER_AGENT, concat!("bootproof/", env!("CARGO_PKG_VERSION")))
        .header(header::CONNECTION, "close");
    if body.is_some() {
        builder = builder.header(header::CONTENT_TYPE, "application/json");
    }
    if let Some(token) = authorization {
        let mut value = header::HeaderValue::from_str(token).map_err(|error| HttpError::Unusable(error.to_string()))?;
        value.set_sensitive(true);
        builder = builder.header(header::AUTHORIZATION, value);
    }
    let body = Full::from(body.unwrap_or_default());
    builder.body(body).map_err(|error| HttpError::Unusable(error.to_string()))
}

/// Puts the question on `stream`, made secure first when the endpoint's scheme says so.
pub(crate) async fn ask(
    to: &Endpoint,
    config: &Arc<ClientConfig>,
    stream: TcpStream,
    question: Request<Full<Bytes>>,
) -> Result<Response, HttpError> {
    if !to.is_secure() {
        return converse(stream, question).await;
    }
    let stream = tls::secure(config, &to.host, stream).await.map_err(|error| HttpError::Tls(error.to_string()))?;
    converse(stream, question).await
}

async fn converse<S>(stream: S, question: Request<Full<Bytes>>) -> Result<Response, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|error| HttpError::of(&error))?;
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        // Its error comes out of the sender or the body, too.
        let _ = connection.await;
    });
    let response = sender.send_request(question).await.map_err(|error| HttpError::of(&error))?;
    let (head, body) = response.into_parts();
    Ok(Response { status: head.status.as_u16(), body, _driver: driver })
}

impl Response {
    /// The next piece of the body; `None` at its end.
    pub(crate) async fn piece(&mut self) -> Result<Option<Bytes>, HttpError> {
        while let Some(frame) = self.body.frame().await {
            let frame = frame.map_err(|error| HttpError::of(&error))?;
            if let Ok(data) = frame.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The whole body, at most `most` bytes.
    pub(crate) async fn whole(mut self, most: usize) -> Result<Vec<u8>, HttpError> {
        let mut read = vec![];
        while let Some(piece) = self.piece().await? {
            if read.len() + piece.len() > most {
                return Err(HttpError::TooLong(most));
            }
            read.extend_from_slice(&piece);
        }
        Ok(read)
    }

    /// The beginning of the body, at most `most` bytes; the rest is not read.
    pub(crate) async fn beginning(mut self, most: usize) -> Result<Vec<u8>, HttpError> {
        let mut read = vec![];
        while let Some(piece) = self.piece().await? {
            read.extend_from_slice(&piece[..piece.len().min(most - read.len())]);
            if read.len() == most {
                break;
            }
        }
        Ok(read)
    }
}
