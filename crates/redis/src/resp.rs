//! The little of Redis's protocol that a greeting needs: commands out, simple answers in.
//!
//! A greeting is spoken by hand, so that each refusal is seen in the server's own words and a foreign protocol is known by
//! its first byte. After it the connection belongs to the crate `redis`.

use std::io;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// The longest line or text a greeting accepts: `INFO server` has about 2 KiB.
const LONGEST: u64 = 64 * 1024;

/// One answer of a greeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// `+OK`, or a number as text.
    Simple(String),
    /// `-ERR ...`, without the sign.
    Error(String),
    /// A text, or nothing.
    Bulk(Option<String>),
}

/// Why an answer could not be read.
#[derive(Debug)]
pub(crate) enum NoReply {
    /// The connection ended.
    Io(io::Error),
    /// It is not Redis's protocol; these are its first bytes.
    Foreign(Vec<u8>),
}

/// Adds a command to what will be said.
pub(crate) fn say(out: &mut Vec<u8>, words: &[&str]) {
    out.extend(format!("*{}\r\n", words.len()).bytes());
    for word in words {
        out.extend(format!("${}\r\n{word}\r\n", word.len()).bytes());
    }
}

/// Reads one answer.
pub(crate) async fn hear(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Reply, NoReply> {
    let first = *from.fill_buf().await.map_err(NoReply::Io)?.first().ok_or_else(ended)?;
    if !matches!(first, b'+' | b'-' | b':' | b'$' | b'_') {
        return Err(NoReply::Foreign(from.fill_buf().await.map_err(NoReply::Io)?.to_vec()));
    }
    let line = line(from).await?;
    let (sign, text) = line.split_at(1);
    Ok(match sign {
        "-" => Reply::Error(text.to_owned()),
        "$" => Reply::Bulk(bulk(from, text).await?),
        "_" => Reply::Bulk(None),
        _ => Reply::Simple(text.to_owned()),
    })
}

async fn line(from: &mut (impl AsyncBufRead + Unpin)) -> Result<String, NoReply> {
    let mut bytes = vec![];
    from.take(LONGEST).read_until(b'\n', &mut bytes).await.map_err(NoReply::Io)?;
    match bytes.strip_suffix(b"\r\n") {
        Some(line) => Ok(String::from_utf8_lossy(line).into_owned()),
        None if bytes.len() as u64 == LONGEST || bytes.ends_with(b"\n") => Err(NoReply::Foreign(bytes)),
        None => Err(ended()),
    }
}

async fn bulk(from: &mut (impl AsyncBufRead + Unpin), length: &str) -> Result<Option<String>, NoReply> {
    let length: i64 = length.parse().map_err(|_| NoReply::Foreign(format!("${length}").into_bytes()))?;
    let Ok(length) = u64::try_from(length) else { return Ok(None) };
    if length > LONGEST {
        return Err(NoReply::Foreign(format!("${length}").into_bytes()));
    }
    let mut bytes = vec![];
    from.take(length + 2).read_to_end(&mut bytes).await.map_err(NoReply::Io)?;
    let text = bytes.strip_suffix(b"\r\n").ok_or_else(ended)?;
    Ok(Some(String::from_utf8_lossy(text).into_owned()))
}

fn ended() -> NoReply {
    NoReply::Io(io::ErrorKind::UnexpectedEof.into())
}

/// Whose first bytes these are, as far as they are known.
pub(crate) fn who_says(bytes: &[u8]) -> String {
    let known: &[(&[u8], &str)] = &[
        (b"HTTP/", "an HTTP server"),
        (b"SSH-", "an SSH server"),
        (b"220", "a mail or FTP server"),
        (b"\x15\x03", "a TLS server: use `rediss://`"),
    ];
    if let Some((_, who)) = known.iter().find(|(begins, _)| bytes.starts_with(begins)) {
        return format!("it answers as {who}");
    }
    // A MySQL greeting: three bytes of length, a zero, the protocol's version 10.
    if bytes.get(3..5) == Some(b"\x00\x0a") {
        return "it answers as a MySQL server".into();
    }
    let begin: String = bytes.iter().take(16).flat_map(|b| b.escape_ascii()).map(char::from).collect();
    format!("its answer begins with `{begin}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn heard(mut bytes: &[u8]) -> Result<Reply, NoReply> {
        hear(&mut bytes).await
    }

    #[tokio::test]
    async fn the_answers_of_a_greeting_are_read() {
        let mut all: &[u8] = b"+OK\r\n-ERR no\r\n$-1\r\n$3\r\na\nb\r\n:7\r\n_\r\n";
        let expected = [
            Reply::Simple("OK".into()),
            Reply::Error("ERR no".into()),
            Reply::Bulk(None),
            Reply::Bulk(Some("a\nb".into())),
            Reply::Simple("7".into()),
            Reply::Bulk(None),
        ];
        for reply in expected {
            assert_eq!(hear(&mut all).await.unwrap(), reply);
        }
        assert!(matches!(hear(&mut all).await, Err(NoReply::Io(_))));
    }

    #[tokio::test]
    async fn an_answer_cut_short_is_an_end_and_a_foreign_one_is_foreign() {
        for cut in [&b""[..], b"+O", b"+OK\r", b"$5\r\nab", b"$2\r\nab"] {
            assert!(matches!(heard(cut).await, Err(NoReply::Io(_))), "{}", cut.escape_ascii());
        }
        for foreign in [&b"HTTP/1.1 400 Bad Request\r\n"[..], b"+OK\n", b"$x\r\n", b"$99999999\r\n", b"\x15\x03\x01"] {
            assert!(matches!(heard(foreign).await, Err(NoReply::Foreign(_))), "{}", foreign.escape_ascii());
        }
    }

    #[test]
    fn known_protocols_are_named() {
        assert!(who_says(b"HTTP/1.1 400").contains("HTTP"));
        assert!(who_says(b"\x4a\x00\x00\x00\x0a8.0").contains("MySQL"));
        assert!(who_says(b"\x15\x03\x03\x00\x02").contains("rediss"));
        assert_eq!(who_says(b"hello\n"), "its answer begins with `hello\\n`");
    }
}
