//! Password files (libpq's `~/.pgpass`): `host:port:database:user:password`, one a line, `*` for any.

use std::fs;
use std::path::Path;

use super::Settings;
use super::error::SettingsError;
use super::host::Host;
use super::values::IgnoredKey;
use crate::password::Password;

/// Folders of sockets that a password file calls `localhost`.
const USUAL_SOCKETS: [&str; 3] = ["/tmp", "/var/run/postgresql", "/run/postgresql"];

/// Gives each host its password, where the file has one.
///
/// As in libpq, a file that is missing says nothing, and one that others may read is not used; that is told by
/// [`Settings::ignored`].
pub(super) fn apply(settings: &mut Settings, file: &Path) -> Result<(), SettingsError> {
    let Ok(metadata) = fs::metadata(file) else {
        return Ok(());
    };
    if !metadata.is_file() || is_open_to_others(&metadata) {
        let reason = "others may read the file; make it yours alone by `chmod 600`";
        settings.ignored.push(IgnoredKey {
            key: "passfile",
            reason,
        });
        return Ok(());
    }
    let text = fs::read_to_string(file).map_err(|error| SettingsError::File {
        key: "passfile",
        path: file.to_owned(),
        reason: error.to_string(),
    })?;
    let (database, user) = (&settings.database, &settings.user);
    settings.hosts = settings
        .hosts
        .iter()
        .map(|host| host.with_password(find(&text, host, database, user)))
        .collect();
    Ok(())
}

#[cfg(unix)]
fn is_open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}

/// The password of the first line that fits.
fn find(text: &str, host: &Host, database: &str, user: &str) -> Option<Password> {
    let name = host.text();
    let name = if USUAL_SOCKETS.contains(&&*name) {
        "localhost"
    } else {
        &name
    };
    let port = host.port().to_string();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let mut rest = line;
            for wanted in [name, &port, database, user] {
                let field = field(&mut rest)?;
                if field != "*" && unescaped(field) != wanted {
                    return None;
                }
            }
            Some(Password::new(unescaped(rest)))
        })
}

/// Takes a field and the colon after it off the line. A backslash takes its meaning from the colon.
fn field<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let mut escaped = false;
    let end = rest.find(|character| {
        let ends = character == ':' && !escaped;
        escaped = character == '\\' && !escaped;
        ends
    })?;
    let (field, after) = rest.split_at_checked(end)?;
    *rest = after.get(1..)?;
    Some(field)
}

fn unescaped(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        unescaped.push(if character == '\\' {
            characters.next().unwrap_or('\\')
        } else {
            character
        });
    }
    unescaped
}

#[cfg(test)]
mod tests {
    use super::find;
    use crate::settings::host::Host;

    const FILE: &str = "\
# host:port:database:user:password
db.example.com:5432:shop:me:first
db.example.com:*:*:me:se\\:cond\\\\
::1:*:*:*:never
\\:\\:1:*:*:*:six
localhost:*:*:you:socket:with:colons
short:line
";

    fn password(host: &Host, database: &str, user: &str) -> Option<String> {
        find(FILE, host, database, user).map(|password| password.expose().to_owned())
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        let host = Host::from_text("db.example.com", 5432);
        assert_eq!(password(&host, "shop", "me").as_deref(), Some("first"));
        assert_eq!(password(&host, "other", "me").as_deref(), Some("se:cond\\"));
        assert_eq!(password(&host, "shop", "you"), None);
        assert_eq!(
            password(&Host::from_text("db.example.com", 1), "shop", "me").as_deref(),
            Some("se:cond\\")
        );
        assert_eq!(
            password(&Host::from_text("::1", 1), "d", "u").as_deref(),
            Some("six")
        );
    }

    #[test]
    fn usual_sockets_are_localhost() {
        for (folder, found) in [
            ("/tmp", true),
            ("/var/run/postgresql", true),
            ("/srv/mine", false),
        ] {
            let password = password(&Host::from_text(folder, 5432), "d", "you");
            assert_eq!(
                password.as_deref(),
                found.then_some("socket:with:colons"),
                "{folder}"
            );
        }
    }
}
