//! TLS: proven through links too, since the server's name is kept; what the link cannot see is said.

use crate::fix;
use bootproof_core::{Cause, Environment, Secret, Standing};
use bootproof_redis::{RedisSpec, ping};
use bootproof_testkit::{Redis, contract::Rig, free_port};
use std::{path::Path, process::Command, time::Duration};

fn openssl(folder: &Path, args: &str) {
    let output =
        Command::new("openssl").args(args.split(' ')).current_dir(folder).output().expect("openssl is installed");
    assert!(output.status.success(), "openssl {args}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A CA, and a certificate of it for `localhost`.
fn certificates(folder: &Path) {
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=test-ca");
    openssl(folder, "req -newkey rsa:2048 -nodes -keyout key.pem -out csr.pem -subj /CN=localhost");
    std::fs::write(folder.join("ext"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl(
        folder,
        "x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile ext -out cert.pem",
    );
}

async fn secure(folder: &Path, port: u16) -> Redis {
    certificates(folder);
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (port, ca, cert, key) = (port.to_string(), path("ca.pem"), path("cert.pem"), path("key.pem"));
    let args = ["--tls-port", &port, "--tls-ca-cert-file", &ca, "--tls-cert-file", &cert, "--tls-key-file", &key];
    Redis::start_with(&[&args[..], &["--tls-auth-clients", "no"]].concat()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_is_proven_through_links_and_what_they_cannot_show_is_said() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let _redis = secure(folder.path(), port).await;
    let ca = folder.path().join("ca.pem");
    let url = format!("rediss://localhost:{port}/0?ssl_ca_certs={}", ca.display());
    let name = ping(&Secret::new(&url), Duration::from_secs(1)).await.unwrap();
    assert!(name.starts_with("Redis "), "{name}");
    let rig = Rig::new(Environment::Staging);
    let (.., proof) = rig.run(&fix(RedisSpec::new("cache", &url))).await.unwrap();
    assert_eq!(proof.standing, Standing::Proven);
    let text: String = rig.evidence().iter().map(|e| format!("{} -> {}\n", e.did, e.saw)).collect();
    assert!(text.contains("link black-holed: wrote, read and deleted a fresh key -> the in-process store"), "{text}");
    assert!(text.contains("link refused, then healed: waited for the way back -> the remote server"), "{text}");
    assert!(text.contains("link read-only -> not shown: TLS hides the commands"), "{text}");

    let strangers = format!("rediss://localhost:{port}");
    let diagnosis = ping(&Secret::new(&strangers), Duration::from_secs(1)).await.unwrap_err();
    assert_eq!((diagnosis.code, diagnosis.cause), ("REDIS-007", Cause::Configuration), "{diagnosis}");
    let other_name = url.replace("localhost", "127.0.0.1");
    let diagnosis = ping(&Secret::new(&other_name), Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(diagnosis.code, "REDIS-007", "{diagnosis}");
    let no_file = format!("rediss://localhost:{port}/?ssl_ca_certs=/no/such.pem");
    let diagnosis = ping(&Secret::new(&no_file), Duration::from_secs(1)).await.unwrap_err();
    assert_eq!(diagnosis.code, "REDIS-007", "{diagnosis}");
    let plain = format!("redis://localhost:{port}");
    let diagnosis = ping(&Secret::new(&plain), Duration::from_secs(1)).await.unwrap_err();
    assert!(matches!(diagnosis.code, "REDIS-006" | "REDIS-023"), "{diagnosis}");
}
