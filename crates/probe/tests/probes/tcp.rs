use crate::{identity, is_away, is_configuration, rig, trouble};
use bootproof_core::{Criticality::*, Kind, Service, Step};
use bootproof_probe::TcpService;
use bootproof_testkit::faults::{Fault, Link};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

#[tokio::test]
async fn a_listener_accepts_and_is_named_with_evidence() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (rig, service) = (rig(), TcpService::new("queue", address.as_str(), Required));
    let found = service.probe(&rig.cx(Step::Inspect)).await.unwrap();
    assert_eq!(found.0, format!("{address} accepts connections"));
    let evidence = rig.evidence();
    assert_eq!((evidence.len(), evidence[0].did.clone()), (1, format!("connected to `{address}`")));
}

#[test]
fn the_card_names_kind_and_need_without_running_anything() {
    let service = TcpService::new("queue", "${QUEUE}", Optional);
    let card = service.card();
    assert_eq!((card.id.as_str(), card.kind, card.criticality), ("tcp.queue", Kind::Service("tcp"), Optional));
    assert_eq!((card.needs[0].on.as_str(), card.needs[0].required), ("environment", true));
}

#[tokio::test]
async fn localhost_reaches_a_listener_of_either_family() {
    for bind in ["127.0.0.1:0", "[::1]:0"] {
        let listener = TcpListener::bind(bind).await.unwrap();
        let address = format!("localhost:{}", listener.local_addr().unwrap().port());
        assert!(identity(&TcpService::new("x", address, Required)).await.contains("accepts"));
    }
}

#[tokio::test]
async fn a_closed_port_is_refused_and_the_effect_depends_on_criticality() {
    let link = Link::silent().unwrap();
    link.set(Fault::Refuse).unwrap();
    let address = link.address().to_string();
    let required = trouble(&TcpService::new("x", address.as_str(), Required)).await;
    is_away(&required, "NET-003");
    assert!(required.now.contains("the start fails"), "{required}");
    let optional = trouble(&TcpService::new("x", address.as_str(), Optional)).await;
    assert!(optional.now.contains("goes on without it"), "{optional}");
}

#[tokio::test]
async fn every_probe_looks_afresh() {
    let link = Link::silent().unwrap();
    let service = TcpService::new("x", link.address().to_string(), Required);
    for fault in [Fault::None, Fault::Refuse, Fault::None, Fault::Refuse] {
        link.set(fault).unwrap();
        let found = service.probe(&rig().cx(Step::Inspect)).await;
        assert_eq!(found.is_ok(), fault == Fault::None, "{fault:?}: {found:?}");
    }
}

#[tokio::test]
async fn a_host_that_drops_connects_is_told_before_the_step_is_over() {
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut queued = vec![];
    let wait = Duration::from_millis(100);
    while let Ok(stream) = tokio::time::timeout(wait, tokio::net::TcpStream::connect(address)).await {
        queued.push(stream.unwrap());
    }
    let (limit, began) = (Duration::from_millis(300), Instant::now());
    let (rig, service) = (rig().limit(limit), TcpService::new("x", address.to_string(), Required));
    let diagnosis = service.probe(&rig.cx(Step::Inspect)).await.unwrap_err();
    // Far less than the two seconds it would take otherwise, with room for a busy machine.
    assert!(began.elapsed() < limit * 4, "{:?}", began.elapsed());
    is_away(&diagnosis, "NET-004");
}

#[tokio::test]
async fn a_name_that_cannot_exist_is_told_from_a_server_that_is_down() {
    let address = format!("{}.example:80", "x".repeat(64));
    is_away(&trouble(&TcpService::new("x", address, Required)).await, "NET-001");
}

#[tokio::test]
async fn the_template_is_filled_in_and_missing_variables_are_all_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let rig = rig().vars(&[("PORT", &port)]);
    let service = TcpService::new("x", "127.0.0.1:${PORT}", Required);
    assert!(service.probe(&rig.cx(Step::Inspect)).await.is_ok());
    let diagnosis = trouble(&TcpService::new("x", "${HOST}:${PORT}", Required)).await;
    is_configuration(&diagnosis, "NET-012");
    assert!(diagnosis.why[0].contains("`HOST`, `PORT`"), "{diagnosis}");
}

#[tokio::test]
async fn an_unusable_address_is_named_by_its_template_alone() {
    let rig = rig().vars(&[("URL", "redis://:hunter2@cache")]);
    let diagnosis = TcpService::new("x", "${URL}", Required).probe(&rig.cx(Step::Inspect)).await.unwrap_err();
    is_configuration(&diagnosis, "NET-012");
    assert!(diagnosis.what.contains("${URL}") && !diagnosis.to_string().contains("hunter2"), "{diagnosis}");
}
