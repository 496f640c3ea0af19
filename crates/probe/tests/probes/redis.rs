use crate::{identity, rig, trouble};
use bootproof_core::{Cause, Criticality::Required, Retry, Service, Step};
use bootproof_probe::RedisService;
use bootproof_testkit::Redis;

#[tokio::test]
async fn a_real_server_is_named_with_evidence_and_its_troubles_come_through() {
    let server = Redis::start().await.unwrap();
    let (rig, service) = (rig(), RedisService::new("cache", server.url(), Required));
    let found = service.probe(&rig.cx(Step::Inspect)).await.unwrap();
    assert!(found.0.starts_with("Redis 7."), "{found:?}");
    assert_eq!(rig.evidence()[0].saw, found.0);
    server.kill().await;
    let diagnosis = trouble(&service).await;
    assert_eq!((diagnosis.cause, diagnosis.retry), (Cause::Away, Retry::MayHelp), "{diagnosis}");
    assert!(diagnosis.now.contains("the start fails"), "{diagnosis}");
    server.restart().await.unwrap();
    identity(&service).await;
}

#[tokio::test]
async fn a_wrong_password_is_configuration_and_shown_nowhere() {
    let server = Redis::start_with_password("sesame-open").await.unwrap();
    let rig = rig().vars(&[("URL", &format!("redis://:hunter2-wrong@127.0.0.1:{}", server.port()))]);
    let service = RedisService::new("cache", "${URL}", Required);
    let diagnosis = service.probe(&rig.cx(Step::Inspect)).await.unwrap_err();
    assert_eq!((diagnosis.cause, diagnosis.retry), (Cause::Configuration, Retry::Never), "{diagnosis}");
    let shown = format!("{diagnosis} {diagnosis:?} {:?}", rig.evidence());
    assert!(!shown.contains("hunter2"), "{shown}");
}
