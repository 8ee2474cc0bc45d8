//! Structs over views, held against the views that the declared statements made.

use std::collections::BTreeMap;

use limbeck_model::source::{DeclaredView, is_same_type};
use limbeck_postgres::Session;
use limbeck_sql::QualifiedName;

use crate::config::{listed, nearest};
use crate::declared::Place;
use crate::generate::ViewColumns;
use crate::{Diagnostic, Error, Failure, error};

/// A struct over a view, and where what it says stands.
#[derive(Debug)]
pub(crate) struct ViewStruct {
    pub(crate) view: DeclaredView,
    /// The view's name.
    pub(crate) name: Place,
    /// The field and the type of each column, in order.
    pub(crate) columns: Vec<(Place, Place)>,
}

/// A relation and its columns, each with its type, and what that is over where it is a domain.
#[derive(Default)]
struct Relation {
    is_view: bool,
    columns: BTreeMap<String, (String, Option<String>)>,
}

/// Holds structs against the views of a database on which all was run that is declared, and what revisions made by hand.
pub(crate) async fn check(session: &Session, views: &[ViewStruct]) -> Result<(), Error> {
    compare(session, views, true).await
}

/// Holds structs against the views of a database on which what is declared was run, and nothing else. A view that is not
/// there may be one that a revision made by hand.
pub(crate) async fn check_declared(session: &Session, views: &[ViewStruct]) -> Result<(), Error> {
    compare(session, views, false).await
}

async fn compare(session: &Session, views: &[ViewStruct], are_all_there: bool) -> Result<(), Error> {
    if views.is_empty() {
        return Ok(());
    }
    let relations = relations(session).await?;
    let mut diagnostics = Vec::new();
    for one in views {
        let name = &one.view.name;
        match relations.get(name) {
            Some(relation) if relation.is_view => diagnostics.extend(differences(one, relation)),
            Some(_) => {
                let diagnostic = Diagnostic::new(format!("`{name}` is a table, and no view"));
                diagnostics.push(
                    diagnostic
                        .at(one.name.snippet("", None, ""))
                        .hint("a struct that is a table derives `Table`"),
                );
            }
            None if !are_all_there => {}
            None => {
                let diagnostic = Diagnostic::new(format!("there is no view `{name}`"));
                let known = relations.iter().filter(|(_, relation)| relation.is_view);
                let known: Vec<String> = known.map(|(name, _)| name.to_string()).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let hint = match nearest(&name.to_string(), &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "a view stands in a `.sql` file: `CREATE VIEW … AS SELECT …`".to_owned(),
                };
                diagnostics.push(diagnostic.at(one.name.snippet("", None, "")).hint(hint));
            }
        }
    }
    if diagnostics.is_empty() {
        return Ok(());
    }
    Err(Error::several(Failure::Usage, diagnostics))
}

/// The fields that read what the view does not have, or has otherwise. Whether a value may be NULL, nobody knows of a
/// view; other columns than the struct's are fine.
fn differences(one: &ViewStruct, relation: &Relation) -> Vec<Diagnostic> {
    let name = &one.view.name;
    let columns = one.view.columns.iter().zip(&one.columns);
    columns
        .filter_map(|(column, (field, data_type))| {
            let Some((found, base)) = relation.columns.get(&column.name) else {
                let message = format!("the view `{name}` has no column `{}`", column.name);
                let known: Vec<&str> = relation.columns.keys().map(String::as_str).collect();
                let hint = match nearest(&column.name, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("its columns are {}", listed(&known)),
                };
                return Some(
                    Diagnostic::new(message)
                        .at(field.snippet("", None, ""))
                        .hint(hint),
                );
            };
            let means = &column.data_type;
            let is_same =
                is_same_type(means, found) || base.as_ref().is_some_and(|base| is_same_type(means, base));
            (!is_same).then(|| {
                let message = format!(
                    "the field `{}` means `{means}`, and the column `{}` of the view `{name}` is `{found}`",
                    column.field, column.name
                );
                Diagnostic::new(message)
                    .at(data_type.snippet("", None, ""))
                    .hint("change the field's type, or cast in the view's query")
            })
        })
        .collect()
}

/// The columns of all views, in order, with their types as the catalogue has them.
pub(crate) async fn columns(session: &Session) -> Result<ViewColumns, Error> {
    let query = "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod) \
                 FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 WHERE c.relkind IN ('v', 'm') \
                 AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') \
                 ORDER BY 1, 2, a.attnum";
    session
        .execute("SET search_path = pg_catalog")
        .await
        .map_err(error::from_database)?;
    let rows = session.query_text(query).await.map_err(error::from_database)?;
    let mut columns = ViewColumns::new();
    for row in rows {
        let mut values = row.into_iter().flatten();
        let mut next = || values.next();
        if let (Some(schema), Some(name), Some(column), Some(data_type)) = (next(), next(), next(), next()) {
            let own = columns.entry(QualifiedName::new(schema, name)).or_default();
            own.push((column, data_type));
        }
    }
    Ok(columns)
}

/// Tables and views with their columns.
async fn relations(session: &Session) -> Result<BTreeMap<QualifiedName, Relation>, Error> {
    let query = "SELECT n.nspname, c.relname, c.relkind IN ('v', 'm'), a.attname, format_type(a.atttypid, a.atttypmod), \
                 CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END \
                 FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid \
                 WHERE c.relkind IN ('v', 'm', 'r', 'p', 'f') \
                 AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";
    let rows = session.query_text(query).await.map_err(error::from_database)?;
    let mut relations: BTreeMap<QualifiedName, Relation> = BTreeMap::new();
    for row in rows {
        let mut values = row.into_iter();
        let mut next = || values.next().flatten();
        let (Some(schema), Some(name)) = (next(), next()) else {
            continue;
        };
        let relation = relations.entry(QualifiedName::new(schema, name)).or_default();
        relation.is_view = matches!(next().as_deref(), Some("t" | "true"));
        if let (Some(column), Some(data_type)) = (next(), next()) {
            relation.columns.insert(column, (data_type, next()));
        }
    }
    Ok(relations)
}
