//! How a column takes another type: tried on scratch, not looked up.

use limbeck_catalog::{Column, Constraint, ConstraintKind, Definition, Kind, ObjectId};
use limbeck_sql::quote_identifier;

use crate::kinds::{self, partition, typed_table};
use crate::probe::{Answer, Questions, Side};
use crate::render::{self, regclass};
use crate::sides::{ObjectNumber, Sides};

/// How a column takes another type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Retype {
    /// The expression of `USING`, where PostgreSQL does not convert by itself.
    pub(crate) using: Option<String>,
    /// Whether the default is in the way: it is dropped before and set afterwards.
    pub(crate) drop_default: bool,
    /// Whether foreign keys, checks and indexes over expressions are in the way.
    pub(crate) clear: bool,
    /// Whether the table is written anew.
    pub(crate) rewrites: bool,
    /// Whether PostgreSQL has a way at all.
    pub(crate) possible: bool,
}

/// One way to try.
struct Attempt {
    name: &'static str,
    drop_default: bool,
    clear: bool,
    using: Option<String>,
}

/// How the column takes its wanted type; `None` while the question is open.
pub(crate) fn find(
    questions: &mut Questions<'_>,
    sides: &Sides<'_>,
    number: ObjectNumber,
    before: &Column,
    after: &Column,
) -> Option<Retype> {
    let id = sides.ids[number];
    let family = sides.with_heirs_before(number);
    let dependents = sides.needed_before_of(&family);
    let mut setup = wanted_types(sides, number);
    setup.extend(typed_table::untie(sides, number));
    setup.extend(partition::leavings(sides, number));
    setup.extend(in_the_way(
        sides,
        &family,
        &dependents,
        |dependent, definition| {
            let is_view_or_code = matches!(
                definition,
                Definition::View(_)
                    | Definition::Trigger(_)
                    | Definition::Routine(_)
                    | Definition::Rule(_)
                    | Definition::Policy(_)
                    | Definition::Publication(_)
            );
            is_view_or_code || goes(sides, dependent)
        },
    ));
    setup.extend(generated_columns(sides, &dependents));
    let relation = render::relation(id);
    setup.push(remember_storage(&relation));
    let clear = in_the_way(sides, &family, &dependents, |dependent, definition| {
        is_rebuilt_by_expression(definition) && !goes(sides, dependent)
    });
    let mut open = false;
    for attempt in attempts(id, before, after, !clear.is_empty()) {
        let mut statements = setup.clone();
        if attempt.clear {
            statements.extend(clear.iter().cloned());
        }
        let name = quote_identifier(id.name());
        if attempt.using.is_some() {
            statements.extend(foreign_heirs_gone(sides, number));
        }
        if attempt.drop_default {
            statements.push(format!("ALTER TABLE {relation} ALTER COLUMN {name} DROP DEFAULT"));
        }
        if before.identity.is_some() && after.identity.is_none() {
            statements.push(format!(
                "ALTER TABLE {relation} ALTER COLUMN {name} DROP IDENTITY"
            ));
        }
        if before.generated.is_some() {
            statements.push(format!(
                "ALTER TABLE {relation} ALTER COLUMN {name} DROP EXPRESSION"
            ));
        }
        statements.push(format!(
            "ALTER TABLE {relation} {}",
            subcommand(id, after, attempt.using.as_deref())
        ));
        let topic = format!("retype {} {id} to {}", attempt.name, after.data_type);
        match questions.ask(&topic, Side::Current, statements, storage_changed(&relation)) {
            // An attempt that succeeds is taken only when all before it are known to fail.
            Some(Answer::Text(rewrites)) if !open => {
                return Some(Retype {
                    using: attempt.using,
                    drop_default: attempt.drop_default,
                    clear: attempt.clear,
                    rewrites: rewrites == "true",
                    possible: true,
                });
            }
            Some(_) => {}
            None => open = true,
        }
    }
    (!open).then_some(Retype {
        using: None,
        drop_default: false,
        clear: false,
        rewrites: true,
        possible: false,
    })
}

/// Statements that take foreign tables away which inherit the column: PostgreSQL converts no value of theirs.
fn foreign_heirs_gone(sides: &Sides<'_>, column: ObjectNumber) -> Vec<String> {
    let heirs = sides.home(column).map(|table| sides.foreign_heirs(table));
    heirs
        .into_iter()
        .flatten()
        .map(|heir| format!("DROP FOREIGN TABLE {} CASCADE", sides.ids[heir].sql_name()))
        .collect()
}

