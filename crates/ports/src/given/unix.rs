//! A Unix socket that this process was given, and whether it is the one that is declared.

use super::{Given, Kind};
use crate::{
    PortError,
    unix::{FileId, Standing, UnixSpec},
};
use socket2::SockRef;
use std::{
    fs::{self, Metadata},
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            fs::{FileTypeExt, MetadataExt},
            net::UnixListener,
        },
    },
    path::{Path, PathBuf},
};

/// A declared Unix socket and the one it was given.
#[derive(Debug)]
pub(crate) struct UnixFitting {
    pub(crate) spec: UnixSpec,
    pub(crate) listener: UnixListener,
    pub(crate) standing: Standing,
}

/// Where `listener` stands, written as [`UnixSpec::path`] is; `None`: it has no name.
pub(super) fn path_of(listener: &UnixListener) -> Option<PathBuf> {
    let address = listener.local_addr().ok()?;
    let named = |name: &[u8]| std::ffi::OsStr::from_bytes(&[b"@", name].concat()).into();
    address.as_pathname().map(Path::to_owned).or_else(|| address.as_abstract_name().map(named))
}

/// Whether `given` stands exactly where `spec` is declared.
pub(super) fn is_at(given: &Given, spec: &UnixSpec) -> bool {
    let Kind::Unix(listener) = &given.kind else { return false };
    path_of(listener).is_some_and(|path| is_same(&path, spec))
}

/// The same path, or another way to write it.
fn is_same(path: &Path, spec: &UnixSpec) -> bool {
    let file = |path: &Path| fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()));
    path == spec.path || spec.abstract_name().is_none() && file(path).is_some() && file(path) == file(&spec.path)
}

/// The one of `mine` for `spec`, a second handle on it.
///
/// # Errors
/// It is not what is declared.
pub(super) fn fit(mine: &[&Given], spec: &UnixSpec) -> Result<UnixFitting, PortError> {
    let fitting = match mine {
        [one] => fit_one(one, spec),
        _ => Err("several sockets have its name".to_owned()),
    };
    fitting.map_err(|because| PortError::Given { name: spec.name.clone(), because })
}

fn fit_one(given: &Given, spec: &UnixSpec) -> Result<UnixFitting, String> {
    let Kind::Unix(listener) = &given.kind else {
        return Err(format!("it is {}, and a Unix socket is declared", given.in_words()));
    };
    if !SockRef::from(listener).is_listener().unwrap_or(false) {
        return Err("it does not listen".to_owned());
    }
    let path = path_of(listener).filter(|path| is_same(path, spec));
    let Some(path) = path else {
        return Err(format!("it is {}, which is not where it is declared", given.in_words()));
    };
    let standing = match spec.abstract_name() {
        Some(_) => Standing::Abstract,
        None => stands(path, spec)?,
    };
    let listener = listener.try_clone().map_err(|error| error.to_string())?;
    listener.set_nonblocking(true).map_err(|error| error.to_string())?;
    Ok(UnixFitting { spec: spec.clone(), listener, standing })
}

/// The file at `path`, as it has to be for clients to come in.
fn stands(path: PathBuf, spec: &UnixSpec) -> Result<Standing, String> {
    let found = fs::symlink_metadata(&path).ok().filter(|found| found.file_type().is_socket());
    let Some(found) = found else { return Err(format!("no socket is at `{}` any more", path.display())) };
    match spec.mode {
        Some(mode) if permissions(&found) != mode => {
            Err(format!("its permissions are {:04o}, and {mode:04o} are declared", permissions(&found)))
        }
        _ => Ok(Standing::Theirs(path, FileId::from(&found))),
    }
}

fn permissions(found: &Metadata) -> u32 {
    found.mode() & 0o7777
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HeldUnix, given::sort};
    use std::{fs::Permissions, net::TcpListener, os::unix::fs::PermissionsExt};

    fn named(listener: UnixListener) -> Given {
        Given::unix(Some("admin".to_owned()), listener)
    }

    fn sorted(given: Vec<Given>, spec: UnixSpec) -> Result<(usize, usize, usize), String> {
        match sort(&given, vec![], &[spec]) {
            Ok(sorted) => Ok((sorted.unix.len(), sorted.unix_rest.len(), sorted.unknown.len())),
            Err(errors) => Err(errors[0].to_string()),
        }
    }

    #[test]
    fn a_socket_is_found_by_name_or_path_and_another_one_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        let (here, there) = (folder.path().join("a.sock"), folder.path().join("b.sock"));
        let listener = UnixListener::bind(&here).unwrap();
        let again = || listener.try_clone().unwrap();
        assert_eq!(sorted(vec![named(again())], UnixSpec::new("admin", &here)), Ok((1, 0, 0)));
        assert_eq!(sorted(vec![Given::unix(None, again())], UnixSpec::new("admin", &here)), Ok((1, 0, 0)));
        let roundabout = folder.path().join("..").join(folder.path().file_name().unwrap()).join("a.sock");
        assert_eq!(sorted(vec![Given::unix(None, again())], UnixSpec::new("admin", roundabout)), Ok((1, 0, 0)));
        assert_eq!(sorted(vec![Given::unix(None, again())], UnixSpec::new("admin", &there)), Ok((0, 1, 1)));
        let refused = sorted(vec![named(again())], UnixSpec::new("admin", &there)).unwrap_err();
        assert!(refused.contains("not where it is declared") && refused.contains("a.sock"), "{refused}");
        let twice = sorted(vec![named(again()), named(again())], UnixSpec::new("admin", &here)).unwrap_err();
        assert!(twice.contains("several sockets"), "{twice}");
    }

    #[test]
    fn what_is_not_as_declared_is_refused_and_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let listener = UnixListener::bind(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        let refused = |spec| sorted(vec![named(listener.try_clone().unwrap())], spec).unwrap_err();
        let spec = || UnixSpec::new("admin", &path);
        assert!(refused(spec().mode(0o660)).contains("are 0666, and 0660 are declared"));
        fs::remove_file(&path).unwrap();
        assert!(refused(spec()).contains("no socket is at"));
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let refused = sorted(vec![Given::tcp(Some("admin".to_owned()), tcp)], spec()).unwrap_err();
        assert!(refused.contains("a Unix socket is declared"), "{refused}");
    }

    #[test]
    fn a_given_socket_is_never_unlinked_here_and_one_of_ours_is_with_its_last_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sock");
        let given = [named(UnixListener::bind(&path).unwrap())];
        let mut sorted = sort(&given, vec![], &[UnixSpec::new("admin", &path)]).unwrap();
        let held = HeldUnix::given(sorted.unix.remove(0));
        assert!(held.was_given());
        drop(held);
        assert!(path.exists());
        let own = folder.path().join("own.sock");
        let held = crate::hold_unix(&UnixSpec::new("own", &own)).unwrap();
        let standing = held.standing().clone();
        drop(held);
        assert!(own.exists());
        drop(standing);
        assert!(!own.exists());
    }
}
