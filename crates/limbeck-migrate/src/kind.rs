//! What kind of step it is, told from its statements: whether it may take locks that others wait for, and whether it
//! may work for long.
//!
//! This chooses timeouts and nothing else. What a statement really locks only PostgreSQL knows; where the words leave a
//! doubt, as with everything that calls functions, a step counts as one that takes strong locks, which waits for them in
//! short pieces.

use limbeck_sql::{Statement, TokenKind, statements, tokens};

/// The kind of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct StepKind {
    /// It may lock what is there so that others cannot write (`SHARE` or stronger): while it waits for such a lock,
    /// everybody who comes after waits behind it.
    pub(crate) strong_locks: bool,
    /// It is known to take as long as there are rows: builds, validations, rewrites, backfills.
    pub(crate) long_work: bool,
}

const STRONG: StepKind = StepKind {
    strong_locks: true,
    long_work: false,
};
const STRONG_AND_LONG: StepKind = StepKind {
    strong_locks: true,
    long_work: true,
};
const LONG: StepKind = StepKind {
    strong_locks: false,
    long_work: true,
};
const OTHER: StepKind = StepKind {
    strong_locks: false,
    long_work: false,
};

impl StepKind {
    fn and(self, other: Self) -> Self {
        Self {
            strong_locks: self.strong_locks || other.strong_locks,
            long_work: self.long_work || other.long_work,
        }
    }
}

/// The kind of a step with this SQL: all that its statements are.
pub(crate) fn step_kind(sql: &str) -> StepKind {
    statements(sql)
        .iter()
        .map(of_statement)
        .fold(OTHER, StepKind::and)
}

fn of_statement(statement: &Statement<'_>) -> StepKind {
    let words = words(statement.text);
    let words = Words(words.iter().map(String::as_str).collect());
    match words.0.as_slice() {
        ["CREATE", ..] => created(&words),
        ["ALTER", rest @ ..] => altered(rest, &words),
        ["DROP", "INDEX", "CONCURRENTLY", ..] => OTHER,
        ["DROP", kind, ..] if WITHOUT_ROWS.contains(kind) => OTHER,
        ["REINDEX" | "VACUUM", ..] if words.has("CONCURRENTLY") => LONG,
        ["VACUUM", ..] if !words.has("FULL") => LONG,
        ["REINDEX" | "VACUUM" | "CLUSTER" | "REFRESH", ..] => STRONG_AND_LONG,
        [
            "UPDATE" | "DELETE" | "MERGE" | "COPY" | "ANALYZE" | "ANALYSE" | "IMPORT",
            ..,
        ] => LONG,
        ["INSERT", ..] if words.has("SELECT") || words.has("TABLE") => LONG,
        // A query may call anything, which rows alone do not.
        ["WITH", ..]
            if ["INSERT", "UPDATE", "DELETE", "MERGE"]
                .iter()
                .any(|word| words.has(word)) =>
        {
            LONG
        }
        ["SELECT" | "WITH", ..] if words.has("INTO") => STRONG_AND_LONG,
        [
            "INSERT" | "COMMENT" | "GRANT" | "REVOKE" | "SECURITY" | "SET" | "RESET" | "SHOW" | "SAVEPOINT"
            | "RELEASE" | "ROLLBACK" | "NOTIFY" | "LISTEN" | "UNLISTEN" | "VALUES" | "PREPARE" | "DEALLOCATE"
            | "DISCARD" | "DECLARE" | "CLOSE" | "LOAD" | "CHECKPOINT",
            ..,
        ] => OTHER,
        // ALTER, TRUNCATE, LOCK, SELECT, DO, CALL, EXECUTE, and what comes with later versions.
        _ => STRONG,
    }
}

/// Kinds of objects that are made, altered and dropped without a lock on a table that is there.
const WITHOUT_ROWS: [&str; 24] = [
    "ACCESS",
    "AGGREGATE",
    "CAST",
    "COLLATION",
    "CONVERSION",
    "DATABASE",
    "DEFAULT",
    "FUNCTION",
    "GROUP",
    "LANGUAGE",
    "LARGE",
    "OPERATOR",
    "PROCEDURAL",
    "PROCEDURE",
    "PUBLICATION",
    "ROLE",
    "ROUTINE",
    "SERVER",
    "SUBSCRIPTION",
    "SYSTEM",
    "TEXT",
    "TRANSFORM",
    "TRUSTED",
    "USER",
];

