//! What a fix writes, when it refuses, and how it is taken back.

use crate::setup::world;
use bootproof_compose::change::{
    Base, ChangeError, Undone, Written, check_place, diagnose::diagnose, plan, stale, undo, write,
};
use std::{fs, os::unix::fs::PermissionsExt as _};

const SHOP: &str = "name: shop\nservices:\n  web:\n    image: a\n    ports:\n      - 8080:80\n      - target: 443\n        published: \"8443\"\n        host_ip: 127.0.0.1\n        name: tls\n  api:\n    image: b\n    ports:\n      - 127.0.0.1:8080:81\n";

#[test]
fn only_the_conflicting_port_moves_to_the_next_free_one() {
    let mut world = world(SHOP);
    world.busy = vec![8081];
    assert_eq!(world.fix().unwrap(), Written::New);
    let text = world.text();
    assert!(text.ends_with("services:\n  api:\n    ports: !override\n      - \"127.0.0.1:8082:81/tcp\"\n"), "{text}");
    assert!(text.contains("docker compose -f compose.yaml -f compose.bootproof.yaml up"), "{text}");
    assert_eq!(world.project().services["web"].ports.len(), 2);
}

#[test]
fn all_ports_of_a_service_are_written_as_they_are_because_lists_are_appended() {
    let mut world = world(SHOP.replace("127.0.0.1:8080:81", "81").as_str());
    world.busy = vec![8080];
    assert_eq!(world.fix().unwrap(), Written::New);
    assert!(
        world.text().ends_with("  web:\n    ports: !override\n      - \"8081:80/tcp\"\n      - target: 443\n        published: \"8443\"\n        host_ip: \"127.0.0.1\"\n        protocol: \"tcp\"\n        mode: \"ingress\"\n        name: \"tls\"\n"),
        "{}",
        world.text()
    );
}

#[test]
fn a_second_fix_writes_nothing_and_the_port_stays_when_its_old_one_is_free_again() {
    let mut world = world(SHOP);
    world.busy = vec![8443, 8081];
    world.fix().unwrap();
    let first = world.text();
    assert_eq!(world.fix().unwrap(), Written::Same);
    world.busy = vec![];
    assert_eq!(world.fix().unwrap(), Written::Same);
    assert_eq!(world.text(), first);
    // The new port is taken now: only then it moves on.
    world.busy = vec![8082];
    assert_eq!(world.fix().unwrap(), Written::New);
    assert!(world.text().contains("127.0.0.1:8080:81/tcp -> 127.0.0.1:8081:81/tcp"), "{}", world.text());
}

#[test]
fn a_port_that_its_own_project_has_meanwhile_stays_where_it_was_moved() {
    let mut world = world(SHOP);
    world.fix().unwrap();
    let first = world.text();
    world.unclear = vec![8081];
    assert_eq!(world.fix().unwrap(), Written::Same);
    assert_eq!(world.text(), first);
}

#[test]
fn low_ports_go_where_no_right_is_needed_and_ranges_stay_together() {
    let mut world = world("services:\n  web:\n    image: a\n    ports: ['80:80', '7000-7002:7000']\n");
    world.busy = vec![80, 7000, 7001, 7002, 7005];
    world.fix().unwrap();
    let ports: Vec<_> = world.plan().moves.iter().map(|one| one.to.to_string()).collect();
    assert_eq!(ports, ["8080:80/tcp", "7006-7008:7000/tcp"]);
}

#[test]
fn ports_are_never_moved_to_where_the_kernel_or_another_service_is() {
    let mut world = world(
        "services:\n  a:\n    image: a\n    ports: ['32766:1', '32767:2']\n  b:\n    image: b\n    profiles: [x]\n    ports: ['61000:1']\n",
    );
    world.busy = vec![32766];
    let to = world.plan().moves[0].to.to_string();
    assert_eq!(to, "61001:1/tcp");
}

#[test]
fn without_a_free_port_in_the_range_the_conflict_is_left_and_nothing_is_written() {
    let mut world = world(SHOP.replace("127.0.0.1:8080", "9090").as_str());
    world.busy = vec![8080, 9000, 9001];
    let plan = world.with_around(|around| bootproof_compose::change::plan(&world.base(), around, Some(&(9000..=9001))));
    assert!(plan.moves.is_empty());
    assert_eq!(plan.left.iter().map(|one| one.code).collect::<Vec<_>>(), ["COMPOSE-030"]);
}

