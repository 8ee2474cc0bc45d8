//! What a round leaves in its database, as text.

use std::fmt::Write as _;

use limbeck_postgres::Session;

/// What is the same after one runner alone: the catalogue, the rows, the applied state.
const END: [(&str, &str); 7] = [
    (
        "columns",
        "SELECT c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, c.relispartition
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') ORDER BY 1, a.attnum",
    ),
    (
        "indexes",
        "SELECT indexrelid::regclass, indisvalid, indisready, pg_get_indexdef(indexrelid)
           FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
          WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname",
    ),
    (
        "labels",
        "SELECT enumtypid::regtype, enumlabel FROM pg_enum ORDER BY enumtypid::regtype::text, enumsortorder",
    ),
    ("views", "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1"),
    ("heads", "SELECT scope, revision FROM limbeck.head ORDER BY 1, 2"),
    ("revisions", "SELECT scope, id, checksum, origin FROM limbeck.revision ORDER BY 1, 2"),
    (
        "steps",
        "SELECT revision, direction, n, name, sql_hash, state FROM limbeck.step ORDER BY 1, 3, 2",
    ),
];

/// What is the same after a round as after one runner alone.
pub async fn end(session: &Session) -> String {
    let mut text = String::new();
    for (name, query) in END {
        let _ = writeln!(text, "[{name}]\n{}", rows(session, query).await.join("\n"));
    }
    let relations = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'v') AND relname <> 'applied' ORDER BY 1";
    for relation in rows(session, relations).await {
        let hash =
            format!("SELECT count(*), md5(string_agg(r::text, ';' ORDER BY r::text)) FROM {relation} AS r");
        let _ = writeln!(
            text,
            "[rows of {relation}] {}",
            rows(session, &hash).await.join("")
        );
    }
    text
}

/// The rows of a query as lines.
pub async fn rows(session: &Session, query: &str) -> Vec<String> {
    let rows = session.query_text(query).await.unwrap();
    rows.into_iter()
        .map(|row| {
            let values = row
                .into_iter()
                .map(|value| value.unwrap_or_else(|| "-".to_owned()));
            values.collect::<Vec<_>>().join("|")
        })
        .collect()
}
