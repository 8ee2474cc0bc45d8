//! Pieces of SQL that several kinds share.

use std::collections::BTreeMap;

use limbeck_catalog::{
    Column, Constraint, ConstraintIndex, ConstraintKind, Deferrable, Definition, ForeignKey, GeneratedKind,
    Identity, IdentityKind, IndexKey, KeyConstraint, Kind, MatchType, ObjectId, ReferentialAction,
    ReplicaIdentity,
};
use limbeck_sql::{QualifiedName, quote_identifier, quote_literal};

use crate::grant::grantee;
use crate::kinds::{foreign, sequence_options};

/// A list of identifiers: `id, "Name"`.
pub(crate) fn identifiers(names: &[String]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| quote_identifier(name)).collect();
    quoted.join(", ")
}

/// A name as SQL, without the schema that every path contains.
pub(crate) fn name(name: &QualifiedName) -> String {
    if name.schema == "pg_catalog" {
        quote_identifier(&name.name).into_owned()
    } else {
        name.to_string()
    }
}

/// The relation that an object lies in, as SQL: `public.users`.
pub(crate) fn relation(id: &ObjectId) -> String {
    id.qualified_name()
        .map(|name| name.to_string())
        .unwrap_or_default()
}

/// The table that a column lies in, as `ALTER TABLE` names it: with its children, or alone.
pub(crate) fn table_of_column(id: &ObjectId, alone: bool) -> String {
    let only = if alone { "ONLY " } else { "" };
    format!("{only}{}", relation(id))
}

/// An expression in the parentheses that SQL demands around it, not doubled where it comes with some.
pub(crate) fn parenthesised(expression: &str) -> String {
    if is_parenthesised(expression) {
        expression.to_owned()
    } else {
        format!("({expression})")
    }
}

/// An expression without the parentheses that it has twice: PostgreSQL prints `((a + b))` for a key of an index.
pub(crate) fn singly_parenthesised(expression: &str) -> &str {
    let within = expression
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .filter(|within| is_parenthesised(expression) && is_parenthesised(within));
    within.map_or(expression, singly_parenthesised)
}

/// Whether the first character opens a parenthesis that the last one closes. The text is one that PostgreSQL has
/// printed: a quote inside a literal or an identifier is always doubled.
fn is_parenthesised(expression: &str) -> bool {
    let mut depth = 0_usize;
    let mut quote = None;
    for (position, character) in expression.char_indices() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 && position + 1 < expression.len() {
                    return false;
                }
            }
            (None, _) if depth == 0 => return false,
            (None, _) => {}
        }
    }
    depth == 0 && quote.is_none() && !expression.is_empty()
}

/// A column as `CREATE TABLE` and `ADD COLUMN` take it, with its `NOT NULL` unless it gets that otherwise or later.
pub(crate) fn column(id: &ObjectId, column: &Column, with_default: bool, not_null: Option<&str>) -> String {
    format!(
        "{} {}{}",
        quote_identifier(id.name()),
        column_type(column),
        column_options(id, column, with_default, not_null)
    )
}

/// What follows the type of a column, where anything does: ` NOT NULL DEFAULT 1`.
pub(crate) fn column_options(
    id: &ObjectId,
    column: &Column,
    with_default: bool,
    not_null: Option<&str>,
) -> String {
    let mut text = String::new();
    if let Some(generated) = &column.generated {
        let kind = match generated.kind {
            GeneratedKind::Stored => "STORED",
            GeneratedKind::Virtual => "VIRTUAL",
        };
        let expression = parenthesised(&generated.expression);
        text.push_str(&format!(" GENERATED ALWAYS AS {expression} {kind}"));
    }
    if let Some(identity) = &column.identity {
        text.push_str(&format!(" {}", identity_clause(id, identity, &column.data_type)));
    }
    if let Some(not_null) = not_null {
        text.push_str(&format!(" {not_null}"));
    }
    if with_default && let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    text
}

