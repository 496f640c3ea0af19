//! Plain questions to a server, without the crate under test.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    time::Duration,
};

/// One connection that speaks lines.
pub struct Raw(BufReader<TcpStream>);

impl Raw {
    pub fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the server is there");
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        Self(BufReader::new(stream))
    }

    /// The answer to one command: a line, a text, or the elements of a list, one a line.
    pub fn ask(&mut self, command: &str) -> String {
        self.0.get_mut().write_all(format!("{command}\r\n").as_bytes()).unwrap();
        self.reply()
    }

    fn reply(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        let line = line.trim_end().to_owned();
        match line.split_at(1) {
            ("$", "-1") => "(nil)".into(),
            ("$", length) => {
                let mut text = vec![0; length.parse::<usize>().unwrap() + 2];
                self.0.read_exact(&mut text).unwrap();
                String::from_utf8(text[..text.len() - 2].to_vec()).unwrap()
            }
            ("*", count) => (0..count.parse().unwrap()).map(|_| self.reply()).collect::<Vec<_>>().join("\n"),
            (_, rest) => rest.to_owned(),
        }
    }

    /// How many clients there are beside this one.
    pub fn others(&mut self) -> usize {
        self.ask("CLIENT LIST").lines().count() - 1
    }

    /// Waits until there are `count` clients beside this one; closing is told to a server a little later.
    pub async fn settles_at(&mut self, count: usize) {
        for _ in 0..400 {
            if self.others() == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{} clients, and {count} expected: {}", self.others(), self.ask("CLIENT LIST"));
    }

    /// Keys and clients, once both have stood still for a moment.
    pub async fn fingerprint(&mut self) -> String {
        let mut last = String::new();
        loop {
            let now = format!("keys [{}] clients {}", self.ask("KEYS *"), self.others());
            if now == last {
                return now;
            }
            last = now;
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
    }
}
