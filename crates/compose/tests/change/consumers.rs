//! Who is told of a moved port, and who is not.

use crate::setup::world;

/// The variables that are told, and those that are listed, of a consumer beside `db`, whose 5432 is taken on the machine.
fn consumer(variables: &str) -> (Vec<String>, Vec<String>) {
    of("  app:\n    image: a\n    environment:\n", variables)
}

fn of(service: &str, variables: &str) -> (Vec<String>, Vec<String>) {
    let mut world =
        world(&format!("services:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n{service}{variables}"));
    world.busy = vec![5432];
    let plan = world.plan();
    world.fix().unwrap();
    let project = world.with_override();
    let told = plan.wires.iter().map(|wire| {
        let value = project.services[&wire.service].environment[&wire.name].value.as_ref().unwrap();
        format!("{}={}", wire.name, value.reveal())
    });
    (told.collect(), plan.unclear.iter().map(|one| one.name.clone()).collect())
}

impl crate::setup::World {
    fn with_override(&self) -> bootproof_compose::Project {
        let mut request = self.request();
        request.files = vec!["compose.yaml".into(), "compose.bootproof.yaml".into()];
        bootproof_compose::read(&request).unwrap()
    }
}

#[test]
fn addresses_of_the_machine_get_the_new_port_and_names_between_containers_do_not() {
    let (told, unclear) = of(
        "  app:\n    image: a\n    ports: ['3000:3000']\n    environment:\n",
        "      A: postgres://localhost:5432/x\n      B: postgres://db:5432/x\n      C: host.docker.internal:5432\n      D: 127.0.0.1:54321\n      E: \"5432\"\n",
    );
    assert_eq!(told, ["A=postgres://localhost:5433/x", "C=host.docker.internal:5433"]);
    assert_eq!(unclear, [""; 0]);
}

#[test]
fn a_port_by_itself_follows_the_host_beside_it() {
    let (told, unclear) = consumer(
        "      DB_HOST: host.docker.internal\n      DB_PORT: \"5432\"\n      PGHOST: db\n      PGPORT: 5432\n      PORT: 5432\n      X_PORT: 5432\n",
    );
    assert_eq!((told, unclear), (vec!["DB_PORT=5433".to_owned()], vec!["X_PORT".to_owned()]));
}

#[test]
fn what_a_container_listens_on_itself_is_listed_and_not_changed() {
    let service = "  app:\n    image: a\n    ports: ['5999:5432']\n    environment:\n";
    let (told, unclear) = of(service, "      SELF: http://localhost:5432\n      APP_PORT: 5432\n");
    assert_eq!((told, unclear), (vec![], vec!["SELF".to_owned()]));
    let service = "  app:\n    image: a\n    network_mode: host\n    environment:\n";
    let (told, _) = of(service, "      SELF: http://localhost:5432\n");
    assert_eq!(told, ["SELF=http://localhost:5433"]);
}

#[test]
fn loopback_of_a_network_that_is_shared_and_of_exposed_ports_is_not_changed() {
    let mut world = world(
        "services:\n  web:\n    image: a\n    ports: ['18081:18081', '18080:80']\n  sidecar:\n    image: b\n    network_mode: service:web\n    environment:\n      WEB_SCRAPE_URI: http://localhost:18081/metrics\n  api:\n    image: c\n    expose: ['18080']\n    environment:\n      WEB_SELF_URL: http://localhost:18080/health\n  tool:\n    image: d\n    environment:\n      SELF_URL: http://localhost:18080/health\n      WEB_URL: http://localhost:18080\n",
    );
    world.busy = vec![18080, 18081];
    let plan = world.plan();
    assert_eq!(
        plan.unclear.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        ["WEB_SELF_URL", "WEB_SCRAPE_URI", "SELF_URL"]
    );
    // Only the name of the last one says whom it means.
    assert_eq!(plan.wires.iter().map(|wire| wire.name.as_str()).collect::<Vec<_>>(), ["WEB_URL"]);
}

#[test]
fn exposed_ports_and_networks_are_followed_to_their_end() {
    let mut world = world(
        "services:\n  db:\n    image: a\n    ports: ['5432:1', '5433:2']\n  base:\n    image: b\n    network_mode: host\n  one:\n    image: c\n    network_mode: service:base\n    environment: {A: 'localhost:5432'}\n  two:\n    image: d\n    ports: ['1:1']\n    expose: ['5430-5432/tcp', 5433]\n    environment: {B: 'localhost:5432', C: 'localhost:5433'}\n",
    );
    world.busy = vec![5432, 5433];
    let plan = world.plan();
    assert_eq!(plan.wires.iter().map(|wire| wire.name.as_str()).collect::<Vec<_>>(), ["A"]);
    assert_eq!(plan.unclear.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["B", "C"]);
}

#[test]
fn secrets_are_written_as_they_were_and_shown_nowhere() {
    let mut world = world(
        "services:\n  db:\n    image: postgres\n    ports: ['5432:5432']\n  app:\n    image: a\n    environment:\n      DB_URL: postgres://me:pl4nted@localhost:5432/x\n",
    );
    world.busy = vec![5432];
    let plan = world.plan();
    assert_eq!(plan.wires[0].shown, ["localhost:5432", "localhost:5433"]);
    assert!(!format!("{plan:?}").contains("pl4nted"));
}

