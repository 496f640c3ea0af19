//! The first words with a server: login, database, PING, and whether it takes writes.
//!
//! All of it is said at once and costs one round trip.

use crate::resp::{self, NoReply, Reply};
use crate::{Failure, Target, Trouble, dial::Wire, random};
use bootproof_core::{Secret, mask_text};
use std::{io, time::Duration};
use tokio::{
    io::{AsyncWriteExt, BufReader},
    time::{Instant, timeout_at},
};

/// What is asked beyond login and PING.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Nothing.
    Nothing,
    /// Whether it takes writes: `SET k v XX` on a key that does not exist. It creates nothing, and is refused exactly where a
    /// write would be: by a read-only replica, without memory, without the right.
    Writes,
    /// Who it is.
    Identity,
}

/// Greets, before `until`, which is `limit` after the attempt to connect began. The answers to what was asked beyond PING come back.
///
/// # Errors
/// Any trouble that a server can tell.
pub(crate) async fn greet(
    stream: &mut Box<dyn Wire>,
    target: &Target,
    ask: Ask,
    until: Instant,
    limit: Duration,
) -> Result<Vec<Reply>, Failure> {
    let (said, questions) = words(target, ask);
    let spoken = timeout_at(until, exchange(stream, &said, questions.len())).await;
    let silent =
        || Failure::new(Trouble::Silent, &target.place(), format!("no reply to PING in {} ms", limit.as_millis()));
    let replies = spoken.map_err(|_| silent())?.map_err(|no| unheard(target, no))?;
    for (question, reply) in questions.iter().zip(&replies) {
        check(target, *question, reply)?;
    }
    let basic = questions.iter().filter(|question| **question != Question::More).count();
    Ok(replies.into_iter().skip(basic).collect())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    Login,
    Database,
    Ping,
    More,
}

fn words(target: &Target, ask: Ask) -> (Vec<u8>, Vec<Question>) {
    let (mut said, mut questions) = (vec![], vec![]);
    let mut put = |words: &[&str], question| {
        resp::say(&mut said, words);
        questions.push(question);
    };
    match (target.user.as_deref(), target.password.as_ref().map(Secret::reveal)) {
        (Some(user), Some(password)) => put(&["AUTH", user, password], Question::Login),
        (None, Some(password)) => put(&["AUTH", password], Question::Login),
        (_, None) => {}
    }
    if target.database != 0 {
        put(&["SELECT", &target.database.to_string()], Question::Database);
    }
    put(&["PING"], Question::Ping);
    match ask {
        Ask::Nothing => {}
        Ask::Writes => put(&["SET", &random::proof_key(), "x", "XX", "PX", "1"], Question::More),
        Ask::Identity => {
            put(&["INFO", "server"], Question::More);
            put(&["INFO", "replication"], Question::More);
        }
    }
    (said, questions)
}

/// Hears even when the saying fails: a server that lets nobody in says so, and closes before it has listened.
async fn exchange(stream: &mut Box<dyn Wire>, said: &[u8], count: usize) -> Result<Vec<Reply>, NoReply> {
    let (from, mut to) = tokio::io::split(stream);
    let _ = to.write_all(said).await;
    let _ = to.flush().await;
    let mut from = BufReader::new(from);
    let mut replies = Vec::with_capacity(count);
    while replies.len() < count {
        match resp::hear(&mut from).await {
            Ok(reply) => replies.push(reply),
            // What was said before the end tells why it ended.
            Err(_) if matches!(replies.first(), Some(Reply::Error(_))) => break,
            Err(no) => return Err(no),
        }
    }
    Ok(replies)
}

fn unheard(target: &Target, no: NoReply) -> Failure {
    let place = target.place();
    match no {
        NoReply::Foreign(bytes) => Failure::new(Trouble::NotRedis, &place, resp::who_says(&bytes)),
        NoReply::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Failure::new(Trouble::Reset, &place, "the connection was closed before PING was answered")
        }
        NoReply::Io(error) => Failure::new(Trouble::Reset, &place, error.to_string()),
    }
}

fn check(target: &Target, question: Question, reply: &Reply) -> Result<(), Failure> {
    let Reply::Error(line) = reply else {
        return match (question, reply) {
            (Question::Ping, Reply::Simple(pong)) if pong == "PONG" => Ok(()),
            (Question::Ping, _) => {
                Err(Failure::new(Trouble::NotRedis, &target.place(), "it does not answer PONG to PING"))
            }
            _ => Ok(()),
        };
    };
    match Trouble::of_error(line) {
        None | Some(Trouble::NoPerm) if question == Question::More => Ok(()),
        trouble => Err(failure(target, trouble.unwrap_or(Trouble::Unexpected), line)),
    }
}

