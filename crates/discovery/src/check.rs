//! Asks an endpoint whether it is alive and who it is. Evidence, not trust in what a source said.

use crate::{
    Check, Endpoint, Question, Sources, Wanted,
    http::{self, HttpError},
    race, tls,
};
use bootproof_core::{Cause, Diagnosis, Secret};
use std::{net::SocketAddr, time::Duration};
use tokio::time::timeout;

/// The most that one endpoint is asked for. A healthy one answers within milliseconds, across the world within 300; one second
/// survives no lost packet, two survive one.
const LIMIT: Duration = Duration::from_secs(2);

/// The most of an HTTP answer that is looked through for the identity.
const MOST: usize = 64 * 1024;

/// What was seen of a living endpoint.
#[derive(Debug)]
pub(crate) struct Alive {
    pub(crate) address: Option<SocketAddr>,
    pub(crate) saw: String,
    pub(crate) identity: Option<String>,
}

/// Why an endpoint is not taken.
#[derive(Debug)]
pub(crate) enum Unfit {
    /// Nobody answers.
    Dead(String),
    /// Somebody answers who is not the one that is wanted.
    Another(String),
}

/// Asks `endpoint` as `wanted` says, within `left`.
pub(crate) async fn ask(
    wanted: &Wanted,
    sources: &Sources<'_>,
    endpoint: &Endpoint,
    url: Option<&Secret>,
    left: Duration,
) -> Result<Alive, Unfit> {
    let limit = LIMIT.min(left);
    let asked = async {
        match &wanted.check {
            Check::Tcp => connect(sources, endpoint, limit).await.map(|stream| {
                let address = stream.peer_addr().ok();
                Alive { address, saw: "accepts connections".into(), identity: None }
            }),
            Check::Http { path } => get(sources, endpoint, path, wanted.identity.as_deref(), limit).await,
            Check::Protocol(protocol) => {
                let question =
                    Question { protocol: protocol.clone(), endpoint: endpoint.clone(), url: url.cloned(), limit };
                speak(sources, question, wanted.identity.as_deref()).await
            }
        }
    };
    let late = || Unfit::Dead(format!("{} did not answer in {limit:?}", endpoint.authority()));
    timeout(limit, asked).await.unwrap_or_else(|_| Err(late()))
}

async fn connect(sources: &Sources<'_>, endpoint: &Endpoint, limit: Duration) -> Result<tokio::net::TcpStream, Unfit> {
    let ips = sources.dns.addresses(&endpoint.host).await.map_err(|error| Unfit::Dead(error.to_string()))?;
    let dead = |why: String| Unfit::Dead(format!("{} is dead: {why}", endpoint.authority()));
    race::connect(&ips, endpoint.port, limit).await.map_err(dead)
}

async fn get(
    sources: &Sources<'_>,
    endpoint: &Endpoint,
    path: &str,
    identity: Option<&str>,
    limit: Duration,
) -> Result<Alive, Unfit> {
    let stream = connect(sources, endpoint, limit).await?;
    let address = stream.peer_addr().ok();
    let unfit = |error: HttpError| {
        let why = format!("{}: {error}", endpoint.authority());
        match error {
            HttpError::Broken(_) => Unfit::Dead(why),
            _ => Unfit::Another(why),
        }
    };
    let config = tls::config(&[]).map_err(|error| Unfit::Dead(error.to_string()))?;
    let question = http::question(endpoint, path, None, None).map_err(unfit)?;
    let response = http::ask(endpoint, &config, stream, question).await.map_err(unfit)?;
    let status = response.status;
    let body = response.beginning(MOST).await.map_err(unfit)?;
    let saw = format!("answers GET {path} with HTTP {status}");
    judged(endpoint, status, &saw)?;
    let identity = identity.map(|text| shown(endpoint, &saw, &String::from_utf8_lossy(&body), text)).transpose()?;
    Ok(Alive { address, saw, identity })
}

/// Statuses of a server that is alive but not ready are told as dead: time may cure them.
fn judged(endpoint: &Endpoint, status: u16, saw: &str) -> Result<(), Unfit> {
    let why = format!("{} {saw}", endpoint.authority());
    match status {
        200..=299 => Ok(()),
        429 | 500..=599 => Err(Unfit::Dead(why)),
        _ => Err(Unfit::Another(why)),
    }
}

async fn speak(sources: &Sources<'_>, question: Question, identity: Option<&str>) -> Result<Alive, Unfit> {
    let (endpoint, protocol) = (question.endpoint.clone(), question.protocol.clone());
    let Some(speak) = sources.speak else {
        return Err(Unfit::Dead(format!("it cannot be asked in `{protocol}`: nobody here speaks that")));
    };
    let said = speak(question).await.map_err(|diagnosis| unfit(&diagnosis))?;
    let saw = format!("answers in {protocol}: {said}");
    let identity = identity.map(|text| shown(&endpoint, &saw, &said, text)).transpose()?;
    Ok(Alive { address: None, saw, identity })
}

fn unfit(diagnosis: &Diagnosis) -> Unfit {
    let why = format!("{}: {}", diagnosis.code, diagnosis.what);
    match diagnosis.cause {
        Cause::Configuration => Unfit::Another(why),
        _ => Unfit::Dead(why),
    }
}

/// What shows that an answer is the wanted one's.
fn shown(endpoint: &Endpoint, saw: &str, answer: &str, text: &str) -> Result<String, Unfit> {
    if answer.contains(text) {
        return Ok(format!("its answer contains `{text}`"));
    }
    Err(Unfit::Another(format!("{} {saw}, but its answer does not contain `{text}`", endpoint.authority())))
}
