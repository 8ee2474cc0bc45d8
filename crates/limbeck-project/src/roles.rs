//! Roles are the whole server's, not a database's: what makes them cannot run beside what names them.

/// Whether SQL may make, change or drop a role. It says so too often rather than too seldom.
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
    use super::are_made_by;

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
