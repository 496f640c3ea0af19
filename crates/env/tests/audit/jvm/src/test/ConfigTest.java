class ConfigTest {
    String only = System.getenv("TEST_ONLY");
}