/// The ways to try, the least intrusive first.
fn attempts(id: &ObjectId, before: &Column, after: &Column, can_clear: bool) -> Vec<Attempt> {
    let has_default = before.default.is_some();
    let cast = format!("{}::{}", quote_identifier(id.name()), after.data_type);
    let by_text = format!(
        "{}::text{}::{}",
        quote_identifier(id.name()),
        if before.data_type.ends_with("[]") && after.data_type.ends_with("[]") {
            "[]"
        } else {
            ""
        },
        after.data_type
    );
    let mut attempts = vec![Attempt {
        name: "plainly",
        drop_default: false,
        clear: false,
        using: None,
    }];
    if has_default {
        attempts.push(Attempt {
            name: "without default",
            drop_default: true,
            clear: false,
            using: None,
        });
    }
    attempts.push(Attempt {
        name: "by cast",
        drop_default: has_default,
        clear: false,
        using: Some(cast.clone()),
    });
    if can_clear {
        attempts.push(Attempt {
            name: "cleared",
            drop_default: has_default,
            clear: true,
            using: None,
        });
        attempts.push(Attempt {
            name: "cleared by cast",
            drop_default: has_default,
            clear: true,
            using: Some(cast),
        });
    }
    // Between two enums there is no cast, but each has one from and to its labels.
    attempts.push(Attempt {
        name: "by text",
        drop_default: has_default,
        clear: can_clear,
        using: Some(by_text),
    });
    attempts
}

/// `ALTER COLUMN … TYPE …`, as a subcommand.
pub(crate) fn subcommand(id: &ObjectId, after: &Column, using: Option<&str>) -> String {
    let mut text = format!(
        "ALTER COLUMN {} TYPE {}",
        quote_identifier(id.name()),
        after.data_type
    );
    if let Some(collation) = &after.collation {
        text.push_str(&format!(" COLLATE {}", render::name(collation)));
    }
    if let Some(using) = using {
        text.push_str(&format!(" USING {using}"));
    }
    text
}

/// Whether PostgreSQL, when a column under it takes another type, parses the object's expression again, so that it
/// may fail.
pub(crate) fn is_rebuilt_by_expression(definition: &Definition) -> bool {
    match definition {
        Definition::Constraint(Constraint { definition, .. }) => matches!(
            definition,
            ConstraintKind::Check(_) | ConstraintKind::ForeignKey(_) | ConstraintKind::Exclusion(_)
        ),
        Definition::Index(index) => {
            index.predicate.is_some() || index.keys.iter().any(|key| key.is_expression)
        }
        Definition::Statistics(statistics) => !statistics.expressions.is_empty(),
        _ => false,
    }
}

/// Statements that make the types which an object needs and the current state lacks, each after those that it is made
/// of. One that is there and cannot become what is wanted gives up its name first.
pub(crate) fn wanted_types(sides: &Sides<'_>, number: ObjectNumber) -> Vec<String> {
    let mut found = Vec::new();
    gather_wanted_types(sides, number, &mut found);
    found
        .into_iter()
        .flat_map(|needed| {
            let id = sides.ids[needed];
            let renaming = sides.before[needed].is_some().then(|| {
                let kind = id.kind.as_str().to_uppercase();
                format!("ALTER {kind} {} RENAME TO limbeck_probe_{needed}", id.sql_name())
            });
            renaming.into_iter().chain(kinds::bare_creation(sides, needed))
        })
        .collect()
}

/// Adds the types that an object lacks, but not the object itself.
fn gather_wanted_types(sides: &Sides<'_>, number: ObjectNumber, found: &mut Vec<ObjectNumber>) {
    let attributes = sides.needed_after[number]
        .iter()
        .filter(|&&part| sides.composite_of(part) == Some(number));
    let needs = std::iter::once(&number)
        .chain(attributes)
        .flat_map(|&part| &sides.needs_after[part]);
    for &needed in needs {
        let is_type = matches!(
            sides.ids[needed].kind,
            Kind::Schema | Kind::Extension | Kind::Collation | Kind::Type | Kind::Domain
        );
        let is_other = sides.ids[needed].kind != Kind::Schema && goes(sides, needed);
        let is_lacking = sides.before[needed].is_none() || is_other;
        if is_type && needed != number && is_lacking && !found.contains(&needed) {
            gather_wanted_types(sides, needed, found);
            found.push(needed);
        }
    }
}

