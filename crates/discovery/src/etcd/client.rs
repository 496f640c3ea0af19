//! Puts questions to etcd's HTTP gateway: one member after another, each with its share of the limit, logging in when needed.

use super::{
    EtcdConfig, EtcdError, Scope,
    error::{FAILED_PRECONDITION, UNAUTHENTICATED, UNAVAILABLE},
    member,
    reply::{Reply, kind, looks_like_json, refused},
    wire::{Streamed, Token, Trouble},
};
use crate::{
    Dns, Endpoint,
    http::{self, HttpError, Response},
    race, tls,
};
use bootproof_core::Secret;
use rustls::ClientConfig;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{
    fmt,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::time::timeout;

/// The most of an answer that is read: a thousand entries of the greatest size.
const MOST: usize = 4 * 1024 * 1024;

/// etcd, asked through its HTTP gateway. Cheap to clone; holds no connection.
#[derive(Clone)]
pub struct Etcd(Arc<Client>);

struct Client {
    members: Vec<Endpoint>,
    login: Option<(String, Secret)>,
    tls: Arc<ClientConfig>,
    dns: Dns,
    limit: Duration,
    scope: Scope,
    /// What the last login gave.
    token: Mutex<Option<Secret>>,
    /// The member that answered last: asked first.
    first: AtomicUsize,
}

/// Why one member gave no answer.
enum Miss {
    /// Another one may.
    Next(String),
    /// This one is not etcd; another one may be.
    Foreign(String),
    /// The token is not valid any more.
    Stale(String),
    /// No member would say otherwise.
    Final(EtcdError),
}

impl Etcd {
    /// etcd as `config` says. Connects to nobody.
    ///
    /// # Errors
    /// What in the configuration cannot be used, without credentials.
    pub fn new(config: EtcdConfig) -> Result<Self, String> {
        let members: Result<Vec<_>, _> = config.endpoints.iter().map(|url| member::read(url)).collect();
        let members = members?;
        if members.is_empty() {
            return Err("no endpoint is named".into());
        }
        let tls = tls::config(&config.authorities).map_err(|error| format!("an authority is none: {error}"))?;
        let EtcdConfig { login, scope, limit, dns, .. } = config;
        let (token, first) = (Mutex::new(None), AtomicUsize::new(0));
        Ok(Self(Arc::new(Client { members, login, tls, dns, limit, scope, token, first })))
    }

    /// Which services are seen and published.
    pub fn scope(&self) -> &Scope {
        &self.0.scope
    }

    /// The members, in the order they were named.
    pub fn members(&self) -> &[Endpoint] {
        &self.0.members
    }

    /// The addresses of a member; none when they are not to be had.
    pub(crate) async fn addresses(&self, member: &Endpoint) -> Vec<IpAddr> {
        self.0.dns.addresses(&member.host).await.unwrap_or_default()
    }

    /// Puts a question and reads the whole answer.
    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, question: &Value) -> Result<T, EtcdError> {
        self.0.each(path, question, true).await.and_then(|reply| reply.read())
    }

    /// Puts a question whose answer is one piece of a stream.
    pub(crate) async fn post_streamed<T: DeserializeOwned>(
        &self,
        path: &str,
        question: &Value,
    ) -> Result<T, EtcdError> {
        let reply = self.0.each(path, question, true).await?;
        match reply.read::<Streamed<T>>()? {
            Streamed { result: Some(result), .. } => Ok(result),
            Streamed { error: Some(trouble), .. } => Err(refused(&reply.endpoint, trouble)),
            _ => Err(reply.foreign()),
        }
    }

    /// Puts a question whose answer goes on; only its head is bounded in time.
    pub(crate) async fn open(&self, path: &str, question: &Value) -> Result<(String, Response), EtcdError> {
        let reply = self.0.each(path, question, false).await?;
        match reply.rest {
            Some(rest) => Ok((reply.endpoint, rest)),
            None => Err(reply.foreign()),
        }
    }
}

impl fmt::Debug for Etcd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Etcd").field("members", &self.0.members).field("scope", &self.0.scope).finish_non_exhaustive()
    }
}