#[test]
fn of_two_services_on_one_port_the_name_says_which_is_meant() {
    let world = world(
        "services:\n  web:\n    image: a\n    ports: ['8080:80']\n  api:\n    image: b\n    ports: ['8080:81']\n  ui:\n    image: c\n    environment:\n      API_URL: http://localhost:8080\n      WEB_URL: http://localhost:8080\n      BASE: http://localhost:8080\n",
    );
    let plan = world.plan();
    assert_eq!(plan.wires.iter().map(|wire| wire.name.as_str()).collect::<Vec<_>>(), ["API_URL"]);
    assert_eq!(plan.unclear.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["BASE"]);
}

/// A project whose `web` and `api` have 18080 and 18081, which are taken, and an `app` with these variables.
fn two(variables: &str) -> (Vec<String>, Vec<String>) {
    let mut world = world(&format!(
        "services:\n  web:\n    image: a\n    ports: ['18080:80']\n  api:\n    image: b\n    ports: ['18081:80']\n  app:\n    image: c\n    ports: ['3000:3000', '3001:19999']\n    environment:\n{variables}"
    ));
    world.write(".env", "WEB_PORT=18080\nAPI_URL=http://localhost:18080\n");
    world.busy = vec![18080, 18081];
    let plan = world.plan();
    world.fix().unwrap();
    let text = world.text();
    let line =
        |name: &str| text.lines().find_map(|line| line.trim().strip_prefix(&format!("{name}: "))).unwrap().to_owned();
    let told = plan.wires.iter().map(|wire| format!("{} {} -> {}", line(&wire.name), wire.shown[0], wire.shown[1]));
    (told.collect(), plan.unclear.iter().map(|one| format!("{}: {}", one.name, one.why)).collect())
}

#[test]
fn a_variable_that_names_two_moved_ports_is_told_of_both() {
    let (told, unclear) =
        two("      ORIGINS: http://localhost:18081,http://localhost:18080,http://localhost:18081/x\n");
    assert_eq!(
        told,
        [
            "\"http://localhost:18083,http://localhost:18082,http://localhost:18083/x\" localhost:18081, localhost:18080 -> localhost:18083, localhost:18082"
        ]
    );
    assert_eq!(unclear, [""; 0]);
}

#[test]
fn ports_beside_references_are_told_in_their_order() {
    let (told, unclear) = two("      ORIGINS: http://localhost:${WEB_PORT:-1},http://localhost:18081,$X\n");
    assert_eq!(
        told,
        [
            "\"http://localhost:18082,http://localhost:18083,$X\" localhost:18080, localhost:18081 -> localhost:18082, localhost:18083"
        ]
    );
    assert_eq!(unclear, [""; 0]);
}

#[test]
fn a_port_that_comes_out_of_a_reference_is_listed_and_the_rest_is_told() {
    let (told, unclear) = two(
        "      API: ${API_URL:-http://localhost:18080}\n      NEW: ${NOT_SET:-http://localhost:18080}\n      WEB: http://localhost:18080\n",
    );
    assert_eq!(
        told,
        [
            "\"${NOT_SET:-http://localhost:18082}\" localhost:18080 -> localhost:18082",
            "\"http://localhost:18082\" localhost:18080 -> localhost:18082"
        ]
    );
    assert_eq!(unclear, ["API: its port may come from `API_URL`: change it there"]);
}

#[test]
fn two_services_that_leave_one_port_for_different_ones_are_unclear_unless_the_name_says_which() {
    let mut world = world(
        "services:\n  web:\n    image: a\n    ports: ['18080:80']\n  api:\n    image: b\n    ports: ['18080:80']\n  app:\n    image: c\n    ports: ['3000:3000']\n    environment:\n      API_URL: http://localhost:18080\n      BASE: http://localhost:18080\n",
    );
    world.busy = vec![18080];
    let plan = world.plan();
    let told: Vec<_> = plan.wires.iter().map(|wire| (wire.name.as_str(), wire.shown[1].as_str())).collect();
    assert_eq!(told, [("API_URL", "localhost:18082")]);
    assert_eq!(plan.unclear[0].why, "18080 of `web` goes to 18081, and 18080 of `api` to 18082");
}

#[test]
fn a_port_that_somebody_else_keeps_does_not_hide_one_that_moves() {
    let mut world = world(
        "services:\n  web:\n    image: a\n    ports: ['18080:80']\n  api:\n    image: b\n    ports: ['18080:80']\n  db:\n    image: d\n    ports: ['18090:80']\n  app:\n    image: c\n    ports: ['3000:3000']\n    environment:\n      WEB_URLS: http://localhost:18080,http://localhost:18090\n",
    );
    world.busy = vec![18090];
    let plan = world.plan();
    let told: Vec<_> = plan.wires.iter().map(|wire| wire.shown.join(" -> ")).collect();
    assert_eq!(told, ["localhost:18090 -> localhost:18091"]);
}
