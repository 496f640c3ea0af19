//! What reading and resolving a `.env` costs in process, and what reading the `bootproof.toml` that declares it costs.
//!
//! `environment FOLDER COUNT RUNS` writes the files of a made-up service with `COUNT` variables into `FOLDER`, and prints
//! `{"library_ns": N, "file_ns": N}`, medians of `RUNS`. `cargo xtask bench environment` calls it.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command; it has no library to keep quiet")]

mod files;

use bootproof::file::File;
use bootproof_core::{Environment, Vars};
use bootproof_env::{DotenvFile, Schema, Sources, System, dotenv, resolve};
use std::{
    fs, io,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let numbers = |count: &str, runs: &str| Some((count.parse().ok()?, runs.parse().ok()?));
    let asked = match words.as_slice() {
        [folder, count, runs] => numbers(count, runs).map(|(count, runs)| (Path::new(folder), count, runs)),
        _ => None,
    };
    let Some((folder, count, runs)) = asked else {
        eprintln!("usage: environment FOLDER COUNT RUNS");
        return ExitCode::from(2);
    };
    match write(folder, count).map_err(|error| error.to_string()).and_then(|()| measure(count, runs)) {
        Ok([library, file]) => {
            println!("{{\"library_ns\": {}, \"file_ns\": {}}}", library.as_nanos(), file.as_nanos());
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("environment: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn write(folder: &Path, count: usize) -> io::Result<()> {
    fs::write(folder.join(".env"), files::dotenv(count))?;
    fs::write(folder.join("bootproof.toml"), files::declaration(count))?;
    fs::write(folder.join("settings.py"), files::model(count))
}

fn measure(count: usize, runs: usize) -> Result<[Duration; 2], String> {
    let (text, schema, declaration) = (files::dotenv(count), files::schema(count), files::declaration(count));
    let library = median(runs, || read_and_resolve(&text, &schema))?;
    let file = median(runs, || {
        let file = File::parse(&declaration, Path::new("bootproof.toml")).map_err(|error| error.to_string())?;
        if file.schema() == schema { Ok(()) } else { Err("the file declares another schema".to_owned()) }
    })?;
    Ok([library, file])
}

/// From the text of a `.env` to the variables, which must be without fault: then no time is spent on telling.
fn read_and_resolve(text: &str, schema: &Schema) -> Result<(), String> {
    let files = [DotenvFile { path: ".env".to_owned(), content: Ok(dotenv::parse(text)) }];
    let process = Vars::default();
    let resolved = resolve(schema, &Sources::process(&process).files(&files), Environment::Production, &System);
    match resolved.problems.first() {
        None if resolved.set().count() == schema.variables.len() => Ok(()),
        None => Err("not every variable is set".to_owned()),
        Some(problem) => Err(problem.to_string()),
    }
}

fn median(runs: usize, run: impl Fn() -> Result<(), String>) -> Result<Duration, String> {
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let begin = Instant::now();
        run()?;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    times.get(runs / 2).copied().ok_or_else(|| "not a single run".to_owned())
}