/// A column's type with its collation.
pub(crate) fn column_type(column: &Column) -> String {
    let options = foreign::options(&column.settings.foreign_options);
    match &column.collation {
        Some(collation) => format!("{}{options} COLLATE {}", column.data_type, name(collation)),
        None => format!("{}{options}", column.data_type),
    }
}

/// `GENERATED ALWAYS AS IDENTITY (…)`.
pub(crate) fn identity_clause(column: &ObjectId, identity: &Identity, data_type: &str) -> String {
    let kind = identity_kind(identity.kind);
    let mut clauses = Vec::new();
    if !has_default_sequence_name(column, &identity.sequence) {
        clauses.push(format!("SEQUENCE NAME {}", identity.sequence));
    }
    clauses.extend(sequence_options::create(&identity.options, data_type));
    if clauses.is_empty() {
        format!("GENERATED {kind} AS IDENTITY")
    } else {
        format!("GENERATED {kind} AS IDENTITY ({})", clauses.join(" "))
    }
}

/// `ALWAYS` or `BY DEFAULT`.
pub(crate) fn identity_kind(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Always => "ALWAYS",
        IdentityKind::ByDefault => "BY DEFAULT",
    }
}

/// Whether PostgreSQL gives this name to the sequence of the column by itself, as long as the name is free.
fn has_default_sequence_name(column: &ObjectId, sequence: &QualifiedName) -> bool {
    let [schema, table, name] = column.path.as_slice() else {
        return false;
    };
    sequence.schema == *schema
        && sequence.name == limbeck_sql::default_name::sequence(table, name, &|_| false)
}

/// A constraint as `CREATE TABLE` and `ADD` take it: `CONSTRAINT users_pkey PRIMARY KEY (id)`.
pub(crate) fn constraint(id: &ObjectId, constraint: &Constraint) -> String {
    let mut text = format!("CONSTRAINT {} ", quote_identifier(id.name()));
    match &constraint.definition {
        ConstraintKind::PrimaryKey(key) => {
            text.push_str(&format!("PRIMARY KEY ({})", key_columns(key)));
            push_include(&mut text, &key.include);
            push_index(&mut text, &key.index);
        }
        ConstraintKind::Unique(key) => {
            let nulls = if key.nulls_not_distinct {
                " NULLS NOT DISTINCT"
            } else {
                ""
            };
            text.push_str(&format!("UNIQUE{nulls} ({})", key_columns(key)));
            push_include(&mut text, &key.include);
            push_index(&mut text, &key.index);
        }
        ConstraintKind::Check(check) => {
            text.push_str(&format!("CHECK {}", parenthesised(&check.expression)));
            if check.no_inherit {
                text.push_str(" NO INHERIT");
            }
        }
        ConstraintKind::ForeignKey(key) => text.push_str(&foreign_key(key)),
        ConstraintKind::Exclusion(exclusion) => {
            let elements: Vec<String> = exclusion
                .keys
                .iter()
                .zip(&exclusion.operators)
                .map(|(key, operator)| format!("{} WITH {operator}", index_key(key)))
                .collect();
            text.push_str(&format!(
                "EXCLUDE USING {} ({})",
                quote_identifier(&exclusion.method),
                elements.join(", ")
            ));
            push_include(&mut text, &exclusion.include);
            push_index(&mut text, &exclusion.index);
            if let Some(predicate) = &exclusion.predicate {
                text.push_str(&format!(" WHERE {}", parenthesised(predicate)));
            }
        }
        // A kind that this version of the catalogue does not have.
        _ => {}
    }
    push_state(&mut text, constraint);
    text
}

