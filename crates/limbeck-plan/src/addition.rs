//! Whether a new column makes PostgreSQL write its table anew: tried on scratch where the default may be volatile, or a
//! domain has constraints.

use std::collections::BTreeSet;

use limbeck_catalog::{Definition, GeneratedKind, Kind};

use crate::kinds::partition;
use crate::kinds::typed_table;
use crate::probe::{Answer, Questions, Side};
use crate::render;
use crate::retype::{remember_storage, storage_changed, wanted_types};
use crate::sides::{ObjectNumber, Sides};

/// Whether adding the column rewrites the table; `None` while the question is open.
pub(crate) fn rewrites(
    questions: &mut Questions<'_>,
    sides: &Sides<'_>,
    number: ObjectNumber,
) -> Option<bool> {
    let Some(column) = sides.column_after(number) else {
        return Some(false);
    };
    if let Some(generated) = &column.generated {
        return Some(generated.kind == GeneratedKind::Stored);
    }
    if column.identity.is_some() {
        return Some(true);
    }
    let calls = column
        .default
        .as_ref()
        .is_some_and(|default| default.contains('('));
    let domains = domains(sides, number);
    // Without a call there is nothing that could give each row another value, and without a domain nothing to check.
    if !calls && domains.is_empty() {
        return Some(false);
    }
    let id = sides.ids[number];
    let relation = render::relation(id);
    let mut setup = wanted_types(sides, number);
    setup.extend(domains.iter().flat_map(|&domain| constraints(sides, domain)));
    setup.extend(typed_table::untie(sides, number));
    setup.extend(partition::leavings(sides, number));
    setup.push(remember_storage(&relation));
    setup.push(format!(
        "ALTER TABLE {relation} ADD COLUMN {}",
        render::column(id, column, true, None)
    ));
    let answer = questions.ask(
        &format!("add {id}"),
        Side::Current,
        setup,
        storage_changed(&relation),
    )?;
    // What the default needs may itself be new: then it is a call, and calls may be volatile.
    Some(!matches!(answer, Answer::Text(rewrites) if rewrites == "false"))
}

/// The domains that the column's type is made of.
fn domains(sides: &Sides<'_>, column: ObjectNumber) -> BTreeSet<ObjectNumber> {
    let mut found = BTreeSet::new();
    let mut open = vec![column];
    while let Some(number) = open.pop() {
        let domains = sides.needs_after[number].iter().copied();
        open.extend(domains.filter(|&needed| sides.ids[needed].kind == Kind::Domain && found.insert(needed)));
    }
    found
}

/// Statements that give a domain of the current state a default and a check where the wanted one has some: a new one is
/// made without, and what they are does not matter.
fn constraints(sides: &Sides<'_>, domain: ObjectNumber) -> Vec<String> {
    let Some(Definition::Domain(after)) = sides.definition_after(domain) else {
        return Vec::new();
    };
    let has_checks = sides.needed_after[domain]
        .iter()
        .any(|&check| sides.domain_of(check) == Some(domain));
    let default = after
        .default
        .as_ref()
        .map(|default| format!("SET DEFAULT {default}"));
    let check = (after.not_null || has_checks).then(|| "ADD CHECK (true)".to_owned());
    let name = sides.ids[domain].sql_name();
    default
        .into_iter()
        .chain(check)
        .map(|change| format!("ALTER DOMAIN {name} {change}"))
        .collect()
}
