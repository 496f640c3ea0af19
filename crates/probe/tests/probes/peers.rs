//! Small servers of known behaviour.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{RootCertStore, ServerConfig, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// A server on a port of its own that serves until the test's runtime ends.
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// What each client said, in order.
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Answers the requests in turn with these texts, the last one for ever, and closes each connection.
    pub(crate) async fn answering(answers: &[&str]) -> Self {
        let answers: Vec<String> = answers.iter().map(|text| (*text).to_owned()).collect();
        let mut turn = 0;
        Self::serving(move |mut stream, heard| {
            let answer = answers[turn.min(answers.len() - 1)].clone();
            turn += 1;
            async move {
                let said = request(&mut stream).await;
                heard.lock().unwrap().push(said);
                let _ = stream.write_all(answer.as_bytes()).await;
                // The client's close is awaited, so that ours cannot become a reset that overtakes the answer.
                let _ = stream.shutdown().await;
                request(&mut stream).await;
            }
        })
        .await
    }

    /// Speaks first, and then says nothing more.
    pub(crate) async fn greeting(bytes: &'static [u8]) -> Self {
        Self::serving(move |mut stream, _| async move {
            let _ = stream.write_all(bytes).await;
            while stream.read(&mut [0; 64]).await.is_ok_and(|n| n > 0) {}
        })
        .await
    }

    /// Waits for the end of a line, as HTTP servers do, and answers only what is HTTP.
    pub(crate) async fn patient() -> Self {
        Self::serving(|mut stream, _| async move {
            if request(&mut stream).await.contains(" HTTP/1.") {
                let _ = stream.write_all(b"HTTP/1.0 200 OK\r\n\r\n").await;
            }
        })
        .await
    }

    /// Closes every connection as soon as something was said.
    pub(crate) async fn closing() -> Self {
        Self::serving(|mut stream, _| async move { drop(stream.read(&mut [0; 4096]).await) }).await
    }

    /// Serves over TLS, and answers requests with `answer`.
    pub(crate) async fn secure(config: ServerConfig, answer: &'static str) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::serving(move |stream, heard| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let said = request(&mut stream).await;
                heard.lock().unwrap().push(said);
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    async fn serving<F>(mut serve: impl FnMut(TcpStream, Arc<Mutex<Vec<String>>>) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::default();
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&ears)));
            }
        });
        Self { address, heard }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Reads a request's head, with as much of its body as came along.
async fn request<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) -> String {
    let mut said = vec![];
    let mut piece = [0; 4096];
    while !said.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(n @ 1..) => said.extend_from_slice(&piece[..n]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

/// An authority of our own, and servers' certificates by it.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        Self::named("an authority")
    }

    pub(crate) fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its own certificate.
    pub(crate) fn der(&self) -> Vec<u8> {
        self.0.der().to_vec()
    }

    /// A server for `name` whose certificate is changed by `change`.
    pub(crate) fn server(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> ServerConfig {
        self.configured(name, change, false)
    }

    /// A server for `name` that demands a certificate of its clients.
    pub(crate) fn demanding_server(&self, name: &str) -> ServerConfig {
        self.configured(name, |_| {}, true)
    }

    fn configured(&self, name: &str, change: impl FnOnce(&mut CertificateParams), demanding: bool) -> ServerConfig {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = if demanding {
            let mut roots = RootCertStore::empty();
            roots.add(self.0.der().clone()).unwrap();
            let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
            builder.unwrap().with_client_cert_verifier(clients)
        } else {
            builder.unwrap().with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        builder.with_single_cert(vec![certificate.der().clone()], key).unwrap()
    }
}
