//! Which number a port gets: the wanted one, the last one, the range.

use super::Scene;
use bootproof_ports::{PortError, ledger::Service, reserve, reserve_in};
use std::net::TcpListener;

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn a_port_that_had_to_move_comes_back_to_where_it_was_and_to_the_wanted_number_when_that_is_free() {
    let scene = Scene::new();
    let chat = Service::new("chat");
    let busy = [18_000, 18_001].map(|port| TcpListener::bind((scene.ip, port)).unwrap());
    assert_eq!(scene.hold(18_000, 18_000..=18_009, &chat).port(), 18_002);
    drop(busy);
    let _busy = TcpListener::bind((scene.ip, 18_000)).unwrap();
    let restarted = scene.hold(18_000, 18_000..=18_009, &Service::new("chat"));
    assert_eq!(
        (restarted.port(), restarted.moved_from()),
        (18_002, Some(18_000)),
        "18001 is free, and was not its last"
    );
    drop((restarted, _busy));
    assert_eq!(scene.hold(18_000, 18_000..=18_009, &chat).port(), 18_000);
    let _busy = TcpListener::bind((scene.ip, 18_000)).unwrap();
    assert_eq!(scene.hold(18_000, 18_000..=18_009, &chat).port(), 18_002, "where it went is remembered through that");
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn any_free_port_is_the_same_one_after_a_restart() {
    let scene = Scene::new();
    let first = reserve_in(&scene.spec(0), &scene.ledger, &Service::new("chat")).unwrap().port();
    for _ in 0..5 {
        let again = reserve_in(&scene.spec(0), &scene.fresh(), &Service::new("chat")).unwrap();
        assert_eq!((again.port(), again.moved_from()), (first, None));
    }
    let taken = TcpListener::bind((scene.ip, first)).unwrap();
    let other = reserve_in(&scene.spec(0), &scene.fresh(), &Service::new("chat")).unwrap();
    assert_ne!(other.port(), first);
    drop(taken);
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn two_checkouts_two_services_and_two_ports_each_keep_their_own_number() {
    let scene = Scene::new();
    let services = [Service::new("chat").project("/a"), Service::new("chat").project("/b"), Service::new("shop")];
    let ports: Vec<_> = services.iter().map(|service| scene.hold(0, 18_000..=18_009, service)).collect();
    let numbers: Vec<_> = ports.iter().map(bootproof_ports::Held::port).collect();
    assert_eq!(numbers, [18_000, 18_001, 18_002]);
    drop(ports);
    for (service, number) in services.iter().zip(numbers).rev() {
        assert_eq!(
            scene.hold(0, 18_000..=18_009, service).port(),
            number,
            "one after another, and none takes another's"
        );
    }
    assert_eq!(scene.hold(0, 18_000..=18_002, &Service::new("new")).port(), 18_000, "better another's than none");
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn a_remembered_number_outside_the_range_in_force_is_not_taken() {
    let scene = Scene::new();
    assert_eq!(scene.hold(0, 18_005..=18_009, &Service::new("chat")).port(), 18_005);
    assert_eq!(scene.hold(0, 19_000..=19_009, &Service::new("chat")).port(), 19_000);
    let _busy = TcpListener::bind((scene.ip, 18_000)).unwrap();
    let error = reserve_in(&scene.spec(18_000), &scene.ledger, &Service::new("chat")).unwrap_err();
    assert!(matches!(error, PortError::Busy { port: 18_000, .. }), "no range: strict, whatever is remembered: {error}");
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn the_environments_range_is_used_only_where_none_is_declared_and_strict_refuses_both() {
    let scene = Scene::new();
    let _busy = TcpListener::bind((scene.ip, 18_000)).unwrap();
    let try_it = |spec| reserve_in(&spec, &scene.ledger, &Service::new("chat")).map(|held| held.port());
    let of_environment = || scene.spec(18_000).environment_range(19_000..=19_009);
    assert_eq!(try_it(of_environment()).unwrap(), 19_000);
    assert_eq!(try_it(of_environment().range(18_000..=18_009)).unwrap(), 18_001);
    for strict in [of_environment().strict(), of_environment().range(18_000..=18_009).strict(), scene.spec(18_000)] {
        assert!(matches!(try_it(strict), Err(PortError::Busy { port: 18_000, .. })));
    }
}

#[test]
#[ignore = "`all` runs it, in a process of its own"]
fn a_number_that_is_said_to_be_taken_and_is_free_is_still_found() {
    let scene = Scene::new();
    let held = scene.hold(0, 18_000..=18_000, &Service::new("chat"));
    // A second service in this process has the number according to the ledger only.
    let claims = held.published().unwrap().clone();
    drop(held);
    assert_eq!(scene.hold(0, 18_000..=18_000, &Service::new("shop")).port(), 18_000);
    drop(claims);
    reserve(&scene.spec(18_000)).unwrap();
}
