//! The stream of a watch, cut into its messages.

use super::{
    EtcdError,
    wire::{Streamed, Watched},
};
use crate::http::Response;

/// The longest message of the stream. Ours are some hundred bytes; a burst of a thousand of the greatest entries fits.
const MOST: usize = 8 * 1024 * 1024;

/// The messages of a stream: one line of JSON each.
pub(crate) struct Lines {
    endpoint: String,
    stream: Response,
    held: Vec<u8>,
}

impl Lines {
    /// The messages of this stream of a member.
    pub(crate) fn of(endpoint: String, stream: Response) -> Self {
        Self { endpoint, stream, held: vec![] }
    }

    /// The next message. May be dropped and asked again: what came so far is kept.
    pub(crate) async fn next(&mut self) -> Result<Watched, EtcdError> {
        loop {
            if let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.held.drain(..=end).collect();
                return self.read(&line);
            }
            if self.held.len() > MOST {
                return Err(self.broken(format!("a message is longer than {MOST} bytes")));
            }
            match self.stream.piece().await {
                Ok(Some(piece)) => self.held.extend_from_slice(&piece),
                Ok(None) => return Err(self.broken("it ended the stream of changes".into())),
                Err(error) => return Err(self.broken(error.to_string())),
            }
        }
    }

    fn read(&self, line: &[u8]) -> Result<Watched, EtcdError> {
        let foreign = |said: &str| EtcdError::NotEtcd { endpoint: self.endpoint.clone(), said: said.to_owned() };
        let told: Streamed<Watched> =
            serde_json::from_slice(line).map_err(|_| foreign("a stream of something else than changes"))?;
        match told {
            Streamed { result: Some(told), .. } => Ok(told),
            Streamed { error: Some(trouble), .. } => Err(self.broken(trouble.message)),
            _ => Err(foreign("a message without a result")),
        }
    }

    fn broken(&self, why: String) -> EtcdError {
        EtcdError::Away { tried: vec![(self.endpoint.clone(), why)] }
    }
}
