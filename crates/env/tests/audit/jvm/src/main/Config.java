package shop;

/** System.getenv("IN_A_COMMENT") */
public class Config {
    private static final String TOKEN = "API_TOKEN";

    @Value("${SERVER_PORT:8080}")
    private int port;
    @Value("${MAIL_HOST}")
    private String mail;
    @Value("${app.name:shop}")
    private String property;

    void load() {
        String url = System.getenv("DATABASE_URL");
        String token = System.getenv(TOKEN);
        String level = System.getenv().getOrDefault("LOG_LEVEL", "info");
        String host = Optional.ofNullable(System.getenv("HOST")).orElse("localhost");
        String key = Objects.requireNonNull(System.getenv("KEY_FILE"), "KEY_FILE");
        Map<String, String> env = System.getenv();
        String zone = env.get("ZONE");
        String text = "System.getenv(\"IN_A_TEXT\")";
        char quote = '"'; // System.getenv("COMMENTED_OUT")
        String any = System.getenv(url + "_HOST");
    }

    static String read(String name, String fallback) {
        String value = System.getenv(name);
        return value == null ? fallback : value;
    }

    String bucket = read("BUCKET", "uploads");
}
