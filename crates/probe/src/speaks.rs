//! Which protocol a server speaks, told from the first bytes it sends, or from what it says about itself.

/// How it was told, for people.
pub(crate) const FIRST_BYTES: &str = "its first bytes say so";

/// What a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speaks {
    Tls,
    Http,
    Http2,
    Redis,
    Postgres,
    MySql,
    ClickHouseNative,
    MongoDb,
    Ssh,
    Mail,
    Amqp,
}

impl Speaks {
    /// Recognises the first bytes of an answer or greeting.
    pub(crate) fn recognise(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x15 | 0x16, 0x03, 0..=4, ..] => Some(Self::Tls),
            [b'H', b'T', b'T', b'P', b'/', ..] => Some(Self::Http),
            // A SETTINGS frame on stream 0, the first that an HTTP/2 server sends (RFC 9113, 3.4).
            [0, 0, _, 4, 0, 0, 0, 0, 0, ..] => Some(Self::Http2),
            [b'S', b'S', b'H', b'-', ..] => Some(Self::Ssh),
            [b'A', b'M', b'Q', b'P', ..] => Some(Self::Amqp),
            [b'2', b'2', b'0', b' ' | b'-', ..] => Some(Self::Mail),
            // A handshake of protocol 10 or an error, packet number 0, length in three bytes.
            [_, _, 0, 0, 0x0a | 0xff, _, ..] => Some(Self::MySql),
            // An ErrorResponse: length in four bytes, then its first field, the severity.
            [b'E', 0, 0, _, _, b'S', ..] => Some(Self::Postgres),
            // An exception packet: number 2, its code in four bytes, then its name.
            [2, _, _, 0, 0, _, b'D', b'B', b':', b':', ..] => Some(Self::ClickHouseNative),
            _ if is_redis(bytes) => Some(Self::Redis),
            _ => None,
        }
    }

    /// Recognises what servers answer, in HTTP, to somebody who knocked at the wrong port.
    pub(crate) fn confessed(body: &str) -> Option<Self> {
        CONFESSIONS.iter().find(|(text, _)| body.contains(text)).map(|(_, speaks)| *speaks)
    }

    /// Its name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tls => "TLS",
            Self::Http => "HTTP",
            Self::Http2 => "HTTP/2 only",
            Self::Redis => "Redis's protocol",
            Self::Postgres => "PostgreSQL's protocol",
            Self::MySql => "MySQL's protocol",
            Self::ClickHouseNative => "ClickHouse's native protocol",
            Self::MongoDb => "MongoDB's protocol",
            Self::Ssh => "SSH",
            Self::Mail => "SMTP or FTP",
            Self::Amqp => "AMQP",
        }
    }
}

/// Texts by nginx, Apache, Go's net/http, Tomcat, ClickHouse and MongoDB.
const CONFESSIONS: &[(&str, Speaks)] = &[
    ("plain HTTP request was sent to HTTPS port", Speaks::Tls),
    ("speaking plain HTTP to an SSL-enabled server port", Speaks::Tls),
    ("Client sent an HTTP request to an HTTPS server", Speaks::Tls),
    ("This combination of host and port requires TLS", Speaks::Tls),
    ("is for clickhouse-client program", Speaks::ClickHouseNative),
    ("access MongoDB over HTTP on the native driver port", Speaks::MongoDb),
];

/// An error (`-ERR ...`) or a status (`+OK`) in RESP.
fn is_redis(bytes: &[u8]) -> bool {
    let [b'-' | b'+', word @ ..] = bytes else { return false };
    let letters = word.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    letters >= 2 && word.get(letters).is_none_or(|byte| b" \r".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_of_real_servers_are_recognised() {
        for (bytes, speaks) in [
            (&b"\x15\x03\x03\x00\x02\x02\x46"[..], Speaks::Tls),
            (b"HTTP/1.1 400 Bad Request\r\n", Speaks::Http),
            (b"\x00\x00\x18\x04\x00\x00\x00\x00\x00\x00\x03", Speaks::Http2),
            (b"-ERR unknown command 'GET'\r\n", Speaks::Redis),
            (b"-NOAUTH Authentication required.\r\n", Speaks::Redis),
            (b"+PONG\r\n", Speaks::Redis),
            (b"E\x00\x00\x00\x8fSFATAL\x00", Speaks::Postgres),
            (b"Y\x00\x00\x00\x0a5.5.5-10.11.6-MariaDB\x00", Speaks::MySql),
            (b"\x10\x00\x00\x00\xff\x10\x04Too many connections", Speaks::MySql),
            (b"\x02e\x00\x00\x00\x10DB::NetException", Speaks::ClickHouseNative),
            (b"SSH-2.0-OpenSSH_9.2\r\n", Speaks::Ssh),
            (b"220 mail ESMTP\r\n", Speaks::Mail),
            (b"AMQP\x00\x00\x09\x01", Speaks::Amqp),
        ] {
            assert_eq!(Speaks::recognise(bytes), Some(speaks), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_not_recognised_is_not_guessed() {
        for bytes in [&b""[..], b"hello\r\n", b"-", b"+1 555", b"-x", b"\x15\x09", b"220", b"E\x00"] {
            assert_eq!(Speaks::recognise(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn servers_that_say_what_their_port_is_are_believed() {
        let nginx = "<center>The plain HTTP request was sent to HTTPS port</center>";
        assert_eq!(Speaks::confessed(nginx), Some(Speaks::Tls));
        assert_eq!(Speaks::confessed("Port 9000 is for clickhouse-client program."), Some(Speaks::ClickHouseNative));
        assert_eq!(Speaks::confessed("welcome"), None);
    }
}
