//! The account that PostgreSQL runs as. It refuses to run as root.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::{Gid, Uid};

use crate::error::ServerError;

/// Accounts tried in this order when the program is run as root.
const UNPRIVILEGED: [&str; 2] = ["nobody", "postgres"];

/// The account that PostgreSQL's programs run as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// The one this program runs as.
    Own,
    /// An unprivileged one, since this program runs as root.
    Unprivileged { name: String, uid: u32, gid: u32 },
}

impl Account {
    /// The account for servers started by this process.
    pub(crate) fn for_servers() -> Result<Self, ServerError> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Own);
        }
        // PostgreSQL looks its own name up, so an account without an entry would not do.
        let entries = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        Self::unprivileged(&entries).ok_or(ServerError::NoUnprivilegedAccount)
    }

    fn unprivileged(entries: &str) -> Option<Self> {
        UNPRIVILEGED.iter().find_map(|wanted| {
            entries.lines().find_map(|line| {
                let mut fields = line.split(':');
                let name = fields.next().filter(|name| name == wanted)?;
                let uid = identifier(fields.nth(1)?)?;
                let gid = identifier(fields.next()?)?;
                (uid != 0).then(|| Self::Unprivileged {
                    name: name.to_owned(),
                    uid,
                    gid,
                })
            })
        })
    }

    /// Makes a command run as this account. Supplementary groups are dropped with root's rights.
    pub(crate) fn apply(&self, command: &mut Command) {
        if let Self::Unprivileged { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid);
        }
    }

    /// Gives one file or folder to this account.
    pub(crate) fn own(&self, path: &Path) -> io::Result<()> {
        match self {
            Self::Own => Ok(()),
            Self::Unprivileged { uid, gid, .. } => {
                rustix::fs::chown(path, Some(Uid::from_raw(*uid)), Some(Gid::from_raw(*gid)))?;
                Ok(())
            }
        }
    }

    /// Whether this account can enter a folder: it may lie below one that is closed to others, such as `/root`.
    pub(crate) fn can_enter(&self, folder: &Path) -> bool {
        if *self == Self::Own {
            return true;
        }
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "cd \"$1\"", "sh"])
            .arg(folder)
            .current_dir("/")
            .stderr(Stdio::null());
        self.apply(&mut command);
        command.status().is_ok_and(|status| status.success())
    }

    /// The account of this very process, as one that files can be given to.
    pub(crate) fn caller() -> Self {
        let uid = rustix::process::geteuid().as_raw();
        let gid = rustix::process::getegid().as_raw();
        Self::Unprivileged {
            name: String::new(),
            uid,
            gid,
        }
    }

    /// The number of the account.
    pub(crate) fn uid(&self) -> u32 {
        match self {
            Self::Own => rustix::process::geteuid().as_raw(),
            Self::Unprivileged { uid, .. } => *uid,
        }
    }

    /// The name, for messages.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Own => "this account",
            Self::Unprivileged { name, .. } => name,
        }
    }
}

/// A user or group number; macOS writes `nobody` as -2.
fn identifier(text: &str) -> Option<u32> {
    text.parse::<u32>()
        .ok()
        .or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}

#[cfg(test)]
mod tests {
    use super::Account;

    #[test]
    fn the_first_known_account_is_found_in_the_list_of_users() {
        let entries = "root:x:0:0::/root:/bin/sh\npostgres:x:104:110::/var/lib/postgresql:/bin/bash\n\
                       nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";
        let nobody = Account::Unprivileged {
            name: "nobody".to_owned(),
            uid: 65534,
            gid: 65533,
        };
        assert_eq!(Account::unprivileged(entries), Some(nobody));
        let mac = "nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false\n";
        let nobody = Account::Unprivileged {
            name: "nobody".to_owned(),
            uid: 4_294_967_294,
            gid: 4_294_967_294,
        };
        assert_eq!(Account::unprivileged(mac), Some(nobody));
        let postgres = Account::Unprivileged {
            name: "postgres".to_owned(),
            uid: 104,
            gid: 110,
        };
        assert_eq!(
            Account::unprivileged(&entries.replace("nobody", "nemo")),
            Some(postgres)
        );
        assert_eq!(Account::unprivileged("nobody:x:0:0::/:/bin/sh\n"), None);
    }
}