impl Client {
    /// Asks the members in turn, beginning with the one that answered last.
    async fn each(&self, path: &str, question: &Value, whole: bool) -> Result<Reply, EtcdError> {
        let count = self.members.len();
        let share = self.limit / u32::try_from(count).unwrap_or(u32::MAX);
        let (start, mut tried, mut foreign) = (self.first.load(Ordering::Relaxed), vec![], None);
        for at in (0..count).map(|step| (start + step) % count) {
            let member = &self.members[at];
            let asked = timeout(share, self.with_login(member, path, question, whole)).await;
            match asked.unwrap_or_else(|_| Err(Miss::Next(format!("no answer in {share:?}")))) {
                Ok(reply) => {
                    self.first.store(at, Ordering::Relaxed);
                    return Ok(reply);
                }
                Err(Miss::Final(error)) => return Err(error),
                Err(Miss::Stale(said)) => return Err(EtcdError::Login { endpoint: member.to_string(), said }),
                Err(Miss::Foreign(said)) => {
                    foreign = foreign.or(Some(EtcdError::NotEtcd { endpoint: member.to_string(), said }));
                }
                Err(Miss::Next(why)) => tried.push((member.to_string(), why)),
            }
        }
        Err(foreign.unwrap_or(EtcdError::Away { tried }))
    }

    /// Asks one member; logs in first, and once again when the token has become invalid.
    async fn with_login(&self, to: &Endpoint, path: &str, question: &Value, whole: bool) -> Result<Reply, Miss> {
        let Some((user, password)) = &self.login else { return self.one(to, path, question, None, whole).await };
        let known = self.known_token();
        if let Some(token) = &known {
            match self.one(to, path, question, Some(token), whole).await {
                Err(Miss::Stale(_)) => {}
                other => return other,
            }
        }
        let token = self.log_in(to, user, password).await?;
        self.one(to, path, question, token.as_ref(), whole).await
    }

    /// The token of a login; none, when this etcd has no users.
    async fn log_in(&self, to: &Endpoint, user: &str, password: &Secret) -> Result<Option<Secret>, Miss> {
        let question = json!({ "name": user, "password": password.reveal() });
        let token = match self.one(to, "/v3/auth/authenticate", &question, None, true).await {
            Err(Miss::Final(EtcdError::Refused { code: FAILED_PRECONDITION, .. })) => None,
            Err(other) => return Err(other),
            Ok(reply) => Some(Secret::new(reply.read::<Token>().map_err(Miss::Final)?.token)),
        };
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token.clone();
        Ok(token)
    }

    fn known_token(&self) -> Option<Secret> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn one(
        &self,
        to: &Endpoint,
        path: &str,
        question: &Value,
        token: Option<&Secret>,
        whole: bool,
    ) -> Result<Reply, Miss> {
        let ips = self.dns.addresses(&to.host).await.map_err(|error| Miss::Next(error.to_string()))?;
        let stream = race::connect(&ips, to.port, self.limit).await.map_err(Miss::Next)?;
        let question = http::question(to, path, Some(question.to_string().into_bytes()), token.map(Secret::reveal));
        let response = http::ask(to, &self.tls, stream, question.map_err(miss)?).await.map_err(miss)?;
        let (status, endpoint) = (response.status, to.to_string());
        if status == 200 && !whole {
            return Ok(Reply { endpoint, body: vec![], rest: Some(response) });
        }
        let body = response.whole(MOST).await.map_err(miss)?;
        match (status, serde_json::from_slice::<Trouble>(&body)) {
            (200, _) if looks_like_json(&body) => Ok(Reply { endpoint, body, rest: None }),
            (200, _) | (_, Err(_)) => Err(Miss::Foreign(format!("HTTP {status} with {}", kind(&body)))),
            (_, Ok(trouble)) if trouble.message.is_empty() => {
                Err(Miss::Foreign(format!("HTTP {status} with {}", kind(&body))))
            }
            (_, Ok(trouble)) if trouble.code == UNAVAILABLE => Err(Miss::Next(trouble.message)),
            (_, Ok(trouble)) if trouble.code == UNAUTHENTICATED => Err(Miss::Stale(trouble.message)),
            (_, Ok(trouble)) => Err(Miss::Final(refused(&endpoint, trouble))),
        }
    }
}

fn miss(error: HttpError) -> Miss {
    match error {
        HttpError::NotHttp | HttpError::TooLong(_) => Miss::Foreign(error.to_string()),
        HttpError::Tls(_) | HttpError::Broken(_) | HttpError::Unusable(_) => Miss::Next(error.to_string()),
    }
}
