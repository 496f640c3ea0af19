//! Names of users, and which of them we are.

use std::fs;

/// Names of users as `/etc/passwd` has them. Directory services are not asked: they may be away at start-up.
pub(super) struct Users {
    passwd: String,
    ours: Option<u32>,
}

impl Users {
    pub(super) fn read() -> Self {
        Self { passwd: fs::read_to_string("/etc/passwd").unwrap_or_default(), ours: our_user() }
    }

    pub(super) fn name(&self, uid: u32) -> String {
        let name = self.passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
        });
        name.unwrap_or_else(|| uid.to_string())
    }

    /// Whether `uid` is another user into whose processes we may not look for that reason.
    pub(super) fn is_another(&self, uid: u32) -> bool {
        self.ours.is_none_or(|ours| ours != 0 && ours != uid)
    }
}

/// The user we act as: the second number of the line `Uid:` in `/proc/self/status`.
fn our_user() -> Option<u32> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_without_an_entry_is_shown_by_number() {
        let users = Users { passwd: "root:x:0:0::/root:/bin/sh\nwww:x:33:33::/:/x\n".into(), ours: Some(33) };
        assert_eq!([users.name(0), users.name(33), users.name(34)], ["root", "www", "34"]);
        assert!(users.is_another(0) && !users.is_another(33));
    }
}
