//! The environment variables that bootproof itself reads. `docs/environment.md` explains each; `cargo xtask tidy` compares.

/// The environment in force.
pub const ENVIRONMENT: &str = "ENVIRONMENT";
/// Whether ClickHouse is required.
pub const CLICKHOUSE_REQUIRED: &str = "CLICKHOUSE_REQUIRED";
/// Where Redis may be.
pub const REDIS_MODE: &str = "REDIS_MODE";
/// Whether fixes are proven.
pub const USE_ROBUST_STARTUP: &str = "USE_ROBUST_STARTUP";
/// Whether the start goes on after a failure.
pub const GRACEFUL_STARTUP_MODE: &str = "GRACEFUL_STARTUP_MODE";
/// The key of `bootproof env fingerprint`.
pub const FINGERPRINT_KEY: &str = "BOOTPROOF_FINGERPRINT_KEY";
/// Where bootproof keeps what outlives a start.
pub const STATE_DIR: &str = "BOOTPROOF_STATE_DIR";

/// Those that say what a start demands: a program may well read them, too.
pub const SETTINGS: [&str; 5] =
    [ENVIRONMENT, CLICKHOUSE_REQUIRED, REDIS_MODE, USE_ROBUST_STARTUP, GRACEFUL_STARTUP_MODE];

/// All of them, each with what it does.
pub const VARIABLES: &[(&str, &str)] = &[
    (ENVIRONMENT, "the environment in force, when `--env` is not given"),
    (CLICKHOUSE_REQUIRED, "whether ClickHouse services are required when they do not say so themselves"),
    (REDIS_MODE, "where Redis may be: `shared`, `local`, `fallback`, `disabled`"),
    (USE_ROBUST_STARTUP, "whether fixes are proven, or only applied"),
    (GRACEFUL_STARTUP_MODE, "whether the start goes on after a failure, or stops at the first of anything required"),
    (FINGERPRINT_KEY, "the key of `env fingerprint`, when `--key-file` is not given"),
    (STATE_DIR, "the folder for what outlives a start: the ledger of ports"),
    ("XDG_STATE_HOME", "where that folder is, when BOOTPROOF_STATE_DIR is not set"),
    ("HOME", "where that folder is, when XDG_STATE_HOME is not set either"),
    ("NO_COLOR", "when set and not empty: no colour"),
    ("CI", "when set: plain progress lines instead of a live display"),
    ("TERM", "when `dumb`: no colour and no live display"),
    ("COLUMNS", "width of the text report"),
    ("LC_ALL", "whether the terminal shows UTF-8; before LC_CTYPE and LANG"),
    ("LC_CTYPE", "whether the terminal shows UTF-8; before LANG"),
    ("LANG", "whether the terminal shows UTF-8"),
    ("container", "set, as systemd-nspawn, LXC and Podman do: this is a container, and no environment is assumed"),
    ("KUBERNETES_SERVICE_HOST", "set: this is Kubernetes, and no environment is assumed"),
    ("ECS_CONTAINER_METADATA_URI_V4", "set: this is Amazon ECS, and no environment is assumed"),
    ("AWS_LAMBDA_FUNCTION_NAME", "set: this is AWS Lambda, and no environment is assumed"),
    ("K_SERVICE", "set: this is Cloud Run, and no environment is assumed"),
    ("GAE_ENV", "set: this is App Engine, and no environment is assumed"),
    ("WEBSITE_SITE_NAME", "set: this is Azure App Service, and no environment is assumed"),
    ("DYNO", "set: this is Heroku, and no environment is assumed"),
    ("FLY_APP_NAME", "set: this is Fly.io, and no environment is assumed"),
    ("RENDER", "set: this is Render, and no environment is assumed"),
    ("RAILWAY_ENVIRONMENT_NAME", "set: this is Railway, and no environment is assumed"),
    ("PORT", "without a file: the port to hold"),
    ("DATABASE_URL", "without a file: the database"),
    ("REDIS_URL", "without a file: the Redis server"),
    ("CLICKHOUSE_URL", "without a file: the ClickHouse server"),
];
