#[test]
fn smoke() {
    let _ = std::env::var("TEST_SERVER_URL").expect("a server");
}