fn created(words: &Words<'_>) -> StepKind {
    let replaces = words.follows("OR", "REPLACE");
    let kind = words.0.iter().skip(1).find(|word| {
        !matches!(
            **word,
            "OR" | "REPLACE"
                | "GLOBAL"
                | "LOCAL"
                | "TEMP"
                | "TEMPORARY"
                | "UNLOGGED"
                | "UNIQUE"
                | "RECURSIVE"
                | "CONSTRAINT"
        )
    });
    match *kind.unwrap_or(&"") {
        "INDEX" if words.has("CONCURRENTLY") => LONG,
        "INDEX" => STRONG_AND_LONG,
        "MATERIALIZED" => LONG,
        "TABLE" | "FOREIGN" => {
            let is_filled = ["SELECT", "WITH", "VALUES", "TABLE", "EXECUTE"]
                .iter()
                .any(|query| words.follows("AS", query));
            StepKind {
                strong_locks: words.has("REFERENCES") || words.follows("PARTITION", "OF"),
                long_work: is_filled,
            }
        }
        "VIEW" if !replaces => OTHER,
        "TYPE" | "DOMAIN" | "SCHEMA" | "SEQUENCE" | "STATISTICS" | "EXTENSION" => OTHER,
        kind if WITHOUT_ROWS.contains(&kind) => OTHER,
        _ => STRONG,
    }
}

/// `rest` is what follows `ALTER`.
fn altered(rest: &[&str], words: &Words<'_>) -> StepKind {
    match rest {
        ["TYPE", ..] if words.follows("ADD", "VALUE") || words.follows("RENAME", "VALUE") => OTHER,
        [kind, ..] if WITHOUT_ROWS.contains(kind) || *kind == "SCHEMA" => OTHER,
        _ => {
            let others = [
                "ADD", "ALTER", "DROP", "SET", "RENAME", "ATTACH", "DETACH", "ENABLE", "DISABLE",
            ];
            let validates = words.has("VALIDATE");
            // VALIDATE alone lets others write (but not that of a domain).
            let only_validates =
                validates && rest.first() == Some(&"TABLE") && !rest.iter().any(|word| others.contains(word));
            StepKind {
                strong_locks: !only_validates,
                long_work: validates || checks_rows(words) || rewrites(words),
            }
        }
    }
}

/// Whether rows are looked at: a constraint that is not put off, or an index that is built for it.
fn checks_rows(words: &Words<'_>) -> bool {
    let constrains = ["CHECK", "REFERENCES", "UNIQUE", "PRIMARY", "EXCLUDE"]
        .iter()
        .any(|word| words.has(word));
    let adds = words.has("ADD") && constrains;
    let is_put_off = words.follows("NOT", "VALID") || words.follows("USING", "INDEX");
    (adds && !is_put_off) || words.follows_all(&["SET", "NOT", "NULL"]) || words.has("ATTACH")
}

/// Whether rows may be written anew.
fn rewrites(words: &Words<'_>) -> bool {
    // The first ALTER is the statement's own.
    let retypes = words.has("TYPE") && words.0.iter().filter(|word| **word == "ALTER").count() > 1;
    let fills = words.has("ADD") && (words.has("DEFAULT") || words.has("GENERATED"));
    let moves = ["LOGGED", "UNLOGGED", "TABLESPACE", "ACCESS"]
        .iter()
        .any(|word| words.follows("SET", word));
    retypes || fills || moves
}

/// The unquoted words of a statement, in upper case and in order.
struct Words<'a>(Vec<&'a str>);

impl Words<'_> {
    fn has(&self, word: &str) -> bool {
        self.0.contains(&word)
    }

    fn follows(&self, first: &str, second: &str) -> bool {
        self.follows_all(&[first, second])
    }

    fn follows_all(&self, words: &[&str]) -> bool {
        self.0.windows(words.len()).any(|window| window == words)
    }
}