#[test]
fn a_file_that_is_not_ours_or_was_changed_is_neither_overwritten_nor_removed() {
    let world = world(SHOP);
    world.write("compose.bootproof.yaml", "services: {}\n");
    assert!(matches!(world.fix(), Err(ChangeError::Foreign { .. })));
    assert!(matches!(undo(&world.path(), Some(&world.base().owner)), Err(ChangeError::Foreign { .. })));
    assert_eq!(world.text(), "services: {}\n");
    fs::remove_file(world.path()).unwrap();
    world.fix().unwrap();
    let changed = world.text() + "  web:\n    ports: []\n";
    world.write("compose.bootproof.yaml", &changed);
    assert!(matches!(world.fix(), Err(ChangeError::Changed { .. })));
    assert!(matches!(undo(&world.path(), Some(&world.base().owner)), Err(ChangeError::Changed { .. })));
    assert_eq!(world.text(), changed);
}

#[test]
fn undo_removes_the_override_and_leaves_the_folder_as_it_was() {
    let world = world(SHOP);
    world.fix().unwrap();
    let Undone::Removed(moved) = undo(&world.path(), Some(&world.base().owner)).unwrap() else { panic!() };
    assert_eq!((moved.len(), moved[0].service.as_str()), (1, "api"));
    assert_eq!(undo(&world.path(), Some(&world.base().owner)).unwrap(), Undone::Nothing);
    let files: Vec<_> = fs::read_dir(world.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["compose.yaml"]);
    assert_eq!(fs::read_to_string(world.folder.path().join("compose.yaml")).unwrap(), SHOP);
}

