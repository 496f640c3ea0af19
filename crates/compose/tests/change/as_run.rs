//! Which ports a project really has: with our override where it fits.

use crate::setup::{World, world};
use bootproof_compose::change::read_as_run;
use std::{fs, ops::RangeInclusive};

const SHOP: &str = "services:\n  web:\n    image: a\n    ports: ['8080:80']\n";

/// A shop that was moved from 8080 to 8081.
fn moved() -> World {
    let mut world = world(SHOP);
    world.busy = vec![8080];
    world.fix().unwrap();
    world
}

fn published(world: &World) -> RangeInclusive<u16> {
    read_as_run(&world.request()).unwrap().services["web"].ports[0].port.published.clone().unwrap()
}

#[test]
fn an_override_that_fits_is_read_also_when_nobody_names_it() {
    let world = moved();
    assert_eq!(published(&world), 8081..=8081);
    fs::remove_file(world.path()).unwrap();
    assert_eq!(published(&world), 8080..=8080);
}

#[test]
fn an_override_that_no_longer_fits_or_is_not_ours_is_not_read() {
    let world = moved();
    world.write("compose.yaml", &SHOP.replace("8080", "7070"));
    assert_eq!(published(&world), 7070..=7070);
    world.write("compose.yaml", SHOP);
    world.write("compose.bootproof.yaml", &(world.text() + "# mine\n"));
    assert_eq!(published(&world), 8080..=8080);
}

#[test]
fn an_override_that_the_request_names_is_read_as_compose_reads_it() {
    let world = moved();
    world.write("compose.yaml", &SHOP.replace("8080", "7070"));
    let mut request = world.request();
    request.files = vec!["compose.yaml".into(), "compose.bootproof.yaml".into()];
    assert_eq!(read_as_run(&request).unwrap().services["web"].ports[0].port.published, Some(8081..=8081));
}

#[test]
fn a_project_that_cannot_be_read_is_told_with_its_errors() {
    let world = moved();
    world.write("compose.yaml", "services: [\n");
    assert_eq!(read_as_run(&world.request()).unwrap_err().len(), 1);
}
