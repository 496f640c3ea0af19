//! A plain project, end to end.

use bootproof_compose::{Request, read};
use bootproof_core::Vars;
use std::fs;

#[test]
fn a_plain_file_is_read_with_the_place_of_everything() {
    let folder = tempfile::tempdir().unwrap();
    let file = "name: shop\nservices:\n  web:\n    image: nginx\n    depends_on: [db]\n    ports:\n      - 127.0.0.1:8080:80\n  db:\n    image: postgres\n";
    fs::write(folder.path().join("compose.yaml"), file).unwrap();
    let vars = Vars::default();
    let project = read(&Request::new(folder.path(), &vars)).unwrap();
    let web = &project.services["web"];
    assert_eq!((web.image.as_deref(), web.depends_on[0].service.as_str()), (Some("nginx"), "db"));
    assert_eq!(web.ports[0].port.to_string(), "127.0.0.1:8080:80/tcp");
    assert_eq!((web.ports[0].place.line, web.ports[0].place.column), (7, 9));
    assert_eq!((web.place.line, project.services["db"].place.line), (3, 8));
}
