//! What a check finds.

use crate::setup::{told, world};
use bootproof_compose::{
    Request,
    conflict::{Answer, Around, Other, Question, Standing, check, known},
    docker::{Container, Engine, Published},
    read,
};
use bootproof_core::Vars;

const TWO: &str = "services:\n  web:\n    image: a\n    ports:\n      - 8080:80\n  api:\n    image: b\n    ports:\n      - 127.0.0.1:8080:81\n";

#[test]
fn a_project_without_conflicts_has_no_findings() {
    let world = world("services:\n  web:\n    image: a\n    ports: ['8080:80', '127.0.0.1:8081:81', '8080:80/udp']\n");
    assert_eq!(world.told(), [""; 0]);
}

#[test]
fn two_services_that_publish_one_port_are_told_with_both_places_and_the_later_one_moves() {
    let world = world(TWO);
    assert_eq!(
        world.told(),
        [
            "conflict COMPOSE-020 line 9: `api` wants to publish 8080/tcp, which is given away already; `web` publishes 8080/tcp on line 5"
        ]
    );
    assert_eq!(world.check()[0].moving.as_ref().unwrap().service, "api");
}

#[test]
fn addresses_families_and_protocols_that_do_not_meet_are_no_conflict() {
    let of = |a: &str, b: &str| {
        let text =
            format!("services:\n  web:\n    image: a\n    ports: ['{a}']\n  api:\n    image: b\n    ports: ['{b}']\n");
        world(&text).told().len()
    };
    for (a, b) in [
        ("127.0.0.1:8080:80", "127.0.0.2:8080:80"),
        ("0.0.0.0:8080:80", "[::]:8080:80"),
        ("127.0.0.1:8080:80", "[::1]:8080:80"),
        ("8080:80", "8080:80/udp"),
    ] {
        assert_eq!(of(a, b), 0, "{a} {b}");
    }
    for (a, b) in [
        ("8080:80", "8080:81"),
        ("8080:80", "[::1]:8080:80"),
        ("0.0.0.0:8080:80", "127.0.0.1:8080:80"),
        ("[::]:8080:80", "[::1]:8080:80"),
    ] {
        assert_eq!(of(a, b), 1, "{a} {b}");
    }
}

#[test]
fn ranges_conflict_when_there_is_no_way_to_give_each_a_port() {
    let of = |ports: [&str; 3]| {
        let text: String = ports
            .iter()
            .enumerate()
            .map(|(n, port)| format!("  s{n}:\n    image: a\n    ports: ['{port}']\n"))
            .collect();
        world(&format!("services:\n{text}")).told()
    };
    let conflicts = |found: Vec<String>| found.iter().filter(|one| one.starts_with("conflict")).count();
    assert_eq!(conflicts(of(["8000-8002:80", "8000-8001:80", "8000:80"])), 0);
    assert_eq!(conflicts(of(["8000-8001:80", "8000-8001:80", "8000:80"])), 1);
    let perhaps = of(["8000-8002:80", "8001:80", "9000:80"]);
    assert_eq!(
        perhaps,
        [
            "warning COMPOSE-020 line 7: `s1` or `s0` gets port 8001: whichever is started first; `s0` publishes 8000-8002/tcp on line 4"
        ]
    );
}

#[test]
fn more_containers_than_ports_and_names_used_twice_are_conflicts() {
    let text = "services:\n  web:\n    image: a\n    scale: 3\n    ports: ['8000-8001:80']\n  one:\n    image: a\n    profiles: [x]\n    container_name: x\n  two:\n    image: a\n    container_name: x\n";
    assert_eq!(
        world(text).told(),
        [
            "conflict COMPOSE-021 line 5: `web` runs 3 containers, and `8000-8001:80/tcp` publishes 2 of them",
            "warning COMPOSE-022 line 10: `one` and `two` both call their container `x`; `one` on line 6",
        ]
    );
}

#[test]
fn services_that_have_no_network_of_their_own_publish_nothing() {
    let mut world = world(
        "services:\n  a:\n    image: a\n    network_mode: host\n    ports: ['8080:80']\n  b:\n    image: b\n    ports: ['8080:80']\n",
    );
    assert_eq!(world.told(), [""; 0]);
    world.busy = vec![8080];
    assert_eq!(world.told().len(), 1);
}

#[test]
fn somebody_who_listens_is_named() {
    let mut world = world(TWO.replace("127.0.0.1:8080", "9090").as_str());
    world.busy = vec![8080];
    assert_eq!(
        world.told(),
        [
            "conflict COMPOSE-023 line 5: `web` wants to publish 8080/tcp, which somebody listens on; `nginx` (pid 12, user root)"
        ]
    );
}

#[test]
fn an_address_that_is_none_of_this_machine_is_told() {
    let world = world(TWO.replace("127.0.0.1:8080", "192.0.2.7:9090").as_str());
    let here = |one: &Question| if one.ip.is_some() { Answer::NotHere } else { Answer::Free };
    let look = |questions: &[Question]| questions.iter().map(here).collect();
    let around = Around { look: &look, engine: &Engine::Absent, others: &[], limits: &world.limits };
    assert_eq!(
        check(&world.project(), &around).iter().map(told).collect::<Vec<_>>(),
        ["conflict COMPOSE-026 line 9: `api` publishes at `192.0.2.7`, which is no address of this machine"]
    );
}

