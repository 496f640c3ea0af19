//! Where a Redis command or answer ends: RESP2 and RESP3, without keeping what is in it.
//!
//! Both functions start anew on a grown buffer, which is quadratic for huge answers; proofs send small ones.

use std::io;

/// Answers nest; deeper than this is no Redis.
const DEEPEST: usize = 32;

/// Longest string in bytes: what Redis takes unless told otherwise (`proto-max-bulk-len`).
const LONGEST: usize = 512 << 20;

type Found<T> = io::Result<Option<T>>;

/// The length of the first command in `bytes` and its name. `None`: not all of it is here.
///
/// # Errors
/// When the bytes cannot be a command.
pub(crate) fn command(bytes: &[u8]) -> Found<(usize, &[u8])> {
    if bytes.first() != Some(&b'*') {
        return Ok(line(bytes, 0).map(|(text, end)| (end, first_word(text))));
    }
    let Some((count, mut at)) = number(bytes, 1)? else { return Ok(None) };
    let mut name: &[u8] = b"";
    for index in 0..count {
        match bytes.get(at) {
            None => return Ok(None),
            Some(b'$') => {}
            Some(_) => return Err(foreign()),
        }
        let Some((start, end)) = bulk(bytes, at + 1)? else { return Ok(None) };
        let argument = end.checked_sub(2).and_then(|last| bytes.get(start..last)).ok_or_else(foreign)?;
        if index == 0 {
            name = argument;
        }
        at = end;
    }
    Ok(Some((at, name)))
}

/// The length of the first value in `bytes`, RESP3 attributes before it included. `None`: not all of it is here.
///
/// # Errors
/// When the bytes cannot be a value.
pub(crate) fn value(bytes: &[u8]) -> Found<usize> {
    value_at(bytes, 0, 0)
}

/// Whether the value that begins here is a push message, which answers nothing.
pub(crate) fn is_push(bytes: &[u8]) -> bool {
    bytes.first() == Some(&b'>')
}

fn value_at(bytes: &[u8], at: usize, depth: usize) -> Found<usize> {
    let Some(kind) = bytes.get(at) else { return Ok(None) };
    if depth > DEEPEST {
        return Err(foreign());
    }
    let members = match kind {
        b'+' | b'-' | b':' | b'_' | b'#' | b',' | b'(' => return Ok(line(bytes, at + 1).map(|(_, end)| end)),
        b'$' | b'=' | b'!' => return Ok(bulk(bytes, at + 1)?.map(|(_, end)| end)),
        b'*' | b'~' | b'>' => 1,
        b'%' | b'|' => 2,
        _ => return Err(foreign()),
    };
    let Some((count, mut end)) = number(bytes, at + 1)? else { return Ok(None) };
    // An attribute stands before the value it belongs to.
    let count = count.max(0).saturating_mul(members) + i64::from(*kind == b'|');
    for _ in 0..count {
        match value_at(bytes, end, depth + 1)? {
            Some(next) => end = next,
            None => return Ok(None),
        }
    }
    Ok(Some(end))
}

/// A string with its length before it: where its bytes start, and where it ends with its line end. A null
/// (length -1) ends where it starts.
fn bulk(bytes: &[u8], at: usize) -> Found<(usize, usize)> {
    let Some((length, start)) = number(bytes, at)? else { return Ok(None) };
    let Ok(length) = usize::try_from(length) else { return Ok(Some((start, start))) };
    if length > LONGEST {
        return Err(foreign());
    }
    let end = start + length + 2;
    match bytes.get(end - 2..end) {
        None => Ok(None),
        Some(b"\r\n") => Ok(Some((start, end))),
        Some(_) => Err(foreign()),
    }
}

fn number(bytes: &[u8], at: usize) -> Found<(i64, usize)> {
    let Some((text, end)) = line(bytes, at) else { return Ok(None) };
    let text = std::str::from_utf8(text).map_err(|_| foreign())?;
    Ok(Some((text.parse().map_err(|_| foreign())?, end)))
}

/// A line without its end, and where the next begins.
fn line(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..)?;
    let length = rest.iter().position(|byte| *byte == b'\n')?;
    Some((rest[..length].trim_ascii_end(), at + length + 1))
}

fn first_word(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii_start();
    let end = line.iter().position(u8::is_ascii_whitespace).unwrap_or(line.len());
    &line[..end]
}

fn foreign() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "not Redis's protocol")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_found_only_when_its_last_byte_is_there() {
        let whole = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$4\r\na\r\nb\r\nPING\r\n";
        for cut in 0..=36 {
            let found = command(&whole[..cut]).unwrap();
            assert_eq!(found, (cut >= 30).then_some((30, &b"SET"[..])), "cut at {cut}");
        }
        assert_eq!(command(&whole[30..]).unwrap(), Some((6, &b"PING"[..])));
    }

    #[test]
    fn nested_answers_attributes_and_nulls_end_where_they_end() {
        let answers: [&[u8]; 7] = [
            b"+OK\r\n",
            b"$-1\r\n",
            b"*-1\r\n",
            b"*2\r\n$2\r\n\r\n\r\n*1\r\n:4\r\n",
            b"%1\r\n+a\r\n#t\r\n",
            b"|1\r\n+ttl\r\n:3\r\n$1\r\nx\r\n",
            b">2\r\n+a\r\n_\r\n",
        ];
        for whole in answers {
            for cut in 0..whole.len() {
                assert_eq!(value(&whole[..cut]).unwrap(), None, "{:?} cut at {cut}", whole.escape_ascii());
            }
            let followed = [whole, b"+next\r\n"].concat();
            assert_eq!(value(&followed).unwrap(), Some(whole.len()), "{:?}", whole.escape_ascii());
        }
    }

    #[test]
    fn what_is_not_redis_is_an_error_and_no_panic() {
        for foreign in [
            &b"*1\r\n+PING\r\n"[..],
            b"*x\r\n",
            b"*1\r\n$2\r\nabcd",
            b"*1\r\n$9223372036854775807\r\nx",
            b"*1\r\n$-1\r\n",
        ] {
            assert!(command(foreign).is_err(), "{:?}", foreign.escape_ascii());
        }
        assert!(value(b"HTTP/1.1 200 OK\r\n").is_err());
        assert!(value(&b"*1\r\n".repeat(100)).is_err(), "too deep");
    }
}
