//! What an HTTP server answered.

use http_body_util::BodyExt;
use hyper::{
    HeaderMap, Response,
    body::Incoming,
    header::{HeaderName, HeaderValue, LOCATION, RETRY_AFTER, SERVER},
};

/// The most of a body that is read.
const MOST: usize = 8 * 1024;

/// Status, headers and the beginning of the body.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    /// As much of the body as came before the limits of size and time.
    pub(crate) body: String,
    /// Whether the body was read to its end.
    pub(crate) whole: bool,
}

impl Answer {
    /// The head of a response, its body to be read.
    pub(crate) fn of(response: Response<Incoming>) -> (Self, Incoming) {
        let (head, body) = response.into_parts();
        (Self { status: head.status.as_u16(), headers: head.headers, body: String::new(), whole: false }, body)
    }

    #[cfg(test)]
    pub(crate) fn saying(body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::default() }
    }

    /// Reads the beginning of the body. One that breaks off is not [`Answer::whole`]: the status is known all the same.
    pub(crate) async fn read(&mut self, mut body: Incoming) {
        let mut read = vec![];
        while read.len() < MOST {
            match body.frame().await {
                None => self.whole = true,
                Some(Err(_)) => {}
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        read.extend_from_slice(&data);
                        self.body = String::from_utf8_lossy(&read).into_owned();
                    }
                    continue;
                }
            }
            return;
        }
    }

    /// What the server calls itself, if it does so decently.
    pub(crate) fn server(&self) -> Option<&str> {
        self.header(SERVER).filter(|name| name.len() <= 60)
    }

    /// Where it sends us.
    pub(crate) fn location(&self) -> Option<&str> {
        self.header(LOCATION)
    }

    /// When it wants to be asked again.
    pub(crate) fn retry_after(&self) -> Option<&str> {
        self.header(RETRY_AFTER).filter(|text| text.len() <= 40)
    }

    /// Whether a header (`name: value`, the name in small letters) or the body contains `text`.
    pub(crate) fn contains(&self, text: &str) -> bool {
        let line =
            |(name, value): (&HeaderName, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap_or_default());
        self.body.contains(text) || self.headers.iter().map(line).any(|line| line.contains(text))
    }

    fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