/// A key as `ADD` takes it, made of an index that is there: `CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_id`.
pub(crate) fn constraint_using_index(id: &ObjectId, constraint: &Constraint, index: &str) -> String {
    let kind = match &constraint.definition {
        ConstraintKind::PrimaryKey(_) => "PRIMARY KEY",
        _ => "UNIQUE",
    };
    let mut text = format!(
        "CONSTRAINT {} {kind} USING INDEX {}",
        quote_identifier(id.name()),
        quote_identifier(index)
    );
    push_state(&mut text, constraint);
    text
}

/// Appends when a constraint is checked, and whether at all.
fn push_state(text: &mut String, constraint: &Constraint) {
    text.push_str(match constraint.deferrable {
        Deferrable::No => "",
        Deferrable::InitiallyImmediate => " DEFERRABLE",
        Deferrable::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    });
    if !constraint.enforced {
        text.push_str(" NOT ENFORCED");
    } else if !constraint.validated {
        text.push_str(" NOT VALID");
    }
}

/// The columns of a key: `room, during WITHOUT OVERLAPS`.
fn key_columns(key: &KeyConstraint) -> String {
    let without = if key.without_overlaps {
        " WITHOUT OVERLAPS"
    } else {
        ""
    };
    format!("{}{without}", identifiers(&key.columns))
}

/// Appends how and where the index behind a constraint is stored.
fn push_index(text: &mut String, index: &ConstraintIndex) {
    push_storage(text, &index.settings.options);
    if let Some(tablespace) = &index.settings.tablespace {
        text.push_str(&format!(
            " USING INDEX TABLESPACE {}",
            quote_identifier(tablespace)
        ));
    }
}

/// Appends `TABLESPACE …`.
pub(crate) fn push_tablespace(text: &mut String, tablespace: Option<&String>) {
    if let Some(tablespace) = tablespace {
        text.push_str(&format!(" TABLESPACE {}", quote_identifier(tablespace)));
    }
}

/// `REPLICA IDENTITY FULL`; `None` where an index says it.
pub(crate) fn set_replica_identity(identity: ReplicaIdentity) -> Option<&'static str> {
    match identity {
        ReplicaIdentity::Default => Some("REPLICA IDENTITY DEFAULT"),
        ReplicaIdentity::Full => Some("REPLICA IDENTITY FULL"),
        ReplicaIdentity::Nothing => Some("REPLICA IDENTITY NOTHING"),
        ReplicaIdentity::Index => None,
    }
}

/// `SET TABLESPACE …`. A database's own tablespace is taken to be `pg_default`.
pub(crate) fn set_tablespace(tablespace: Option<&str>) -> String {
    format!(
        "SET TABLESPACE {}",
        quote_identifier(tablespace.unwrap_or("pg_default"))
    )
}

/// `SET ACCESS METHOD …`.
pub(crate) fn set_access_method(access_method: Option<&str>) -> String {
    format!(
        "SET ACCESS METHOD {}",
        quote_identifier(access_method.unwrap_or("heap"))
    )
}

/// The text of a comment, or `NULL`.
pub(crate) fn comment(comment: Option<&str>) -> String {
    comment.map_or_else(|| "NULL".to_owned(), quote_literal)
}

/// `FOREIGN KEY (…) REFERENCES …` with its actions.
fn foreign_key(key: &ForeignKey) -> String {
    let mut text = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        with_period(&key.columns, key.period),
        key.references,
        with_period(&key.referenced_columns, key.period)
    );
    if key.match_type == MatchType::Full {
        text.push_str(" MATCH FULL");
    }
    if key.on_update != ReferentialAction::NoAction {
        text.push_str(&format!(" ON UPDATE {}", referential_action(key.on_update)));
    }
    if key.on_delete != ReferentialAction::NoAction {
        text.push_str(&format!(" ON DELETE {}", referential_action(key.on_delete)));
        if !key.on_delete_columns.is_empty() {
            text.push_str(&format!(" ({})", identifiers(&key.on_delete_columns)));
        }
    }
    text
}

