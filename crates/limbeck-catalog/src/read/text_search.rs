//! Text search dictionaries (`pg_ts_dict`) and configurations (`pg_ts_config`, `pg_ts_config_map`).

use std::collections::{BTreeMap, HashMap};

use limbeck_sql::{QualifiedName, TokenKind};
use tokio_postgres::types::Oid;

use super::ReadError;
use super::address::{Address, class};
use super::reader::Reader;
use crate::{Definition, Kind, ObjectId, TextSearchConfiguration, TextSearchDictionary};

const DICTIONARIES: &str = "
SELECT d.oid, d.dictnamespace, d.dictname, n.nspname, t.tmplname, d.dictinitoption
FROM pg_ts_dict d
     JOIN pg_ts_template t ON t.oid = d.dicttemplate
     JOIN pg_namespace n ON n.oid = t.tmplnamespace
WHERE d.dictnamespace = ANY ($1)";

const CONFIGURATIONS: &str = "
SELECT c.oid, c.cfgnamespace, c.cfgname, n.nspname, p.prsname
FROM pg_ts_config c
     JOIN pg_ts_parser p ON p.oid = c.cfgparser
     JOIN pg_namespace n ON n.oid = p.prsnamespace
WHERE c.cfgnamespace = ANY ($1)";

/// The dictionaries of each type of token, in order.
const MAPPINGS: &str = "
SELECT c.oid, t.alias, n.nspname, d.dictname
FROM pg_ts_config c
     CROSS JOIN LATERAL ts_token_type(c.cfgparser) AS t
     JOIN pg_ts_config_map m ON m.mapcfg = c.oid AND m.maptokentype = t.tokid
     JOIN pg_ts_dict d ON d.oid = m.mapdict
     JOIN pg_namespace n ON n.oid = d.dictnamespace
WHERE c.cfgnamespace = ANY ($1)
ORDER BY c.oid, t.tokid, m.mapseqno";

/// Reads all dictionaries and configurations.
pub(super) async fn read(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut rows = reader.rows("text search dictionaries", DICTIONARIES).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        if reader.is_member(class::TS_DICT, oid) {
            continue;
        }
        let id = ObjectId::in_schema(Kind::TextSearchDictionary, name.schema, name.name);
        let template = QualifiedName {
            schema: row.take()?,
            name: row.take()?,
        };
        let options: Option<String> = row.take()?;
        let definition = Definition::TextSearchDictionary(TextSearchDictionary {
            template,
            options: options.as_deref().map(parse_options).unwrap_or_default(),
        });
        reader.insert_in_schema(Address::whole(class::TS_DICT, oid), schema, &id, definition);
    }
    read_configurations(reader).await
}

async fn read_configurations(reader: &mut Reader<'_>) -> Result<(), ReadError> {
    let mut mappings: HashMap<Oid, BTreeMap<String, Vec<QualifiedName>>> = HashMap::new();
    let mut rows = reader.rows("text search mappings", MAPPINGS).await?;
    while let Some(mut row) = rows.next().await? {
        let of_configuration = mappings.entry(row.take()?).or_default();
        let dictionaries = of_configuration.entry(row.take()?).or_default();
        dictionaries.push(QualifiedName {
            schema: row.take()?,
            name: row.take()?,
        });
    }
    let mut rows = reader.rows("text search configurations", CONFIGURATIONS).await?;
    while let Some(mut row) = rows.next().await? {
        let oid: Oid = row.take()?;
        let schema: Oid = row.take()?;
        let name: String = row.take()?;
        let Some(name) = reader.qualified_name(schema, &name) else {
            continue;
        };
        if reader.is_member(class::TS_CONFIG, oid) {
            continue;
        }
        let id = ObjectId::in_schema(Kind::TextSearchConfiguration, name.schema, name.name);
        let definition = Definition::TextSearchConfiguration(TextSearchConfiguration {
            parser: QualifiedName {
                schema: row.take()?,
                name: row.take()?,
            },
            mappings: mappings.remove(&oid).unwrap_or_default(),
        });
        reader.insert_in_schema(Address::whole(class::TS_CONFIG, oid), schema, &id, definition);
    }
    Ok(())
}

/// The options of a dictionary, which PostgreSQL keeps as the text `language = 'english', accept = 'true'`: values as
/// they stand, names as they are quoted.
fn parse_options(text: &str) -> BTreeMap<String, String> {
    let mut options = BTreeMap::new();
    let mut name: Option<&str> = None;
    let mut value = String::new();
    for token in limbeck_sql::tokens(text) {
        let Some(piece) = text.get(token.range) else {
            continue;
        };
        match token.kind {
            TokenKind::Whitespace => {}
            _ if piece == "," => {
                if let Some(name) = name.take() {
                    options.insert(name.to_owned(), std::mem::take(&mut value));
                }
            }
            _ if name.is_none() => name = Some(piece),
            _ if piece == "=" && value.is_empty() => {}
            _ => value.push_str(piece),
        }
    }
    if let Some(name) = name {
        options.insert(name.to_owned(), value);
    }
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_told_apart() {
        let options =
            parse_options(r#"language = 'eng, lish', "Accept" = 'it''s', file = E'a\\b', number = -1.5"#);
        let expected = [
            ("\"Accept\"", "'it''s'"),
            ("file", r"E'a\\b'"),
            ("language", "'eng, lish'"),
            ("number", "-1.5"),
        ];
        assert_eq!(
            options,
            expected
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into()
        );
    }
}
