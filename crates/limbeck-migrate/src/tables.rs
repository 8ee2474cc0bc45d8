//! Limbeck's own tables: their names and how they are made.
//!
//! Their shape is the same in every database that any release of Limbeck has written to. A later shape is another
//! [`FORMAT`], and the older one is migrated.

use limbeck_postgres::DatabaseError;
use limbeck_sql::{quote_identifier, quote_literal};

use crate::sql::block;

/// The format of the own tables that this release writes, kept in `meta`.
pub const FORMAT: i32 = 1;

/// The own tables, in the order in which they are made.
pub(crate) const TABLES: [&str; 6] = ["meta", "head", "lease", "revision", "step", "event"];

/// The own tables of one schema, and one scope within them.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    schema: String,
    scope: String,
}

impl Tables {
    pub(crate) fn new(version_schema: &str, scope: &str) -> Self {
        Self {
            schema: version_schema.to_owned(),
            scope: scope.to_owned(),
        }
    }

    /// The schema's name, unquoted.
    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    /// A table's name for use in SQL: qualified, and quoted where needed.
    pub(crate) fn name(&self, table: &str) -> String {
        format!("{}.{table}", quote_identifier(&self.schema))
    }

    /// The scope as a literal.
    pub(crate) fn scope(&self) -> String {
        quote_literal(&self.scope)
    }

    /// The key of the session's advisory lock, as SQL: the same for every runner of this schema and scope. Advisory
    /// locks belong to one database anyway.
    pub(crate) fn advisory_key(&self) -> String {
        let text = quote_literal(&format!("limbeck {} {}", self.schema, self.scope));
        format!("pg_catalog.hashtextextended({text}, 0)")
    }

    /// One statement that makes the tables where they are missing, and does nothing where they are there.
    ///
    /// Of two makers at once, one fails: with 23505 (both write to `pg_namespace` or `pg_type`), 42P06 (the schema),
    /// 42P07 (a table) or 42710 (a table's row type). A schema that exists is not created again, for that takes the
    /// right to create schemas even with `IF NOT EXISTS`.
    pub(crate) fn create(&self) -> String {
        let schema = quote_identifier(&self.schema);
        let text = quote_literal(&schema);
        let body = format!(
            "BEGIN
  IF pg_catalog.to_regclass({meta}) IS NULL THEN
    IF pg_catalog.to_regnamespace({text}) IS NULL THEN
      CREATE SCHEMA {schema};
    END IF;
{tables}
    INSERT INTO {schema}.meta (format) VALUES ({FORMAT});
    INSERT INTO {schema}.lease (scope, token) VALUES ({scope}, 0);
  END IF;
END",
            meta = quote_literal(&format!("{schema}.meta")),
            tables = self.definitions().join("\n"),
            scope = self.scope(),
        );
        format!("DO {}", block(&body))
    }

    /// Whether an error of [`create`](Self::create) says that another maker came first.
    pub(crate) fn is_made_by_another(error: &DatabaseError) -> bool {
        // unique_violation, duplicate_schema, duplicate_table, duplicate_object.
        matches!(error.sqlstate(), Some("23505" | "42P06" | "42P07" | "42710"))
    }

    fn definitions(&self) -> [String; 6] {
        let schema = quote_identifier(&self.schema);
        [
            format!("    CREATE TABLE {schema}.meta (format integer PRIMARY KEY);"),
            format!(
                "    CREATE TABLE {schema}.head (
      scope text NOT NULL,
      revision text NOT NULL,
      PRIMARY KEY (scope, revision)
    );"
            ),
            // The token is part of the key, so that `FOR KEY SHARE` on it bars a take-over, which changes it, and
            // lets the heartbeat pass, which does not.
            format!(
                "    CREATE TABLE {schema}.lease (
      scope text NOT NULL UNIQUE,
      token bigint NOT NULL,
      owner text,
      pid integer,
      backend_start timestamptz,
      heartbeat_at timestamptz,
      expires_at timestamptz,
      PRIMARY KEY (scope, token)
    );"
            ),
            format!(
                "    CREATE TABLE {schema}.revision (
      scope text NOT NULL,
      id text NOT NULL,
      parents text[] NOT NULL,
      depends_on text[] NOT NULL,
      labels text[] NOT NULL,
      replaces text[] NOT NULL,
      message text NOT NULL,
      file_name text NOT NULL,
      checksum text NOT NULL,
      format integer NOT NULL,
      body text NOT NULL,
      origin text NOT NULL CHECK (origin IN ('applied', 'stamped', 'imported')),
      origin_detail jsonb,
      applied_at timestamptz NOT NULL,
      PRIMARY KEY (scope, id)
    );"
            ),
            format!(
                "    CREATE TABLE {schema}.step (
      scope text NOT NULL,
      revision text NOT NULL,
      direction text NOT NULL CHECK (direction IN ('up', 'down')),
      n integer NOT NULL,
      name text NOT NULL,
      sql_hash text NOT NULL,
      state text NOT NULL,
      attempt integer NOT NULL,
      token bigint NOT NULL,
      pid integer,
      backend_start timestamptz,
      before jsonb,
      cursor jsonb,
      started_at timestamptz NOT NULL,
      finished_at timestamptz,
      PRIMARY KEY (scope, revision, direction, n)
    );"
            ),
            format!(
                "    CREATE TABLE {schema}.event (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      scope text NOT NULL,
      at timestamptz NOT NULL,
      kind text NOT NULL,
      revision text,
      step integer,
      direction text,
      database_user text NOT NULL,
      os_user text,
      host text,
      application text NOT NULL,
      version text NOT NULL,
      duration interval,
      outcome text NOT NULL,
      sqlstate text,
      detail jsonb
    );"
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_needed() {
        assert_eq!(Tables::new("limbeck", "main").name("head"), "limbeck.head");
        assert_eq!(
            Tables::new("My Tables", "main").name("head"),
            "\"My Tables\".head"
        );
        assert_eq!(Tables::new("limbeck", "it's").scope(), "'it''s'");
    }

    #[test]
    fn scopes_and_schemas_have_locks_of_their_own() {
        assert_ne!(
            Tables::new("a", "main").advisory_key(),
            Tables::new("b", "main").advisory_key()
        );
        assert_ne!(
            Tables::new("a", "main").advisory_key(),
            Tables::new("a", "other").advisory_key()
        );
    }

    #[test]
    fn every_table_is_made_once() {
        let sql = Tables::new("limbeck", "main").create();
        for table in TABLES {
            assert_eq!(
                sql.matches(&format!("CREATE TABLE limbeck.{table} (")).count(),
                1,
                "{table}"
            );
        }
        assert_eq!(limbeck_sql::statements(&sql).len(), 1);
    }

    #[test]
    fn the_shape_is_fixed() {
        insta::assert_snapshot!(Tables::new("limbeck", "main").create());
    }
}
