//! What `alembic upgrade --sql` and `alembic downgrade --sql` print: the SQL of each revision.

use limbeck_sql::{TokenKind, statements, tokens};

/// The SQL of revisions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Blocks {
    /// The revision and its SQL, in the order in which they run. What Alembic writes into its own table is left out.
    pub(super) blocks: Vec<(String, String)>,
    /// Alembic's own table, as its SQL writes it.
    pub(super) table: Option<String>,
}

impl Blocks {
    /// Reads a script. `verb` is `upgrade` or `downgrade`; `table` is known from elsewhere in a script that does not make
    /// it.
    pub(super) fn read(text: &str, verb: &str, table: Option<&str>) -> Self {
        let text = &text.replace("\r\n", "\n");
        let prefix = format!("-- Running {verb} ");
        // Only what stands outside quotes counts.
        let markers: Vec<_> = tokens(text)
            .into_iter()
            .filter(|token| token.kind == TokenKind::LineComment)
            .filter_map(|token| {
                let line = text.get(token.range.clone())?.strip_prefix(prefix.as_str())?;
                let (from, to) = line.split_once("->")?;
                let revision = if verb == "upgrade" { to } else { from };
                Some((revision.trim().to_owned(), token.range))
            })
            .collect();
        let head = text.get(..markers.first().map_or(0, |(_, range)| range.start));
        let table = table.map(str::to_owned).or_else(|| version_table(head?));
        let blocks = markers
            .iter()
            .enumerate()
            .map(|(n, (revision, range))| {
                let end = markers.get(n + 1).map_or(text.len(), |(_, next)| next.start);
                let sql = text.get(range.end..end).unwrap_or_default();
                (revision.clone(), without_bookkeeping(sql, table.as_deref()))
            })
            .collect();
        Self { blocks, table }
    }
}

/// The table that a script makes before the first revision.
fn version_table(head: &str) -> Option<String> {
    statements(head).into_iter().find_map(|statement| {
        let rest = statement.text.strip_prefix("CREATE TABLE ")?;
        let (name, columns) = rest.split_once(" (")?;
        columns.contains("version_num").then(|| name.to_owned())
    })
}

/// SQL without what is written into Alembic's own table.
fn without_bookkeeping(sql: &str, table: Option<&str>) -> String {
    let Some(table) = table else {
        return sql.trim().to_owned();
    };
    let own = [
        format!("INSERT INTO {table} (version_num)"),
        format!("UPDATE {table} SET version_num"),
        format!("DELETE FROM {table} WHERE {table}.version_num"),
        format!("DROP TABLE {table}"),
    ];
    let mut kept = String::new();
    let mut from = 0;
    for statement in statements(sql) {
        let is_own = own
            .iter()
            .any(|prefix| statement.text.starts_with(prefix.as_str()));
        if is_own {
            kept.push_str(
                sql.get(from..statement.range.start)
                    .unwrap_or_default()
                    .trim_end(),
            );
            let rest = sql.get(statement.range.end..).unwrap_or_default();
            from = statement.range.end + usize::from(rest.starts_with(';'));
        }
    }
    kept.push_str(sql.get(from..).unwrap_or_default());
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Alembic 1.20 prints it.
    const SCRIPT: &str = "BEGIN;

CREATE TABLE audit.alembic_version (
    version_num VARCHAR(32) NOT NULL, 
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

-- Running upgrade  -> aaa1

CREATE TABLE a (
    id SERIAL NOT NULL
);

INSERT INTO a VALUES ('-- Running upgrade x -> y');

INSERT INTO audit.alembic_version (version_num) VALUES ('aaa1') RETURNING audit.alembic_version.version_num;

-- Running upgrade aaa1 -> bbb2

COMMIT;

CREATE INDEX CONCURRENTLY ix ON a (id);

BEGIN;

UPDATE audit.alembic_version SET version_num='bbb2' WHERE audit.alembic_version.version_num = 'aaa1';

-- Running upgrade aaa1, bbb2 -> ccc3

DELETE FROM audit.alembic_version WHERE audit.alembic_version.version_num = 'aaa1';

UPDATE audit.alembic_version SET version_num='ccc3' WHERE audit.alembic_version.version_num = 'bbb2';

COMMIT;
";

    #[test]
    fn each_revision_has_its_sql() {
        let blocks = Blocks::read(SCRIPT, "upgrade", None);
        assert_eq!(blocks.table.as_deref(), Some("audit.alembic_version"));
        let told: Vec<(&str, &str)> = blocks
            .blocks
            .iter()
            .map(|(id, sql)| (id.as_str(), sql.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "aaa1",
                    "CREATE TABLE a (\n    id SERIAL NOT NULL\n);\n\nINSERT INTO a VALUES ('-- Running upgrade x -> y');"
                ),
                (
                    "bbb2",
                    "COMMIT;\n\nCREATE INDEX CONCURRENTLY ix ON a (id);\n\nBEGIN;"
                ),
                ("ccc3", "COMMIT;"),
            ]
        );
    }

    #[test]
    fn a_way_down_is_that_of_the_revision_that_is_left() {
        let script = "BEGIN;\n\n-- Running downgrade bbb2 -> aaa1\n\nDROP TABLE b;\n\nUPDATE v SET version_num='aaa1' WHERE \
                      v.version_num = 'bbb2';\n\n-- Running downgrade aaa1 -> \n\nDROP TABLE a;\n\nDELETE FROM v WHERE \
                      v.version_num = 'aaa1';\n\nDROP TABLE v;\n\nCOMMIT;\n";
        let blocks = Blocks::read(script, "downgrade", Some("v")).blocks;
        let own = str::to_owned;
        assert_eq!(
            blocks,
            [
                (own("bbb2"), own("DROP TABLE b;")),
                (own("aaa1"), own("DROP TABLE a;\n\nCOMMIT;"))
            ]
        );
        assert_eq!(Blocks::read("", "downgrade", None), Blocks::default());
    }
}
