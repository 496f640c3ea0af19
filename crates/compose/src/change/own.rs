//! The override file that is ours: its first line says so, with a hash of all the rest, so that a changed one is known.
//!
//! It remembers which port was moved where, so that the next fix chooses the same.

use super::owner::Owner;
use crate::{Port, parse_short};
use sha2::{Digest as _, Sha256};
use std::{fs, io, path::Path};

/// Its name, in the folder of the project's first file.
pub const FILE_NAME: &str = "compose.bootproof.yaml";

const FIRST: &str = "# written by `bootproof compose fix`, sha256 ";
const OF: &str = "# of: ";
const MOVED: &str = "# moved: ";

/// A published port that was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The service.
    pub service: String,
    /// What the project's own files say.
    pub from: Port,
    /// What the override says.
    pub to: Port,
}

/// What is at the place of our file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Nothing.
    Nothing,
    /// Our file, as it was written.
    Ours(Own),
    /// Our file, and somebody changed it.
    Changed,
    /// Our file, written for another project.
    Others(Owner),
    /// Somebody else's file, or something that is no regular file.
    Foreign,
}

/// Our file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// What it moved.
    pub moved: Vec<Moved>,
    /// All of its text.
    pub text: String,
}

/// Looks what is at `path`; it may belong to `owner`. Without one, to anybody.
///
/// # Errors
/// When it cannot be read.
pub fn look(path: &Path, owner: Option<&Owner>) -> io::Result<Found> {
    let about = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        other => other?,
    };
    if !about.is_file() {
        return Ok(Found::Foreign);
    }
    Ok(read(&String::from_utf8_lossy(&fs::read(path)?), owner))
}

fn read(text: &str, owner: Option<&Owner>) -> Found {
    let Some((first, rest)) = text.split_once('\n') else { return Found::Foreign };
    let of = rest.lines().find_map(|line| Owner::parse(line.strip_prefix(OF)?));
    match first.strip_prefix(FIRST) {
        None => Found::Foreign,
        Some(hash) if hash != digest(rest) => Found::Changed,
        Some(_) => match (of, owner) {
            (Some(of), Some(owner)) if !of.may_be(owner) => Found::Others(of),
            _ => Found::Ours(Own { moved: rest.lines().filter_map(moved).collect(), text: text.to_owned() }),
        },
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The whole text: the head with its owner, `moved` and the command that reads it, and `body`.
pub(super) fn compose(owner: &Owner, moved: &[Moved], command: &str, body: &str) -> String {
    let mut rest = String::from(
        "# Do not edit: the next fix writes it anew. `bootproof compose undo` removes it, and nothing else has to be done.\n\
         # It moves published ports that are in use elsewhere, and tells those who use them; the files of the project are\n\
         # as they were. Compose reads it when it is named last:\n",
    );
    rest += &format!("#   {command}\n{OF}{}\n", owner.line());
    for Moved { service, from, to } in moved {
        rest += &format!("{MOVED}{service} {from} -> {to}\n");
    }
    rest += body;
    format!("{FIRST}{}\n{rest}", digest(&rest))
}

fn moved(line: &str) -> Option<Moved> {
    let (service, ports) = line.strip_prefix(MOVED)?.split_once(' ')?;
    let (from, to) = ports.split_once(" -> ")?;
    let port = |text| Some(parse_short(text).ok()?.into_iter().next()?.clone());
    Some(Moved { service: service.to_owned(), from: port(from)?, to: port(to)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(text: &str) -> Port {
        parse_short(text).unwrap().remove(0)
    }

    #[test]
    fn what_was_moved_is_read_back_and_a_changed_file_is_known() {
        let all = ["8080:80", "127.0.0.1:8080:80/udp", "[::1]:8000-8002:80"].map(|text| Moved {
            service: "web".into(),
            from: port(text),
            to: port("9000:80"),
        });
        let [shop, blog] = ["shop a.yaml", "blog a.yaml"].map(|line| Owner::parse(line).unwrap());
        let text = compose(&shop, &all, "docker compose up", "services: {}\n");
        let Found::Ours(own) = read(&text, Some(&shop)) else { panic!("{text}") };
        assert_eq!(own.moved, all);
        assert_eq!(read(&text, Some(&blog)), Found::Others(shop));
        assert!(matches!(read(&text, None), Found::Ours(_)));
        assert_eq!(read(&text.replace("9000", "9001"), None), Found::Changed);
        assert_eq!(read("services: {}\n", None), Found::Foreign);
        assert_eq!(read("", None), Found::Foreign);
    }

    #[test]
    fn a_link_and_a_folder_are_somebody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        assert_eq!(look(&path, None).unwrap(), Found::Nothing);
        std::os::unix::fs::symlink("/dev/null", &path).unwrap();
        assert_eq!(look(&path, None).unwrap(), Found::Foreign);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert_eq!(look(&path, None).unwrap(), Found::Foreign);
    }
}
