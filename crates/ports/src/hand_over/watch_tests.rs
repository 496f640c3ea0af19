use super::*;
use std::net::TcpListener;

fn code(news: &[News]) -> &str {
    match news {
        [News::Trouble(diagnosis) | News::Lost(diagnosis)] => diagnosis.code,
        _ => panic!("{news:?}"),
    }
}

fn given(inode: Option<u64>) -> Given {
    Given::new("api".into(), true, vec![("127.0.0.1:1".into(), inode)])
}

#[test]
fn a_socket_that_is_not_open_in_the_program_or_still_open_here_is_never_proven() {
    let (theirs, ours) = (BTreeSet::from([7]), BTreeSet::from([8]));
    let look =
        |inode, theirs: &BTreeSet<u64>, ours: &BTreeSet<u64>| given(inode).look(5, Ok(&(theirs.clone(), ours.clone())));
    assert!(matches!(look(Some(7), &theirs, &ours), News::Proven { .. }));
    assert_eq!(code(&[look(Some(9), &theirs, &ours)]), "PORT-032");
    assert_eq!(code(&[look(None, &theirs, &ours)]), "PORT-032");
    assert_eq!(code(&[look(Some(7), &theirs, &theirs)]), "PORT-033");
    let hidden = given(Some(7)).look(5, Err(&io::ErrorKind::PermissionDenied.into()));
    assert!(matches!(hidden, News::Unproven { .. }));
}

#[test]
fn a_released_port_where_nobody_listens_is_told_once_when_the_time_is_over() {
    let at = SocketAddr::from(([127, 0, 0, 1], bootproof_testkit::free_port()));
    let (ours, mut watch) = (std::process::id(), Watch::default());
    watch.released(Released::new("api".into(), Protocol::Tcp, vec![at], None));
    assert!(watch.look(ours, Duration::ZERO).is_empty() && !watch.is_over());
    assert_eq!(code(&watch.look(ours, LISTENS_WITHIN)), "PORT-031");
    assert!(watch.is_over() && watch.look(ours, LISTENS_WITHIN).is_empty());
}

#[test]
fn what_listens_only_at_some_of_the_addresses_is_proven_a_moment_later_and_the_others_are_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut watch = Watch::default();
    let both = [[127, 0, 0, 1], [127, 0, 0, 2]].map(|ip| SocketAddr::from((ip, port)));
    watch.released(Released::new("api".into(), Protocol::Tcp, both.to_vec(), None));
    let ours = std::process::id();
    assert!(watch.look(ours, Duration::from_millis(50)).is_empty(), "the others may follow");
    let news = watch.look(ours, Duration::from_millis(50) + OTHERS_WITHIN);
    let [News::Proven { saw, .. }] = &news[..] else { panic!("{news:?}") };
    assert!(saw.contains(&format!("nobody listens at {}", both[1])) && saw.contains("50 ms"), "{saw}");
}

#[test]
fn of_a_program_that_has_ended_nothing_is_said() {
    let mut child = std::process::Command::new("true").spawn().unwrap();
    let mut watch = Watch::default();
    watch.handed(given(Some(1)), None);
    while !has_ended(child.id()) {
        std::thread::yield_now();
    }
    assert!(watch.look(child.id(), Duration::ZERO).is_empty() && !watch.is_over());
    child.wait().unwrap();
}