/// The columns of a foreign key: `room, PERIOD during`.
fn with_period(columns: &[String], period: bool) -> String {
    match columns.split_last() {
        Some((last, [])) if period => format!("PERIOD {}", quote_identifier(last)),
        Some((last, others)) if period => {
            format!("{}, PERIOD {}", identifiers(others), quote_identifier(last))
        }
        _ => identifiers(columns),
    }
}

fn referential_action(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}

/// What values are sorted or told apart by, in an index or a partition key: `lower(email) text_pattern_ops`.
pub(crate) fn key_part(
    key: &str,
    is_expression: bool,
    collation: Option<&QualifiedName>,
    operator_class: Option<&QualifiedName>,
) -> String {
    let mut text = if is_expression {
        singly_parenthesised(key).to_owned()
    } else {
        quote_identifier(key).into_owned()
    };
    if let Some(collation) = collation {
        text.push_str(&format!(" COLLATE {}", name(collation)));
    }
    if let Some(operator_class) = operator_class {
        text.push_str(&format!(" {}", name(operator_class)));
    }
    text
}

/// One element of an index: `lower(email) text_pattern_ops DESC`.
pub(crate) fn index_key(key: &IndexKey) -> String {
    let mut text = key_part(
        &key.key,
        key.is_expression,
        key.collation.as_ref(),
        key.operator_class.as_ref(),
    );
    if !key.operator_class_options.is_empty() {
        text.push_str(&format!(" ({})", key.operator_class_options.join(", ")));
    }
    if key.order.descending {
        text.push_str(" DESC");
    }
    // NULLS FIRST is what DESC means by itself.
    if key.order.nulls_first != key.order.descending {
        text.push_str(if key.order.nulls_first {
            " NULLS FIRST"
        } else {
            " NULLS LAST"
        });
    }
    text
}

/// Appends `INCLUDE (…)`.
pub(crate) fn push_include(text: &mut String, columns: &[String]) {
    if !columns.is_empty() {
        text.push_str(&format!(" INCLUDE ({})", identifiers(columns)));
    }
}

/// Appends `WITH (…)`.
pub(crate) fn push_storage(text: &mut String, options: &BTreeMap<String, String>) {
    if !options.is_empty() {
        let (set, _) = option_changes(&BTreeMap::new(), options);
        text.push_str(&format!(" WITH ({})", set.join(", ")));
    }
}

/// One storage parameter: `fillfactor = 70`, `toast.autovacuum_enabled = false`.
pub(crate) fn storage_option(name: &str, value: &str) -> String {
    let is_plain = !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    // A value such as `1e` would be a number followed by a word.
    let is_word = value.starts_with(|first: char| first.is_ascii_lowercase()) && !value.contains(['-', '.']);
    if is_plain && (is_word || value.parse::<f64>().is_ok()) {
        format!("{name} = {value}")
    } else {
        format!("{name} = {}", quote_literal(value))
    }
}

/// The differences of two maps of options: what to set, as SQL, and the names to reset.
pub(crate) fn option_changes<'a>(
    before: &'a BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> (Vec<String>, Vec<&'a str>) {
    let set = after
        .iter()
        .filter(|&(name, value)| before.get(name) != Some(value))
        .map(|(name, value)| storage_option(name, value))
        .collect();
    let reset = before
        .keys()
        .filter(|&name| !after.contains_key(name))
        .map(String::as_str)
        .collect();
    (set, reset)
}

/// An object as `DROP` and `COMMENT ON` name it: `COLUMN public.users.name`, `POLICY mine ON public.users`.
pub(crate) fn target(id: &ObjectId, definition: Option<&Definition>) -> String {
    match id.kind {
        Kind::Constraint if matches!(definition, Some(Definition::DomainConstraint(_))) => format!(
            "CONSTRAINT {} ON DOMAIN {}",
            quote_identifier(id.name()),
            relation(id)
        ),
        Kind::UserMapping => {
            let [server, user] = id.path.as_slice() else {
                return String::new();
            };
            format!(
                "USER MAPPING FOR {} SERVER {}",
                grantee(user),
                quote_identifier(server)
            )
        }
        Kind::Aggregate if id.signature.as_deref() == Some("") => {
            format!("AGGREGATE {}(*)", relation(id))
        }
        Kind::Constraint | Kind::Trigger | Kind::Rule | Kind::Policy => format!(
            "{} {} ON {}",
            id.kind.as_str().to_uppercase(),
            quote_identifier(id.name()),
            relation(id)
        ),
        kind => format!("{} {}", kind.as_str().to_uppercase(), id.sql_name()),
    }
}

