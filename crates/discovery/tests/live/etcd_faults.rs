//! etcd killed, stopped, replaced by something else, or not letting us in.

use crate::{
    registry::{PATIENCE, TTL, client, config, entry, far, instances, own_address, publish, raw, raw_as, sees},
    server,
    soon::soon,
};
use bootproof_core::{Secret, Vars};
use bootproof_discovery::{Dns, Etcd, EtcdError, Registration, Source, Sources, Standing, Wanted, Watch, resolve};
use bootproof_testkit::Etcd as Server;
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn after_etcd_was_killed_and_restarted_the_watch_goes_on_and_the_entry_is_there() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let registration = publish(&etcd, vec![far("a")]).await;
    let watch = Watch::start(&etcd, Some("users"));
    sees(&watch, &["a"]).await;
    server.kill().await;
    soon("both notice it", PATIENCE, || async {
        let out = matches!(registration.standing(), Standing::OutOfTouch { .. });
        (out && !watch.view().in_touch).then_some(())
    })
    .await;
    assert_eq!(watch.view().entries().count(), 1, "what was seen last stays, and is told to be old");
    assert_eq!(registration.standing().diagnosis().unwrap().code, "DISC-009");
    server.restart().await.unwrap();
    soon("it is published again", PATIENCE, || async { registration.standing().is_published().then_some(()) }).await;
    let other = publish(&etcd, vec![far("b")]).await;
    sees(&watch, &["a", "b"]).await;
    assert_eq!(instances(&etcd).await, ["a", "b"]);
    registration.end().await;
    other.end().await;
    sees(&watch, &[]).await;
}

#[tokio::test]
async fn an_etcd_that_lost_everything_gets_the_entry_again_and_the_watch_forgets_the_others() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let registration = publish(&etcd, vec![far("a")]).await;
    for number in 0..30 {
        crate::registry::put(&server, "/other", &number.to_string());
    }
    let gone = publish(&etcd, vec![far("gone")]).await;
    let watch = Watch::with_silence(&etcd, Some("users"), Duration::from_millis(300));
    sees(&watch, &["a", "gone"]).await;
    server.kill().await;
    // The other one ends while etcd is away: nobody takes it out of the new etcd, nobody puts it there.
    gone.end().await;
    std::fs::remove_dir_all(server.folder().join("data")).unwrap();
    server.restart().await.unwrap();
    sees(&watch, &["a"]).await;
    assert!(matches!(registration.standing(), Standing::Published { lease: 2 }), "{:?}", registration.standing());
    registration.end().await;
}

#[tokio::test]
async fn a_stopped_etcd_holds_a_search_no_longer_than_its_limit_and_the_next_source_answers() {
    let server = Server::start().await.unwrap();
    let (etcd, host) = (client(&server), own_address());
    let users = server::answering_at(&format!("{host}:0"), "200 OK", "").await;
    let registration = publish(&etcd, vec![entry("a", &host, users.address.port())]).await;
    let (vars, dns) = (Vars::default(), Dns::system());
    let wanted = Wanted { default: Some(users.address.to_string()), ..Wanted::named("users") };
    let sources = Sources { etcd: Some(&etcd), ..Sources::new(&vars, &dns) };
    assert_eq!(resolve(&wanted, &sources).await.unwrap().source, Source::Etcd);

    server.stop_signal();
    let began = Instant::now();
    let found = resolve(&wanted, &sources).await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(found.source, Source::Default);
    let told = found.passed_over.last().unwrap().to_string();
    assert!(told.starts_with("etcd: etcd does not answer") && told.contains("no answer in 1.5s"), "{told}");
    soon("the registration notices it", PATIENCE, || async {
        matches!(registration.standing(), Standing::OutOfTouch { .. }).then_some(())
    })
    .await;

    server.continue_signal();
    let back = || async { (registration.standing().is_published() && instances(&etcd).await == ["a"]).then_some(()) };
    soon("it is published again", PATIENCE, back).await;
    registration.end().await;
}

#[tokio::test]
async fn a_watch_that_lies_dead_notices_it_and_comes_back() {
    let server = Server::start().await.unwrap();
    let etcd = client(&server);
    let watch = Watch::with_silence(&etcd, Some("users"), Duration::from_millis(200));
    sees(&watch, &[]).await;
    server.stop_signal();
    soon("silence is noticed", PATIENCE, || async { (!watch.view().in_touch).then_some(()) }).await;
    assert_eq!(watch.view().why.unwrap().diagnosis().code, "DISC-004");
    server.continue_signal();
    let registration = publish(&etcd, vec![far("a")]).await;
    sees(&watch, &["a"]).await;
    registration.end().await;
}

#[tokio::test]
async fn the_next_member_is_asked_when_one_is_dead_or_something_else() {
    let server = Server::start().await.unwrap();
    let dead = format!("http://127.0.0.1:{}", bootproof_testkit::free_port());
    let html = server::answering("200 OK", "<html>hello</html>").await;
    let etcd = Etcd::new(config(&[dead, format!("http://{}", html.address), server.url()])).unwrap();
    let registration = publish(&etcd, vec![far("a")]).await;
    assert_eq!(instances(&etcd).await, ["a"]);
    registration.end().await;
}

