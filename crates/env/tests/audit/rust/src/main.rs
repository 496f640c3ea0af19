use clap::{Arg, Parser};

#[derive(Parser)]
struct Args {
    /// Where to listen.
    #[arg(long, env = "LISTEN", default_value = "0.0.0.0:80")]
    listen: String,
    #[arg(short, long, env)]
    pub log_level: Option<String>,
    #[clap(long, env = "THREADS", default_value_t = 4)]
    threads: usize,
    #[arg(long, default_value = "no")]
    other: String,
}

fn command() -> Arg {
    Arg::new("color").env("APP_COLOR").default_value("auto")
}