/// `ENABLE`, `DISABLE` and the like, by the letter of `tgenabled`.
pub(crate) fn enabling(letter: char) -> &'static str {
    match letter {
        'D' => "DISABLE",
        'R' => "ENABLE REPLICA",
        'A' => "ENABLE ALWAYS",
        _ => "ENABLE",
    }
}

/// A literal that names an object, for functions that take a `regclass`.
pub(crate) fn regclass(name: &str) -> String {
    quote_literal(name)
}

/// `wanted`, or a name like it that none of `taken` has.
pub(crate) fn free_name(wanted: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let mut name = limbeck_sql::truncate_identifier(wanted).to_owned();
    let mut number = 2_u32;
    while is_taken(&name) {
        let suffix = format!("_{number}");
        let room = limbeck_sql::MAXIMUM_IDENTIFIER_LENGTH.saturating_sub(suffix.len());
        let end = wanted.floor_char_boundary(room);
        name = format!("{}{suffix}", wanted.get(..end).unwrap_or(wanted));
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parentheses_are_not_doubled() {
        assert_eq!(parenthesised("(a > 0)"), "(a > 0)");
        assert_eq!(parenthesised("a IS NULL"), "(a IS NULL)");
        assert_eq!(parenthesised("(a > 0) AND (b > 0)"), "((a > 0) AND (b > 0))");
        assert_eq!(parenthesised("(a = ')'::text)"), "(a = ')'::text)");
        assert_eq!(parenthesised("(a = '(') OR b"), "((a = '(') OR b)");
        assert_eq!(parenthesised("lower(a)"), "(lower(a))");
    }

    #[test]
    fn one_pair_of_parentheses_is_enough() {
        assert_eq!(singly_parenthesised("((a + 1))"), "(a + 1)");
        assert_eq!(singly_parenthesised("((a + 1) * (b + 1))"), "((a + 1) * (b + 1))");
        assert_eq!(singly_parenthesised("(((a)))"), "(a)");
        assert_eq!(singly_parenthesised("lower(a)"), "lower(a)");
    }

    #[test]
    fn storage_values_are_quoted_where_needed() {
        assert_eq!(storage_option("fillfactor", "70"), "fillfactor = 70");
        assert_eq!(storage_option("fastupdate", "off"), "fastupdate = off");
        assert_eq!(storage_option("x", "a b"), "x = 'a b'");
        assert_eq!(storage_option("x", ""), "x = ''");
    }

    #[test]
    fn changed_storage_is_set_and_missing_storage_reset() {
        let map = |options: [(&str, &str); 3]| {
            BTreeMap::from(options.map(|(name, value)| (name.to_owned(), value.to_owned())))
        };
        let before = map([("a", "1"), ("b", "1"), ("c", "1")]);
        let after = map([("b", "2"), ("c", "1"), ("d", "1")]);
        let (set, reset) = option_changes(&before, &after);
        assert_eq!(set, ["b = 2", "d = 1"]);
        assert_eq!(reset, ["a"]);
    }

    #[test]
    fn free_names_are_numbered_and_fit() {
        assert_eq!(free_name("a", &|name| name == "a" || name == "a_2"), "a_3");
        let long = "x".repeat(80);
        assert_eq!(
            free_name(&long, &|name| name.len() == 63 && !name.contains('_')).len(),
            63
        );
    }
}