#[test]
fn a_range_with_enough_free_ports_left_is_no_conflict() {
    let mut world = world("services:\n  web:\n    image: a\n    scale: 2\n    ports: ['8000-8003:80']\n");
    world.busy = vec![8000, 8002];
    assert_eq!(world.told(), [""; 0]);
    world.busy = vec![8000, 8002, 8003];
    assert!(world.told()[0].starts_with("conflict COMPOSE-023 line 5: `web` wants to publish 8000/tcp"));
}

fn container(world: &crate::setup::World, project: &str, port: u16) -> Container {
    let folder = Some(world.folder.path().to_owned());
    let ports = vec![Published {
        ip: "0.0.0.0".parse().unwrap(),
        ports: port..=port,
        protocol: bootproof_compose::Protocol::Tcp,
    }];
    Container {
        name: "c1".into(),
        running: true,
        project: Some(project.into()),
        service: Some("web".into()),
        folder,
        files: vec![],
        exit: None,
        ports,
    }
}

#[test]
fn what_the_projects_own_containers_publish_is_no_conflict_and_what_others_do_is() {
    let mut world = world("name: shop\nservices:\n  web:\n    image: a\n    ports: ['8080:80']\n");
    world.busy = vec![8080];
    world.engine = Engine::Answered(vec![container(&world, "shop", 8080)]);
    assert_eq!(world.told(), [""; 0]);
    world.engine = Engine::Answered(vec![container(&world, "blog", 8080)]);
    assert_eq!(
        world.told(),
        [
            "conflict COMPOSE-024 line 5: `web` wants to publish 8080/tcp, which another project has; container `c1` (service `web` of the Compose project `blog`)"
        ]
    );
    let elsewhere = Container { folder: Some("/srv/shop".into()), ..container(&world, "shop", 8080) };
    world.engine = Engine::Answered(vec![elsewhere]);
    let told = world.told();
    assert!(told[0].starts_with("conflict COMPOSE-024") && told[1].contains("COMPOSE-029"), "{told:?}");
}

#[test]
fn a_port_that_perhaps_is_our_own_containers_is_neither_free_nor_moved() {
    let mut world = world("services:\n  web:\n    image: a\n    ports: ['8080:80']\n");
    world.unclear = vec![8080];
    world.engine = Engine::Silent("`docker ps` fails: permission denied".into());
    let found = world.check();
    assert_eq!((found[0].code, found[0].moving.is_some()), ("COMPOSE-025", false));
    assert!(found[0].what.contains("permission denied"), "{}", found[0].what);
}

#[test]
fn another_project_is_a_conflict_when_it_was_named_and_a_warning_when_it_is_stopped() {
    let other = world("name: blog\nservices:\n  front:\n    image: a\n    ports: ['8080:80']\n");
    let mut ours = world("services:\n  web:\n    image: a\n    ports: ['8080:80']\n");
    for (standing, level) in [(Standing::Named, "conflict"), (Standing::Stopped, "warning")] {
        ours.others = vec![Other { project: other.project(), standing }];
        assert_eq!(
            ours.told(),
            [format!(
                "{level} COMPOSE-024 line 4: `web` wants to publish 8080/tcp, as another project does; service `front` of the project `blog` publishes 8080/tcp on line 5"
            )]
        );
    }
    let vars = Vars::default();
    let project = read(&Request::new(ours.folder.path(), &vars)).unwrap();
    ours.others = vec![Other { project, standing: Standing::Named }];
    assert_eq!(ours.told(), [""; 0], "a project is not in its own way");
}

#[test]
fn low_and_ephemeral_ports_are_told_and_are_no_conflict() {
    let world = world("services:\n  web:\n    image: a\n    ports: ['80:80', '40000:81']\n");
    let found = world.check();
    let codes: Vec<_> = found.iter().map(|one| (one.level.as_str(), one.code)).collect();
    assert_eq!(
        codes,
        [("warning", "COMPOSE-028"), ("note", "COMPOSE-027")],
        "{:?}",
        found.iter().map(told).collect::<Vec<_>>()
    );
}

#[test]
fn other_projects_are_known_by_their_containers_and_read_with_their_own_files() {
    let other = world("services:\n  front:\n    image: a\n    ports: ['8080:80']\n");
    let ours = world("name: shop\nservices:\n  web:\n    image: a\n    ports: ['8080:80']\n");
    let theirs = Container { running: false, ports: vec![], ..container(&other, "blog", 8080) };
    let gone = Container { folder: Some("/nowhere/at/all".into()), project: Some("gone".into()), ..theirs.clone() };
    let engine = Engine::Answered(vec![container(&ours, "shop", 8080), theirs, gone]);
    // Ours says where our own files are: that is nothing about others.
    let vars = Vars::from_pairs("process", [("COMPOSE_FILE", "no-such-file.yaml")]);
    let (others, notes) = known(&engine, &ours.project(), &vars);
    let seen: Vec<_> = others.iter().map(|one| (one.project.name.as_str(), one.standing)).collect();
    assert_eq!(seen, [("blog", Standing::Stopped)]);
    assert!(notes.len() == 1 && notes[0].contains("`gone`"), "{notes:?}");
}