#[tokio::test]
async fn an_etcd_that_answers_html_or_something_else_is_told_as_what_it_is() {
    for (status, body, said) in [
        ("200 OK", "<html>hunter2</html>", "HTTP 200 with a page of HTML"),
        ("502 Bad Gateway", "<html>hunter2</html>", "HTTP 502 with a page of HTML"),
        ("200 OK", "{\"hunter2\":1}", "HTTP 200 with JSON that is not etcd's"),
        ("404 Not Found", "hunter2", "HTTP 404 with a text that is not JSON"),
        ("404 Not Found", "{}", "HTTP 404 with JSON that is not etcd's"),
        ("200 OK", "", "HTTP 200 with an empty body"),
    ] {
        let other = server::answering(status, body).await;
        let etcd = Etcd::new(config(&[format!("http://{}", other.address)])).unwrap();
        let error = etcd.list(None).await.unwrap_err();
        assert!(matches!(&error, EtcdError::NotEtcd { said: told, .. } if told == said), "{error:?}");
        let diagnosis = error.diagnosis();
        assert!(diagnosis.code == "DISC-006" && !diagnosis.to_string().contains("hunter2"), "{diagnosis}");
        let registration = Registration::start(&etcd, vec![far("a")], TTL, Duration::from_millis(100)).await.unwrap();
        assert!(!registration.standing().is_published());
    }
}

#[tokio::test]
async fn a_server_that_is_no_http_is_not_etcd() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(b"-ERR unknown command\r\n").await;
            tokio::spawn(async move {
                tokio::time::sleep(Duration::from_secs(5)).await;
                drop(stream);
            });
        }
    });
    let error = Etcd::new(config(&[format!("http://{address}")])).unwrap().list(None).await.unwrap_err();
    task.abort();
    assert_eq!(error.diagnosis().code, "DISC-006", "{error:?}");
}

/// Switches users on: `root` with everything, `ours` with our keys, `poor` with none.
fn enable_users(server: &Server) {
    use base64::{Engine, engine::general_purpose::STANDARD};
    for user in ["root", "ours", "poor"] {
        raw(server, "/v3/auth/user/add", &json!({ "name": user, "password": "hunter2" }));
        raw(server, "/v3/auth/role/add", &json!({ "name": user }));
        raw(server, "/v3/auth/user/grant", &json!({ "user": user, "role": user }));
    }
    let all = json!({ "permType": "READWRITE", "key": STANDARD.encode("/bootproof/"), "range_end": STANDARD.encode("/bootproof0") });
    raw(server, "/v3/auth/role/grant", &json!({ "name": "ours", "perm": all }));
    raw(server, "/v3/auth/enable", &json!({}));
}

fn as_user(server: &Server, user: &str, password: &str) -> Etcd {
    let mut config = config(&[server.url()]);
    config.login = Some((user.into(), Secret::new(password)));
    // etcd hashes passwords slowly, on a busy machine more so.
    config.limit = Duration::from_secs(10);
    Etcd::new(config).unwrap()
}

// Passwords are hashed slowly, and the questions of the test's own block: the registration needs a thread beside them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_is_made_when_users_are_on_and_a_wrong_one_is_told_without_the_password() {
    let server = Server::start().await.unwrap();
    // Before users are switched on, a login is not needed and does no harm.
    let ours = as_user(&server, "ours", "hunter2");
    let registration = publish(&ours, vec![far("a")]).await;
    enable_users(&server);
    let there = || async { (registration.standing().is_published() && instances(&ours).await == ["a"]).then_some(()) };
    soon("it goes on with a login", PATIENCE, there).await;
    let watch = Watch::start(&ours, Some("users"));
    sees(&watch, &["a"]).await;

    let wrong = as_user(&server, "ours", "hunter3").list(None).await.unwrap_err();
    let without = client(&server).list(None).await.unwrap_err();
    let poor = as_user(&server, "poor", "hunter2").list(None).await.unwrap_err();
    assert!(matches!(wrong, EtcdError::Login { .. }), "{wrong:?}");
    assert!(matches!(without, EtcdError::Login { .. }), "{without:?}");
    assert!(matches!(poor, EtcdError::Forbidden { .. }), "{poor:?}");
    for error in [wrong, without, poor] {
        let diagnosis = error.diagnosis();
        assert_eq!(diagnosis.code, "DISC-005");
        assert!(!format!("{diagnosis} {error:?}").contains("hunter"), "{diagnosis}");
    }
    // A changed password makes all tokens of the user invalid, also when it is the same one.
    let root = raw(&server, "/v3/auth/authenticate", &json!({ "name": "root", "password": "hunter2" }));
    let again = json!({ "name": "ours", "password": "hunter2" });
    let changed = raw_as(&server, root["token"].as_str().unwrap(), "/v3/auth/user/changepw", &again);
    assert!(changed["header"].is_object(), "{changed}");
    let there = || async { (registration.standing().is_published() && instances(&ours).await == ["a"]).then_some(()) };
    soon("new tokens are fetched", PATIENCE, there).await;
    sees(&watch, &["a"]).await;
    registration.end().await;
}
