//! Whether a new column makes PostgreSQL write its table anew: tried on scratch where the default may be volatile.

use limbeck_catalog::GeneratedKind;

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
    // Without a call there is nothing that could give each row another value.
    if !column
        .default
        .as_ref()
        .is_some_and(|default| default.contains('('))
    {
        return Some(false);
    }
    let id = sides.ids[number];
    let relation = render::relation(id);
    let mut setup = wanted_types(sides, number);
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
