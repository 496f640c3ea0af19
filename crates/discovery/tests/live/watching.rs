//! Watches over ways that break, lie dead, or come back too late.

use crate::{
    registry::{PATIENCE, client, config, far, publish, put, raw, sees},
    soon::soon,
};
use bootproof_discovery::{Etcd, EtcdConfig, Watch};
use bootproof_testkit::{
    Etcd as Server,
    faults::{Fault, Link},
};
use serde_json::json;
use std::time::Duration;

const SILENCE: Duration = Duration::from_millis(200);

fn through(links: &[String]) -> Etcd {
    Etcd::new(config(links)).unwrap()
}

fn link_to(server: &Server) -> (Link, String) {
    let link = Link::open(format!("127.0.0.1:{}", server.port())).unwrap();
    let url = format!("http://{}", link.address());
    (link, url)
}

#[tokio::test]
async fn a_watch_whose_changes_are_compacted_away_reads_everything_again() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let one = publish(&etcd, vec![far("a")]).await;
    let (link, url) = link_to(&server);
    let watch = Watch::start(&through(&[url]), Some("users"));
    sees(&watch, &["a"]).await;
    link.set(Fault::Refuse).unwrap();
    soon("out of touch", PATIENCE, || async { (!watch.view().in_touch).then_some(()) }).await;
    // What it missed is compacted away before it can ask for it.
    let two = publish(&etcd, vec![far("b")]).await;
    one.end().await;
    for number in 0..5 {
        put(&server, "/other", &number.to_string());
    }
    let revision = etcd.list(None).await.unwrap().revision;
    raw(&server, "/v3/kv/compaction", &json!({ "revision": revision.to_string() }));
    link.set(Fault::None).unwrap();
    sees(&watch, &["b"]).await;
    assert_eq!(watch.view().compactions, 1);
    two.end().await;
    sees(&watch, &[]).await;
}

#[tokio::test]
async fn a_watch_that_was_cut_gets_what_it_missed_from_its_revision_on() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let (link, url) = link_to(&server);
    let watch = Watch::start(&through(&[url]), Some("users"));
    sees(&watch, &[]).await;
    link.set(Fault::Refuse).unwrap();
    soon("out of touch", PATIENCE, || async { (!watch.view().in_touch).then_some(()) }).await;
    let (one, two) = (publish(&etcd, vec![far("a")]).await, publish(&etcd, vec![far("b")]).await);
    one.end().await;
    link.set(Fault::None).unwrap();
    sees(&watch, &["b"]).await;
    assert_eq!(watch.view().compactions, 0);
    two.end().await;
}

#[tokio::test]
async fn a_stream_that_lies_dead_is_left_when_another_member_tells_of_changes() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let (link, url) = link_to(&server);
    // Both members are the same etcd; the way to the first one will swallow everything.
    // Two seconds for each member: also on a busy machine the first one answers first.
    let config = EtcdConfig { limit: Duration::from_secs(4), ..config(&[url, server.url()]) };
    let watch = Watch::with_silence(&Etcd::new(config).unwrap(), Some("users"), SILENCE);
    sees(&watch, &[]).await;
    // What came after the first reading was told by the stream, so now there is one.
    let one = publish(&etcd, vec![far("a")]).await;
    sees(&watch, &["a"]).await;
    let before = watch.view().reconnects;
    link.set(Fault::BlackHole).unwrap();
    let two = publish(&etcd, vec![far("b")]).await;
    sees(&watch, &["a", "b"]).await;
    soon("the dead stream is left", PATIENCE, || async { (watch.view().reconnects > before).then_some(()) }).await;
    one.end().await;
    sees(&watch, &["b"]).await;
    two.end().await;
}