fn words(sql: &str) -> Vec<String> {
    tokens(sql)
        .iter()
        .filter(|token| token.kind == TokenKind::Word)
        .filter_map(|token| sql.get(token.range.clone()))
        .map(str::to_ascii_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn are(kind: StepKind, sqls: &[&str]) {
        for sql in sqls {
            assert_eq!(step_kind(sql), kind, "{sql}");
        }
    }

    #[test]
    fn strong_locks() {
        are(
            STRONG,
            &[
                "ALTER TABLE users ADD COLUMN a int",
                "alter table only \"Users\" drop column a",
                "ALTER TABLE users ADD CHECK (a > 0) NOT VALID",
                "ALTER TABLE users ADD CONSTRAINT k UNIQUE USING INDEX i",
                "ALTER TABLE users ADD FOREIGN KEY (a) REFERENCES b NOT VALID",
                "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
                "ALTER TABLE users ALTER a DROP NOT NULL",
                "ALTER INDEX i RENAME TO j",
                "ALTER SEQUENCE s AS bigint",
                "ALTER TYPE pair ADD ATTRIBUTE c int",
                "ALTER VIEW v OWNER TO ada",
                "ALTER POLICY p ON users USING (true)",
                "DROP TABLE users",
                "DROP INDEX i",
                "DROP VIEW v",
                "DROP TRIGGER t ON users",
                "DROP TYPE mood CASCADE",
                "DROP SCHEMA app CASCADE",
                "CREATE TRIGGER t AFTER INSERT ON users EXECUTE FUNCTION f()",
                "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON users EXECUTE FUNCTION f()",
                "CREATE OR REPLACE VIEW v AS SELECT 1",
                "CREATE POLICY p ON users",
                "CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING",
                "CREATE TABLE plans (owner bigint REFERENCES users)",
                "CREATE TABLE e1 PARTITION OF events FOR VALUES IN (1)",
                "TRUNCATE users",
                "LOCK TABLE users",
                "SELECT app.everything()",
                "DO $$ BEGIN UPDATE users SET a = 1; END $$",
                "CALL app.everything()",
                "SOMETHING new",
            ],
        );
    }

    #[test]
    fn strong_locks_and_long_work() {
        are(
            STRONG_AND_LONG,
            &[
                "CREATE INDEX i ON users (a)",
                "CREATE UNIQUE INDEX ON users (a)",
                "ALTER TABLE users ALTER COLUMN a TYPE bigint",
                "ALTER TABLE users ALTER a SET NOT NULL",
                "ALTER TABLE users ADD CHECK (a > 0)",
                "ALTER TABLE users ADD FOREIGN KEY (a) REFERENCES b",
                "ALTER TABLE users ADD PRIMARY KEY (id)",
                "ALTER TABLE users ADD id uuid DEFAULT gen_random_uuid()",
                "ALTER TABLE users SET UNLOGGED",
                "ALTER TABLE events ATTACH PARTITION e1 DEFAULT",
                "ALTER TABLE users VALIDATE CONSTRAINT k, DROP COLUMN a",
                "ALTER DOMAIN d VALIDATE CONSTRAINT k",
                "REFRESH MATERIALIZED VIEW v",
                "REINDEX TABLE users",
                "CLUSTER users",
                "VACUUM FULL users",
                "UPDATE users SET a = 1; ALTER TABLE users DROP b",
            ],
        );
    }

    #[test]
    fn long_work() {
        are(
            LONG,
            &[
                "UPDATE users SET a = 1",
                "DELETE FROM users",
                "INSERT INTO users SELECT * FROM old",
                "WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone",
                "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE",
                "ALTER TABLE users VALIDATE CONSTRAINT k",
                "CREATE INDEX CONCURRENTLY i ON users (a)",
                "REINDEX INDEX CONCURRENTLY i",
                "REINDEX (CONCURRENTLY) INDEX i",
                "VACUUM users",
                "ANALYZE",
                "CREATE MATERIALIZED VIEW v AS SELECT 1",
                "CREATE TABLE a AS SELECT 1",
                "CREATE TEMP TABLE a AS (SELECT 1)",
                "COPY a FROM '/tmp/a'",
            ],
        );
    }

    #[test]
    fn neither() {
        are(
            OTHER,
            &[
                "",
                "CREATE TABLE users (id int GENERATED ALWAYS AS IDENTITY, b int DEFAULT 1 CHECK (b > 0))",
                "CREATE SCHEMA app; CREATE TYPE mood AS ENUM ('a'); CREATE EXTENSION citext",
                "CREATE VIEW v AS SELECT 1",
                "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "ALTER TYPE mood ADD VALUE 'b'",
                "ALTER FUNCTION f() OWNER TO ada",
                "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ada",
                "DROP FUNCTION f()",
                "DROP INDEX CONCURRENTLY i",
                "INSERT INTO users VALUES (1), (2)",
                "COMMENT ON TABLE users IS 'a'",
                "GRANT SELECT ON users TO ada",
                "SET LOCAL work_mem = '8MB'",
                "-- ALTER TABLE users DROP a",
                "INSERT INTO log VALUES ('DROP TABLE users')",
            ],
        );
    }
}
