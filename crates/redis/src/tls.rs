//! TLS to a Redis server: always verified, by Mozilla's roots or the CA that the URL names.

use crate::target::Trust;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use std::{io, path::Path, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Greets as for `host`, whatever address the stream leads to: so it works through a link too.
pub(crate) async fn handshake(host: &str, trust: &Trust, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let roots = match trust {
        Trust::Mozilla => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
        Trust::File(path) => file(path).await?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

async fn file(path: &Path) -> io::Result<RootCertStore> {
    let say = |why: String| io::Error::other(format!("CA file `{}`: {why}", path.display()));
    let pem = tokio::fs::read(path).await.map_err(|error| say(error.to_string()))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| say(error.to_string()))?;
        roots.add(certificate).map_err(|error| say(error.to_string()))?;
    }
    if roots.is_empty() { Err(say("it holds no certificate".into())) } else { Ok(roots) }
}

/// Whether a handshake failed because what came back is not TLS.
pub(crate) fn hears_plain_text(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidMessage(_)))
}