/// A failure in the server's own words, which may quote what they were sent.
pub(crate) fn failure(target: &Target, trouble: Trouble, line: &str) -> Failure {
    let words = mask_text(line, target.secrets());
    Failure::new(trouble, &target.place(), format!("the server says: {words}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Place;
    use tokio::io::{AsyncReadExt, duplex};

    fn target(url: &str) -> Target {
        match Place::parse(&Secret::new(url)).unwrap() {
            Place::Server(target) => target,
            Place::Memory => panic!("no server"),
        }
    }

    /// Greets a server that hears everything and says `answer`.
    async fn greeted(url: &str, ask: Ask, answer: &'static str) -> Result<Vec<Reply>, Failure> {
        let (ours, mut theirs) = duplex(4096);
        tokio::spawn(async move {
            let _ = theirs.read(&mut [0; 4096]).await;
            let _ = theirs.write_all(answer.as_bytes()).await;
        });
        let limit = Duration::from_secs(1);
        greet(&mut (Box::new(ours) as Box<dyn Wire>), &target(url), ask, Instant::now() + limit, limit).await
    }

    #[tokio::test]
    async fn each_refusal_is_told_apart_by_the_servers_words() {
        let cases = [
            ("redis://h", "-NOAUTH Authentication required.\r\n", Trouble::NoAuth),
            ("redis://:pass@h", "-WRONGPASS invalid\r\n-NOAUTH no\r\n", Trouble::WrongPass),
            (
                "redis://:pass@h",
                "-ERR AUTH <password> called without any password\r\n+PONG\r\n",
                Trouble::NoPasswordSet,
            ),
            ("redis://h/99", "-ERR DB index is out of range\r\n+PONG\r\n", Trouble::WrongDatabase),
            ("redis://h", "-LOADING Redis is loading the dataset in memory\r\n", Trouble::Loading),
            ("redis://h", "-DENIED Redis is running in protected mode\r\n", Trouble::Protected),
            ("redis://:pass@h/3", "-ERR max number of clients reached\r\n", Trouble::MaxClients),
            ("redis://h", "HTTP/1.1 400 Bad Request\r\n", Trouble::NotRedis),
            ("redis://h", "+HELLO\r\n", Trouble::NotRedis),
            ("redis://h", "-MOVED 3999 10.0.0.2:6379\r\n", Trouble::Cluster),
            ("redis://h", "", Trouble::Reset),
            ("redis://h", "-ERR what\r\n", Trouble::Unexpected),
        ];
        for (url, answer, trouble) in cases {
            assert_eq!(greeted(url, Ask::Nothing, answer).await.unwrap_err().trouble, trouble, "{answer}");
        }
    }

    #[tokio::test]
    async fn a_write_that_would_be_refused_is_found_before_it_is_made() {
        for (answer, trouble) in [
            ("+PONG\r\n-READONLY You can't write against a read only replica.\r\n", Trouble::ReadOnly),
            ("+PONG\r\n-OOM command not allowed\r\n", Trouble::OutOfMemory),
            ("+PONG\r\n-MISCONF Redis is configured to save RDB snapshots\r\n", Trouble::Misconf),
        ] {
            assert_eq!(greeted("redis://h", Ask::Writes, answer).await.unwrap_err().trouble, trouble);
        }
        assert_eq!(greeted("redis://h", Ask::Writes, "+PONG\r\n$-1\r\n").await.unwrap(), [Reply::Bulk(None)]);
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_said_with_the_time_that_was_waited() {
        let (ours, _theirs) = duplex(4096);
        let (limit, target) = (Duration::from_millis(500), target("redis://h"));
        let mut wire = Box::new(ours) as Box<dyn Wire>;
        let greeted = greet(&mut wire, &target, Ask::Nothing, Instant::now() + limit, limit).await;
        let failure = greeted.unwrap_err();
        assert_eq!((failure.trouble, failure.detail.as_str()), (Trouble::Silent, "no reply to PING in 500 ms"));
    }

    #[tokio::test]
    async fn a_password_that_the_server_quotes_is_masked() {
        let failure = greeted("redis://:hunter22@h", Ask::Nothing, "-ERR bad hunter22\r\n").await.unwrap_err();
        assert!(!format!("{failure} {failure:?} {}", failure.diagnosis()).contains("hunter22"), "{failure}");
    }
}
