//! Reading the files that `NAME_FILE` variables name.

use std::{fs, io, io::Read as _, path::Path};

/// The most that is read: what Kubernetes and Docker allow a secret to be (1 MiB and 500 kB).
const LARGEST: u64 = 1 << 20;

/// Reads a small regular file as text. Pipes and devices are refused: they may never end, and a proof reads twice.
///
/// # Errors
/// As the system says; `InvalidInput` for what is no regular file, `FileTooLarge` over 1 MiB, `InvalidData` when it is not UTF-8.
pub fn read_secret_file(path: &Path) -> io::Result<String> {
    let kind = fs::metadata(path)?;
    if kind.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if !kind.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut text = String::new();
    fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn each_reason_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        assert_eq!(read_secret_file(&file("ok", b"s3cret\n")).unwrap(), "s3cret\n");
        let kind = |path: &Path| read_secret_file(path).unwrap_err().kind();
        assert_eq!(kind(folder.path()), ErrorKind::IsADirectory);
        assert_eq!(kind(&folder.path().join("none")), ErrorKind::NotFound);
        assert_eq!(kind(&file("latin1", b"caf\xe9")), ErrorKind::InvalidData);
        assert_eq!(kind(&file("big", &vec![b'x'; (1 << 20) + 1])), ErrorKind::FileTooLarge);
        assert_eq!(kind(Path::new("/dev/zero")), ErrorKind::InvalidInput);
    }
}