#[test]
fn an_override_that_the_request_reads_is_left_out_of_the_base() {
    let world = world(SHOP);
    world.fix().unwrap();
    let mut request = world.request();
    request.files = vec!["compose.yaml".into(), "compose.bootproof.yaml".into()];
    let base = Base::read(&request).unwrap();
    assert!(base.is_read && base.project.services["api"].ports[0].port.published == Some(8080..=8080));
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told_and_nothing_is_left() {
    if nix::unistd::Uid::effective().is_root() {
        // Rights do not stop root: a folder in the place of a file of ours does.
        let world = world(SHOP);
        fs::create_dir(world.path()).unwrap();
        assert!(matches!(world.fix(), Err(ChangeError::Foreign { .. })));
        return;
    }
    let world = world(SHOP);
    fs::set_permissions(world.folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let error = world.fix().unwrap_err();
    fs::set_permissions(world.folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(&error, ChangeError::File { what: "written", .. }), "{error:?}");
    assert_eq!(diagnose(&error)[0].code, "COMPOSE-031");
    assert_eq!(fs::read_dir(world.folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_is_gone_meanwhile_is_told_as_a_file_that_cannot_be_written() {
    let world = world(SHOP);
    let (base, plan) = (world.base(), world.plan());
    fs::remove_dir_all(world.folder.path()).unwrap();
    let error = world.with_around(|around| write(&world.request(), &base, &plan, around)).unwrap_err();
    let told = diagnose(&error).remove(0);
    assert!(told.code == "COMPOSE-031" && told.why[0].contains("No such file"), "{told}");
}

#[test]
fn a_port_that_somebody_took_since_the_plan_was_made_is_not_moved_to() {
    let mut world = world(SHOP);
    let (base, plan) = (world.base(), world.plan());
    assert_eq!(plan.moves[0].to.published, Some(8081..=8081));
    world.busy = vec![8081];
    let error = world.with_around(|around| write(&world.request(), &base, &plan, around)).unwrap_err();
    let told = diagnose(&error).remove(0);
    assert!(told.code == "COMPOSE-033" && told.what.contains("8081/tcp, which somebody listens on"), "{told}");
    assert_eq!(fs::read_dir(world.folder.path()).unwrap().count(), 1);
}

#[test]
fn fixes_at_the_same_time_write_one_whole_file() {
    let world = world(SHOP);
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| world.fix().unwrap())).collect();
        let new = all.into_iter().map(|one| one.join().unwrap()).filter(|done| *done == Written::New).count();
        assert_eq!(new, 1);
    });
    assert_eq!(world.fix().unwrap(), Written::Same);
    assert_eq!(fs::read_dir(world.folder.path()).unwrap().count(), 2);
}

#[test]
fn an_override_of_a_service_that_is_gone_is_told_and_removed_by_the_next_fix() {
    let world = world(SHOP);
    world.fix().unwrap();
    world.write("compose.yaml", SHOP.split("  api:").next().unwrap());
    let mut request = world.request();
    request.files = vec!["compose.yaml".into(), "compose.bootproof.yaml".into()];
    for (request, level) in [(world.request(), "warning"), (request, "conflict")] {
        let base = Base::read(&request).unwrap();
        let told: Vec<_> = stale(&request, &base)
            .iter()
            .map(|one| format!("{} {}: {}", one.level.as_str(), one.code, one.what))
            .collect();
        let what = "there is no service `api` any more, and the override still publishes its ports";
        assert_eq!(told, [format!("{level} COMPOSE-034: {what}")]);
        assert_eq!(base.as_it_runs(&request).unwrap().services.len(), 1);
    }
    assert_eq!(world.fix().unwrap(), Written::Removed);
    assert_eq!(world.fix().unwrap(), Written::Nothing);
    assert_eq!(fs::read_dir(world.folder.path()).unwrap().count(), 1);
}

#[test]
fn of_two_projects_in_one_folder_neither_gets_the_others_override() {
    let mut world = world(SHOP);
    world.write("b.yaml", "services:\n  front:\n    image: a\n    ports: ['7070:80']\n");
    world.busy = vec![7070];
    world.fix().unwrap();
    let first = world.text();
    let mut other = world.request();
    other.files = vec!["b.yaml".into()];
    let base = Base::read(&other).unwrap();
    assert_eq!(stale(&other, &base), []);
    let done = world.with_around(|around| {
        let plan = plan(&base, around, None);
        assert_eq!(plan.moves.len(), 1);
        write(&other, &base, &plan, around)
    });
    for error in [done.unwrap_err(), undo(&base.path, Some(&base.owner)).unwrap_err(), check_place(&base).unwrap_err()]
    {
        let told = diagnose(&error).remove(0);
        assert!(told.code == "COMPOSE-032" && told.what.contains("another project: `shop` (compose.yaml)"), "{told}");
    }
    assert_eq!(world.text(), first);
    other.files.push("compose.bootproof.yaml".into());
    assert_eq!(stale(&other, &Base::read(&other).unwrap())[0].code, "COMPOSE-032");
    // One with more files behind its own is the same project.
    world.write("compose.override.yaml", "services: {}\n");
    assert_eq!(world.fix().unwrap(), Written::New);
}

#[test]
fn an_override_that_is_named_and_not_there_is_no_reason_not_to_fix() {
    let world = world(SHOP);
    let mut request = world.request();
    request.files = vec!["compose.yaml".into(), "compose.bootproof.yaml".into()];
    let base = Base::read(&request).unwrap();
    assert!(base.is_read);
    let errors = base.as_it_runs(&request).unwrap_err();
    assert_eq!(diagnose(&errors)[0].code, "COMPOSE-002");
    request.files = vec!["compose.bootproof.yaml".into()];
    assert_eq!(diagnose(&Base::read(&request).unwrap_err())[0].code, "COMPOSE-001");
}

#[test]
fn an_override_that_hides_a_later_change_is_told_and_the_next_fix_takes_the_change_over() {
    let world = world(SHOP);
    world.fix().unwrap();
    let codes = || -> Vec<_> { stale(&world.request(), &world.base()).iter().map(|one| one.code).collect() };
    assert_eq!(codes(), [""; 0]);
    world.write("compose.yaml", &format!("{SHOP}      - 7000:7000\n"));
    assert_eq!(codes(), ["COMPOSE-034"]);
    assert_eq!(world.fix().unwrap(), Written::New);
    assert!(codes().is_empty() && world.text().contains("\"7000:7000/tcp\""), "{}", world.text());
    let changed = world.text() + "# mine\n";
    world.write("compose.bootproof.yaml", &changed);
    assert_eq!(codes(), ["COMPOSE-032"]);
}
