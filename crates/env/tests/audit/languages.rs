//! What is read in each language, with line, default and what happens without: exactly this, and nothing else.

use super::{lines, look};
use std::path::PathBuf;

/// Holds the reads and the computed names of a folder against two lists.
#[track_caller]
fn assert_reads(folder: &str, reads: &str, computed: &str) {
    let root = PathBuf::from("tests/audit").join(folder);
    let scan = look(&root);
    let sites: Vec<String> =
        scan.dynamic.iter().map(|site| site.to_string().replace("the name is computed ", "")).collect();
    let expected =
        |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    assert_eq!(lines(&scan).join("\n"), expected(reads));
    assert_eq!(sites.join("\n"), expected(computed));
}

#[test]
fn rust_reads_through_std_dotenvy_and_clap() {
    let reads = r#"
        src/config.rs:6 GIT_REVISION build
        src/config.rs:17 DATABASE_URL required
        src/config.rs:18 PORT =8_080
        src/config.rs:22 HOST =127.0.0.1
        src/config.rs:23 CACHE_DIR =?
        src/config.rs:24 SIGNING_KEY required
        src/config.rs:25 REGION
        src/config.rs:27 BUILD_TOKEN required build
        src/config.rs:28 WORKERS =4
        src/config.rs:29 LOG_DIR required
        src/config.rs:42 VERBOSE
        src/config.rs:49 TEST_DATABASE_URL required test
        src/main.rs:6 LISTEN =0.0.0.0:80
        src/main.rs:8 LOG_LEVEL
        src/main.rs:10 THREADS =4
        src/main.rs:17 APP_COLOR =auto
    "#;
    let computed = r##"
        src/config.rs:30: (`format!("{region}_ENDPOINT")`)
        src/config.rs:38: (`name`); the calls of `flag` were read instead
    "##;
    assert_reads("rust", reads, computed);
}

#[test]
fn python_reads_through_os_decouple_environ_and_pydantic() {
    let reads = r#"
        models.py:9 STATIC_URL =/static/
        models.py:10 CACHE_URL required
        models.py:11 MAX_ITEMS =100
        models.py:21 SHOP_DATABASE_URL required
        models.py:22 SHOP_POOL_SIZE =10
        models.py:23 API_KEY required
        models.py:24 SHOP_RETRIES =3
        models.py:25 BROKER_URL =redis://localhost
        models.py:25 CELERY_BROKER =redis://localhost
        models.py:34 SHOP_CONCURRENCY =2
        settings.py:13 SECRET_KEY required
        settings.py:14 APP_DEBUG =False
        settings.py:15 DATABASE_URL =postgres://localhost/shop
        settings.py:20 TIMEOUT =30
        settings.py:21 REGION =eu-west-1
        settings.py:22 HOST
        settings.py:23 EMPTY
        settings.py:24 PAGE_SIZE =20
        settings.py:25 FEATURE_X
        settings.py:26 FEATURE_X
        settings.py:29 DJANGO_SETTINGS_MODULE =shop.settings
        settings.py:30 ONE_TIME_TOKEN
        settings.py:32 WORKERS
        settings.py:36 QUEUE_URL required
        settings.py:39 ALLOWED_HOSTS =*
        settings.py:40 SENTRY_DSN required
        settings.py:41 API_HOST required
        settings.py:41 API_PORT =80
        settings.py:54 METRICS_ON =yes
        test_settings.py:4 TEST_ONLY required test
    "#;
    let computed = r##"
        settings.py:46: (`name + "_URL"`)
        settings.py:51: (`name`); the calls of `get_flag` were read instead
    "##;
    assert_reads("python", reads, computed);
}

#[test]
fn javascript_reads_through_process_vite_deno_bun_and_validators() {
    let reads = r#"
        App.vue:5 VITE_VUE_URL =/api build
        config.test.js:1 TEST_ONLY test
        config.ts:6 DB_HOST
        config.ts:6 DB_PORT =5432
        config.ts:6 DB_NAME =shop
        config.ts:9 DATABASE_URL
        config.ts:10 API_TOKEN
        config.ts:11 PORT =3000
        config.ts:12 RETRIES =3
        config.ts:13 HOST =localhost
        config.ts:14 FIRST =?
        config.ts:14 SECOND =none
        config.ts:19 API_HOST =api
        config.ts:20 MAYBE
        config.ts:21 NODE_ENV
        config.ts:22 RUNTIME_FLAG
        config.ts:24 VITE_API_URL build
        config.ts:26 DENO_REGION =iad
        config.ts:27 BUN_PORT
        config.ts:28 FEATURE_Y
        config.ts:33 FALLBACK =yes
        config.ts:36 SMTP_HOST required
        config.ts:37 SMTP_PORT =25
        config.ts:38 SMTP_USER required
        config.ts:42 STRIPE_KEY required
        config.ts:43 STRIPE_MODE =test
        config.ts:44 STRIPE_HOOK
        config.ts:54 S3_BUCKET =uploads
        page.jsx:5 PAGE_TITLE
        page.jsx:7 NEXT_PUBLIC_LINK =#
    "#;
    let computed = r##"
        config.ts:25: (`"${prefix}_URL"`)
        config.ts:50: (`name`); the calls of `need` were read instead
    "##;
    assert_reads("javascript", reads, computed);
}

