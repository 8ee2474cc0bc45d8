//! What only people decide: fills, losses.

use limbeck_plan::{Plan, Verb};

use super::text_arguments::{self, Fills};
use super::{Comparison, Unfilled};
use crate::{Consult, Diagnostic, Drop, Error, Failure};

/// What a plan destroys.
fn drops(plan: &Plan) -> Vec<Drop> {
    plan.actions
        .iter()
        .filter_map(|action| {
            let loses = action.loses.as_ref()?;
            Some(Drop {
                object: action.object.clone(),
                loses: loses.to_string(),
            })
        })
        .collect()
}

/// What a plan drops and makes again, with what hangs on it and is not known here: that does not come back.
fn rebuilt_with_unread(comparison: &Comparison) -> Vec<Drop> {
    let changes = comparison.plan.actions.iter().flat_map(|action| &action.changes);
    let rebuilt = changes
        .filter(|change| change.verb == Verb::Drop)
        .map(|change| &change.object)
        .filter(|object| comparison.wanted.state.catalog.objects.contains_key(*object));
    rebuilt
        .filter_map(|object| {
            let name = object.sql_name();
            let hangs_on_it = |text: &str| {
                let rest = text.strip_prefix(name.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            };
            let lost: Vec<String> = comparison
                .current
                .catalog
                .unread
                .iter()
                .filter(|unread| hangs_on_it(&unread.name))
                .map(ToString::to_string)
                .collect();
            (!lost.is_empty()).then(|| Drop {
                object: object.clone(),
                loses: format!("{}, since it is made anew", lost.join(", ")),
            })
        })
        .collect()
}

/// The losses of a plan, if they are consented to.
pub(crate) fn consented_drops(
    comparison: &Comparison,
    allowed: bool,
    consult: &dyn Consult,
) -> Result<Vec<Drop>, Error> {
    let mut drops = drops(&comparison.plan);
    drops.extend(rebuilt_with_unread(comparison));
    if drops.is_empty() || allowed || consult.allow_drops(&drops) {
        return Ok(drops);
    }
    let mut diagnostic = Diagnostic::new("the revision would lose data, and nobody consented to that");
    for drop in &drops {
        diagnostic.notes.push(format!("{}: {}", drop.object, drop.loses));
    }
    Err(Error::new(Failure::Refused, diagnostic)
        .hint("if this is meant, run the command again with `--allow-drop`")
        .hint("if something is only renamed, say so: `renamed_from = \"…\"` in the model, or `--rename column:users.name=full_name`"))
}

/// Asks for the fills of one way. Returns whether there are new ones, so that planning again is worth it. What nobody
/// fills of a column that is there must have a value in every row: the step requires that.
pub(crate) fn missing_fills(
    unfilled: &[Unfilled],
    down: bool,
    fills: &mut Fills,
    consult: &dyn Consult,
) -> Result<bool, Error> {
    let mut missing = Vec::new();
    let mut found = false;
    for Unfilled { column, is_new } in unfilled {
        match consult.fill(column, down) {
            Some(expression) => {
                let side = if down { &mut fills.down } else { &mut fills.up };
                side.push(limbeck_plan::Fill {
                    column: column.clone(),
                    expression,
                });
                found = true;
            }
            None if *is_new => missing.push(column),
            None => {}
        }
    }
    if missing.is_empty() {
        return Ok(found);
    }
    let mut diagnostic = Diagnostic::new(
        "a column that may not be NULL comes to a table that may hold rows, and nothing fills it",
    );
    for column in &missing {
        let way = if down { " (on the way down)" } else { "" };
        diagnostic.notes.push(format!("{column}{way}"));
    }
    let arguments: Vec<String> = missing
        .iter()
        .map(|column| text_arguments::fill_argument(column, down))
        .collect();
    Err(Error::new(Failure::Refused, diagnostic)
        .hint(format!(
            "give an SQL expression for the rows that are there: {}",
            arguments.join(" ")
        ))
        .hint("or give the column a default, or make it an `Option`"))
}