/// Whether an object goes whatever becomes of the column, and so before it.
fn goes(sides: &Sides<'_>, number: ObjectNumber) -> bool {
    match (sides.definition_before(number), sides.definition_after(number)) {
        (Some(before), Some(after)) => !kinds::is_alterable(before, after, sides.server_version_num),
        (_, after) => after.is_none(),
    }
}

/// Statements that take away what needs a column or its heirs, of the kinds that are asked for.
fn in_the_way(
    sides: &Sides<'_>,
    family: &[ObjectNumber],
    dependents: &[ObjectNumber],
    asked: impl Fn(ObjectNumber, &Definition) -> bool,
) -> Vec<String> {
    dependents
        .iter()
        .copied()
        .filter(|&dependent| {
            // What is inherited goes with what it is inherited from.
            sides.origins_before(dependent).is_empty()
                && sides
                    .definition_before(dependent)
                    .is_some_and(|definition| asked(dependent, definition))
        })
        .filter_map(|dependent| {
            let id = sides.ids[dependent];
            let name = quote_identifier(id.name());
            Some(match id.kind {
                Kind::Constraint => {
                    format!(
                        "ALTER TABLE {} DROP CONSTRAINT IF EXISTS {name} CASCADE",
                        render::relation(id)
                    )
                }
                Kind::Trigger | Kind::Rule | Kind::Policy => format!(
                    "DROP {} IF EXISTS {name} ON {}",
                    id.kind.as_str().to_uppercase(),
                    render::relation(id)
                ),
                Kind::Publication => {
                    let Some(Definition::Publication(publication)) = sides.definition_before(dependent)
                    else {
                        return None;
                    };
                    let tables: Vec<String> = family
                        .iter()
                        .filter_map(|&column| Some(sides.ids[sides.home_before(column)?]))
                        .filter(|table| publication.tables.contains_key(*table))
                        .map(ObjectId::sql_name)
                        .collect();
                    format!("ALTER PUBLICATION {name} DROP TABLE {}", tables.join(", "))
                }
                Kind::View
                | Kind::MaterializedView
                | Kind::Index
                | Kind::Statistics
                | Kind::Function
                | Kind::Procedure => {
                    format!(
                        "DROP {} IF EXISTS {} CASCADE",
                        id.kind.as_str().to_uppercase(),
                        id.sql_name()
                    )
                }
                _ => return None,
            })
        })
        .collect()
}

/// Statements that take away the generated columns among what uses a column.
fn generated_columns(sides: &Sides<'_>, dependents: &[ObjectNumber]) -> Vec<String> {
    dependents
        .iter()
        .copied()
        .filter(|&dependent| {
            sides.origins_before(dependent).is_empty()
                && sides
                    .column_before(dependent)
                    .is_some_and(|column| column.generated.is_some())
        })
        .map(|dependent| {
            let id = sides.ids[dependent];
            format!(
                "ALTER TABLE {} DROP COLUMN IF EXISTS {} CASCADE",
                render::relation(id),
                quote_identifier(id.name())
            )
        })
        .collect()
}

/// Where the rows of a table are stored, and those of its children, as a query.
fn storage(relation: &str) -> String {
    format!(
        "WITH RECURSIVE family (oid) AS (SELECT {}::regclass::oid UNION SELECT i.inhrelid FROM pg_inherits i JOIN family \
         ON i.inhparent = family.oid) \
         SELECT coalesce(string_agg(pg_relation_filenode(oid)::text, ' ' ORDER BY oid), '') FROM family",
        regclass(relation)
    )
}

/// A statement that notes where a table's rows are stored.
pub(crate) fn remember_storage(relation: &str) -> String {
    format!(
        "SELECT set_config('limbeck.probe', ({}), true)",
        storage(relation)
    )
}

/// A query that tells whether they have been written anew since: `true` or `false`.
pub(crate) fn storage_changed(relation: &str) -> String {
    format!(
        "SELECT (({}) <> current_setting('limbeck.probe'))::text",
        storage(relation)
    )
}