#[test]
fn go_reads_through_os_struct_tags_and_viper() {
    let reads = r#"
        main.go:17 PORT =8080
        main.go:18 SESSION_SECRET required
        main.go:19 LOG_LEVEL =info
        main.go:20 QUEUE_URL required
        main.go:21 BUCKET =uploads
        main.go:26 DATABASE_DSN
        main.go:28 HOST
        main.go:29 AWS_REGION_NAME
        main.go:30 MODE =fast
        main.go:35 APP_ID
        main.go:36 DATABASE_HOST
        main.go:36 DB_HOST
        main.go:38 FORMAT =json
        other.go:3 METRICS_ADDR =:9090
    "#;
    let computed = r##"
        main.go:37: (`"PREFIX_" + host`)
        main.go:42: (`key`); the calls of `getEnv` were read instead
    "##;
    assert_reads("go", reads, computed);
}

#[test]
fn ruby_reads_through_env_and_erb() {
    let reads = r#"
        app.rb:8 HOST =localhost
        app.rb:9 PORT =3000
        app.rb:10 DATABASE_URL required
        app.rb:11 API_KEY required
        app.rb:12 POOL =5
        app.rb:13 LOG_LEVEL =info
        app.rb:16 STRICT required
        app.rb:17 FEATURE_Z
        app.rb:20 API_HOST
        app.rb:23 SCHEMA
        app.rb:26 MEMORY =512
        app.rb:27 MUST required
        app.rb:29 BARE =yes
        config/database.yml:3 RAILS_DATABASE_URL
        config/database.yml:4 RAILS_MAX_THREADS =5
    "#;
    let computed = r##"
        app.rb:28: (`"#{prefix}_URL"`)
    "##;
    assert_reads("ruby", reads, computed);
}

#[test]
fn java_and_kotlin_read_through_system_and_spring() {
    let reads = r#"
        src/main/App.kt:4 PORT =8080
        src/main/App.kt:5 SIGNING_KEY required
        src/main/App.kt:6 MUST required
        src/main/App.kt:7 REGION_NAME
        src/main/App.kt:8 FROM_MAP =none
        src/main/Config.java:7 SERVER_PORT =8080
        src/main/Config.java:9 MAIL_HOST required
        src/main/Config.java:15 DATABASE_URL
        src/main/Config.java:16 API_TOKEN
        src/main/Config.java:17 LOG_LEVEL =info
        src/main/Config.java:18 HOST =localhost
        src/main/Config.java:19 KEY_FILE required
        src/main/Config.java:21 ZONE
        src/main/Config.java:32 BUCKET =uploads
        src/main/resources/application.yml:4 JDBC_URL required
        src/main/resources/application.yml:5 JDBC_USER =sa
        src/main/resources/application.yml:7 BROKER =?
        src/main/resources/application.yml:7 FALLBACK_BROKER =kafka
        src/test/ConfigTest.java:2 TEST_ONLY test
    "#;
    let computed = r##"
        src/main/Config.java:24: (`url + "_HOST"`)
        src/main/Config.java:28: (`name`); the calls of `read` were read instead
    "##;
    assert_reads("jvm", reads, computed);
}

#[test]
fn shell_reads_what_the_script_does_not_set() {
    let reads = r#"
        start.sh:3 DATABASE_URL required
        start.sh:4 CACHE_SIZE =64
        start.sh:5 PORT =8080
        start.sh:7 LOG_LEVEL =info
        start.sh:8 AWS_REGION_NAME
        start.sh:10 GREETING
        start.sh:10 COUNTED
        start.sh:11 TOKEN
        start.sh:11 TAG =latest
        start.sh:13 INPUT_FILE
        start.sh:16 IN_HEREDOC
        start.sh:21 API_URL =?
        start.sh:21 API_HOST =localhost
        start.sh:23 MODE
        strict:3 NEEDED required
        strict:3 SOFT =
        strict:3 OTHER
    "#;
    let computed = r##"
        start.sh:22: (`${!value}`)
    "##;
    assert_reads("shell", reads, computed);
}
