//! The roles and tablespaces that statements name. They are the whole server's, not a database's, and a scratch server
//! has none of those that a real one has.

use limbeck_history::Revision;
use limbeck_postgres::DatabaseError;
use limbeck_server::Scratch;

/// Does something until every role that it names is there, as a stub that cannot log in, and every tablespace, as a
/// folder of the scratch server.
pub(crate) async fn with_roles<E>(
    scratch: &Scratch,
    database_error: impl Fn(&E) -> Option<&DatabaseError>,
    work: impl AsyncFn() -> Result<(), E>,
) -> Result<(), E> {
    let mut last = None;
    loop {
        let Err(error) = work().await else {
            return Ok(());
        };
        let Some(missing) = database_error(&error).and_then(missing) else {
            return Err(error);
        };
        if last.as_ref() == Some(&missing) {
            return Err(error);
        }
        let made = match &missing {
            Missing::Role(name) => scratch.ensure_role(name).await,
            Missing::Tablespace(name) => scratch.ensure_tablespace(name).await,
        };
        if made.is_err() {
            return Err(error);
        }
        last = Some(missing);
    }
}

/// What a statement named and the server has not.
#[derive(PartialEq, Eq)]
enum Missing {
    Role(String),
    Tablespace(String),
}

/// What a statement named and is not there. PostgreSQL tells its name in the message alone, which may be in any
/// language; what it is about, the function that looked for it tells.
fn missing(error: &DatabaseError) -> Option<Missing> {
    if error.sqlstate() != Some("42704") {
        return None;
    }
    let routine = error.routine()?;
    let name = quoted(error.message())?.to_owned();
    if routine.starts_with("get_role") {
        return Some(Missing::Role(name));
    }
    (routine == "get_tablespace_oid").then_some(Missing::Tablespace(name))
}

/// The way out where a statement names a tablespace that the scratch server has not, and cannot have made.
pub(crate) fn tablespace_hint(error: &DatabaseError) -> Option<String> {
    match missing(error)? {
        Missing::Role(_) => None,
        Missing::Tablespace(name) => Some(format!(
            "the scratch server has no tablespace `{name}`, and Limbeck could not make one there: make it by \
             `CREATE TABLESPACE`, or leave the server to Limbeck (without `url` under `[scratch]` in limbeck.toml)"
        )),
    }
}

/// What stands in quotes, in those of any language that PostgreSQL speaks.
fn quoted(message: &str) -> Option<&str> {
    const QUOTES: [char; 8] = ['"', '«', '»', '„', '“', '”', '「', '」'];
    let (_, rest) = message.split_once(QUOTES)?;
    let (name, _) = rest.rsplit_once(QUOTES)?;
    Some(name.trim_matches([' ', '\u{a0}']))
}

/// Whether a revision may make, change or drop a role.
pub(crate) fn are_made_by_any<'r>(revisions: impl IntoIterator<Item = &'r Revision>) -> bool {
    revisions.into_iter().any(|revision| are_made_by(&revision.text))
}

/// Whether SQL may make, change or drop a role, which then cannot run beside what names it. It says so too often rather
/// than too seldom.
pub(crate) fn are_made_by(sql: &str) -> bool {
    let mut previous = "";
    for word in sql
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
    {
        let is = |words: &[&str], word: &str| words.iter().any(|one| one.eq_ignore_ascii_case(word));
        if is(&["create", "alter", "drop"], previous) && is(&["role", "user", "group"], word) {
            return true;
        }
        previous = word;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{are_made_by, quoted};

    #[test]
    fn the_name_is_found_in_any_language() {
        for message in [
            "role \"web \"app\" does not exist",
            "Rolle »web \"app« existiert nicht",
            "le rôle « web \"app » n'existe pas",
            "no existe el rol «web \"app»",
            "ロール\"web \"app\"は存在しません",
        ] {
            assert_eq!(quoted(message), Some("web \"app"), "{message}");
        }
        assert_eq!(quoted("no name"), None);
    }

    #[test]
    fn what_may_make_a_role_is_told() {
        for sql in [
            "CREATE ROLE a",
            "SELECT 1; create\n  user a",
            "DO $$ BEGIN EXECUTE 'CREATE ' || 'ROLE a'; END $$",
            "DROP/**/GROUP a",
        ] {
            assert!(are_made_by(sql), "{sql}");
        }
        for sql in [
            "CREATE TABLE users (role text, \"user\" text)",
            "GRANT SELECT ON t TO role_a",
            "ALTER DEFAULT PRIVILEGES FOR ROLE a REVOKE ALL ON TABLES FROM b",
        ] {
            assert!(!are_made_by(sql), "{sql}");
        }
    }
}
