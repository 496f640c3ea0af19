//! Settings of the billing service. `env::var("IN_A_DOC_COMMENT")` is not a read.
use std::env::{self, var as lookup};
use std::path::PathBuf;

const DATABASE: &str = "DATABASE_URL";
pub const BUILD: Option<&str> = option_env!("GIT_REVISION");

pub struct Config {
    pub database: String,
    pub port: u16,
}

impl Config {
    pub fn load() -> Result<Self, Error> {
        // let old = env::var("COMMENTED_OUT").unwrap();
        /* env::var("ALSO_OUT") /* nested */ env::var("STILL_OUT") */
        let database = env::var(DATABASE).map_err(Error::Missing)?;
        let port = std::env::var("PORT")
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or(8_080);
        let host = env::var("HOST").unwrap_or_else(|_| "127.0.0.1".to_string());
        let cache = env::var_os("CACHE_DIR").map(PathBuf::from).unwrap_or_default();
        let key = lookup("SIGNING_KEY").expect("SIGNING_KEY must be set");
        let region = match env::var("REGION") { Ok(region) => region, Err(_) => return Err(Error::Region) };
        let text = r#"env::var("IN_A_RAW_TEXT").unwrap()"#;
        let token: &'static str = env!("BUILD_TOKEN");
        let workers = dotenvy::var("WORKERS").unwrap_or(String::from("4"));
        let log = env::var("LOG_DIR").unwrap_or_else(|_| panic!("LOG_DIR is missing"));
        let dynamic = env::var(format!("{region}_ENDPOINT"));
        Command::new("worker").env("CHILD_ONLY", "1").spawn()?;
        env::set_var("WRITTEN", "1");
        Ok(Self { database, port })
    }
}

fn flag(name: &str) -> bool {
    env::var(name).is_ok_and(|value| value == "1")
}

pub fn is_verbose() -> bool {
    flag("VERBOSE")
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_its_own() {
        let url = std::env::var("TEST_DATABASE_URL").unwrap();
    }
}
