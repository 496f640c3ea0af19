//! etcd over TLS: a relay in front of a real one, with a certificate of its own making.

use crate::registry::{config, far, instances, publish};
use base64::Engine;
use bootproof_core::{Environment, Vars};
use bootproof_discovery::{DiscoverySettings, Dns, Etcd};
use bootproof_testkit::Etcd as Server;
use rustls::{ServerConfig, pki_types::PrivatePkcs8KeyDer};
use std::sync::Arc;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// A relay to etcd at `https://localhost`.
struct Relay {
    url: String,
    pem: String,
    der: Vec<u8>,
    _task: JoinSet<()>,
}

async fn relay(server: &Server) -> Relay {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (port, mut task) = (server.port(), JoinSet::new());
    task.spawn(async move {
        let mut each = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            each.spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                let Ok(mut etcd) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                let _ = copy_bidirectional(&mut stream, &mut etcd).await;
            });
        }
    });
    // Written by hand, so that no feature of the certificate's maker is needed for it.
    let base64 = base64::engine::general_purpose::STANDARD.encode(made.cert.der());
    let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    Relay { url, pem, der: made.cert.der().to_vec(), _task: task }
}

#[tokio::test]
async fn etcd_is_asked_over_tls_when_its_authority_is_named_and_only_then() {
    let server = Server::start().await.unwrap();
    let relay = relay(&server).await;
    let error = Etcd::new(config(std::slice::from_ref(&relay.url))).unwrap().list(None).await.unwrap_err();
    assert!(error.diagnosis().code == "DISC-004" && error.to_string().contains("TLS:"), "{error}");

    let mut trusting = config(std::slice::from_ref(&relay.url));
    trusting.authorities.push(relay.der);
    let etcd = Etcd::new(trusting).unwrap();
    let registration = publish(&etcd, vec![far("a")]).await;
    assert_eq!(instances(&etcd).await, ["a"]);

    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, relay.pem).unwrap();
    let namespace = Some("shop".into());
    let settings = DiscoverySettings { etcd: vec![relay.url], ca: Some(ca), namespace, ..DiscoverySettings::default() };
    let declared = settings.etcd(Environment::Test, &Vars::default(), &Dns::system()).unwrap().unwrap();
    assert_eq!(instances(&declared).await, ["a"]);
    registration.end().await;
}
