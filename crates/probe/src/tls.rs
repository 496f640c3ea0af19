//! The TLS client: rustls with ring, as the database rooms use it, and what its errors mean.

use crate::{
    address::Address,
    diagnose, net,
    service::{ANSWER, limit},
    speaks::{FIRST_BYTES, Speaks},
    tap::Tap,
};
use bootproof_core::{Cx, Diagnosis};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, Error, RootCertStore,
    pki_types::{CertificateDer, ServerName},
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

/// Authorities that are trusted besides Mozilla's, in DER.
pub(crate) type Authorities = [Vec<u8>];

const DOING: &str = "TLS handshake";
/// The most that asking in plaintext may take, after a handshake that got no answer.
const PLAINLY: Duration = Duration::from_millis(300);

/// Makes the connection secure, within [`ANSWER`].
pub(crate) async fn handshake(
    cx: &Cx,
    to: &Address,
    trusted: &Authorities,
    stream: TcpStream,
) -> Result<TlsStream<Tap<TcpStream>>, Diagnosis> {
    let look = cx.look(format!("{DOING} with `{to}`"));
    let unusable = |why: String| diagnose::unusable(&to.to_string(), &why);
    let config = config(trusted).map_err(|error| unusable(format!("an authority for it is not one: {error}")))?;
    let name = ServerName::try_from(to.host.clone()).map_err(|error| unusable(error.to_string()))?;
    let peer = stream.peer_addr().map_err(|error| net::broken(to, DOING, &error))?;
    let (stream, heard) = Tap::new(stream);
    let limit = limit(cx, ANSWER.saturating_add(PLAINLY)).saturating_sub(PLAINLY);
    match timeout(limit, TlsConnector::from(Arc::new(config)).connect(name, stream)).await {
        Ok(Ok(stream)) => {
            look.saw("the certificate is accepted");
            Ok(stream)
        }
        Ok(Err(error)) if heard.bytes().is_empty() => Err(plainly(to, peer, net::broken(to, DOING, &error)).await),
        Ok(Err(error)) => Err(refused(to, &error, &heard.bytes())),
        Err(_) => Err(plainly(to, peer, diagnose::silent(to, DOING, Some(limit))).await),
    }
}

/// A plaintext server may take a handshake for the beginning of a line and wait for its end. Asks it in plaintext, on a
/// connection of its own and without any login; whoever answers is plaintext, else it is `otherwise`.
async fn plainly(to: &Address, peer: SocketAddr, otherwise: Diagnosis) -> Diagnosis {
    match timeout(PLAINLY, greeted(peer)).await {
        Ok(Ok(Some(Speaks::Http))) => diagnose::plaintext_expected(to, "it answers plain HTTP, and no TLS handshake"),
        Ok(Ok(Some(speaks))) if speaks != Speaks::Tls => {
            diagnose::another_protocol(to, speaks.name(), "TLS", FIRST_BYTES)
        }
        _ => otherwise,
    }
}

async fn greeted(peer: SocketAddr) -> io::Result<Option<Speaks>> {
    let mut stream = TcpStream::connect(peer).await?;
    stream.write_all(b"HEAD / HTTP/1.0\r\n\r\n").await?;
    let mut first = [0; 64];
    let n = stream.read(&mut first).await?;
    Ok(Speaks::recognise(&first[..n]))
}

fn config(trusted: &Authorities) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for authority in trusted {
        roots.add(CertificateDer::from(authority.as_slice()))?;
    }
    // The provider is named here, so that nothing depends on what the program installed for its whole process.
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let mut config = builder.with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Why the handshake failed, given the first bytes of the server.
fn refused(to: &Address, error: &io::Error, heard: &[u8]) -> Diagnosis {
    match (Speaks::recognise(heard), error_of(error)) {
        (Some(Speaks::Http), _) => diagnose::plaintext_expected(to, "it answered the TLS handshake in plain HTTP"),
        (Some(speaks), _) if speaks != Speaks::Tls => diagnose::another_protocol(to, speaks.name(), "TLS", FIRST_BYTES),
        (None, Some(Error::InvalidMessage(_))) => {
            diagnose::plaintext_expected(to, "its answer to the handshake is not TLS")
        }
        (_, Some(error)) => explain(to, error),
        (_, None) => net::broken(to, DOING, error),
    }
}

/// The TLS error in an I/O error, if it is one.
pub(crate) fn error_of(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref()
}

/// What an error of TLS means.
pub(crate) fn explain(to: &Address, error: &Error) -> Diagnosis {
    match error {
        Error::InvalidCertificate(why) => uncertified(to, why),
        Error::AlertReceived(AlertDescription::CertificateRequired) => {
            diagnose::no_agreement(to, "it demands a client certificate")
        }
        other => diagnose::no_agreement(to, &other.to_string()),
    }
}

fn uncertified(to: &Address, why: &CertificateError) -> Diagnosis {
    let (told, action) = match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            ("it has expired", "renew the certificate, or correct this host's clock")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            ("it is not valid yet", "correct the clock of this host or of the one that issued it")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            ("it is for another host name", "use a host name that the certificate is for")
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            "nobody that is trusted has signed it",
            "use a certificate of a public authority, or `http://` on a private network",
        ),
        _ => return diagnose::certificate(to, &format!("{why:?}"), "replace the certificate"),
    };
    diagnose::certificate(to, told, action)
}
