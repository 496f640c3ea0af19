use std::env;

fn main() {
    let port: u16 = env::var("PORT").unwrap_or_else(|_| "8080".to_owned()).parse().expect("a port");
    let database = env::var("DATABASE_URL").expect("DATABASE_URL is not set");
    let redis = env::var("REDIS_URL").unwrap_or_else(|_| "redis://localhost:6379/0".into());
    let secret = env::var("SESSION_SECRET").expect("SESSION_SECRET is not set");
    let timeout = env::var("REQUEST_TIMEOUT").unwrap_or("30s".to_string());
    let sentry = env::var("SENTRY_DSN").ok();
    let workers = env::var("WORKERS").ok();
    let note = env::var("INTERNAL_NOTE").ok();
    let home = env::var("HOME");
    let _ = (port, database, redis, secret, timeout, sentry, workers, note, home);
}
