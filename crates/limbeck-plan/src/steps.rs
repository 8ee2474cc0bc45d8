//! The steps of a plan: what commits together. And the plan as a script.

use std::collections::BTreeSet;

use limbeck_catalog::Kind;

use crate::{Action, Plan, Verb};

/// Actions that commit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedStep<'a> {
    /// A name that tells what it does, unique in its plan: letters, digits and underscores.
    pub name: String,
    /// Whether it runs in a transaction. If not, it is a single statement.
    pub transactional: bool,
    /// The actions, in order.
    pub actions: Vec<&'a Action>,
}

impl Plan {
    /// The plan's actions by steps: a new one begins after what has to be committed, and around what cannot run in
    /// a transaction.
    #[must_use]
    pub fn steps(&self) -> Vec<PlannedStep<'_>> {
        let mut steps = Vec::new();
        let mut taken = BTreeSet::new();
        let mut rest = self.actions.as_slice();
        while let Some(first) = rest.first() {
            let length = if first.transactional { transaction(rest) } else { 1 };
            let (actions, following) = rest.split_at(length.min(rest.len()));
            rest = following;
            let name = unique(&step_name(actions), &mut taken);
            steps.push(PlannedStep {
                name,
                transactional: first.transactional,
                actions: actions.iter().collect(),
            });
        }
        if let [only] = steps.as_mut_slice()
            && only.transactional
        {
            "schema".clone_into(&mut only.name);
        }
        steps
    }

    /// The plan as a script: each statement with its semicolon, and a comment before what destroys data, rewrites a
    /// table, fails on some rows, or wants a word otherwise.
    #[must_use]
    pub fn sql(&self) -> String {
        script(&self.actions, Requirements::Told)
    }
}

impl PlannedStep<'_> {
    /// The step as a script, as [`Plan::sql`], but for what it requires: that stands before the step.
    #[must_use]
    pub fn sql(&self) -> String {
        sql_of(self.actions.iter().copied())
    }
}

/// Actions as a script, as [`PlannedStep::sql`].
pub fn sql_of<'a>(actions: impl IntoIterator<Item = &'a Action>) -> String {
    script(actions, Requirements::Untold)
}

/// Whether a script says on which rows it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Requirements {
    Told,
    Untold,
}

fn script<'a>(actions: impl IntoIterator<Item = &'a Action>, requirements: Requirements) -> String {
    let is_plain = |action: &Action| {
        let tells = requirements == Requirements::Told && !action.requires.is_empty();
        is_plain(action) && !tells
    };
    let mut text = String::new();
    let mut previous: Option<&Action> = None;
    for action in actions {
        // One-line statements stand together, longer ones apart.
        if previous.is_some_and(|previous| !(is_plain(previous) && is_plain(action))) {
            text.push('\n');
        }
        if let Some(loss) = &action.loses {
            text.push_str(&format!("-- destroys: {}\n", one_line(&loss.to_string())));
        }
        if let Some(note) = &action.note {
            text.push_str(&format!("-- {}\n", one_line(note)));
        }
        if action.rewrites {
            text.push_str("-- rewrites the table\n");
        }
        if requirements == Requirements::Told {
            for requirement in &action.requires {
                text.push_str(&format!("-- fails on {}\n", requirement.message));
            }
        }
        for statement in &action.statements {
            text.push_str(statement);
            text.push_str(";\n");
        }
        previous = Some(action);
    }
    text
}

/// Whether an action is but lines of SQL.
fn is_plain(action: &Action) -> bool {
    let is_line = |statement: &String| !statement.contains('\n');
    action.loses.is_none()
        && action.note.is_none()
        && !action.rewrites
        && action.statements.iter().all(is_line)
}

/// A text that cannot leave its comment.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// How many actions run in one transaction.
fn transaction(actions: &[Action]) -> usize {
    let mut length = 0;
    for action in actions.iter().take_while(|action| action.transactional) {
        length += 1;
        if action.commit_after {
            break;
        }
    }
    length
}

fn step_name(actions: &[Action]) -> String {
    let is_labels = |action: &Action| action.verb == Verb::Alter && action.object.kind == Kind::Type;
    match actions {
        [action] if !action.transactional => match action.verb {
            Verb::Drop => format!("drop_{}_{}", action.object.kind.as_str(), action.object.name()),
            _ => format!("{}_{}", action.object.kind.as_str(), action.object.name()),
        },
        [action] if is_labels(action) && action.commit_after => format!("{}_values", action.object.name()),
        several if several.iter().all(is_labels) && several.iter().any(|action| action.commit_after) => {
            "enum_values".to_owned()
        }
        _ => "schema".to_owned(),
    }
}

/// The name in the characters that names of steps have, numbered where it is taken.
fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String = name
        .chars()
        .map(|character| match character.to_ascii_lowercase() {
            plain if plain.is_ascii_lowercase() || plain.is_ascii_digit() => plain,
            _ => '_',
        })
        .collect();
    let mut name = plain.clone();
    let mut number = 2_u32;
    while !taken.insert(name.clone()) {
        name = format!("{plain}_{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(object: &str, transactional: bool, commit_after: bool) -> Action {
        Action {
            verb: Verb::Alter,
            object: object.parse().unwrap(),
            changes: Vec::new(),
            statements: vec!["SELECT 1".to_owned()],
            loses: None,
            requires: Vec::new(),
            note: None,
            rewrites: false,
            transactional,
            commit_after,
        }
    }

    fn names(actions: Vec<Action>) -> Vec<(String, bool, usize)> {
        let plan = Plan {
            actions,
            ..Plan::default()
        };
        plan.steps()
            .into_iter()
            .map(|step| (step.name, step.transactional, step.actions.len()))
            .collect()
    }

    #[test]
    fn one_transaction_is_called_schema() {
        let actions = vec![action("table a.t", true, false), action("type a.m", true, false)];
        assert_eq!(names(actions), [("schema".to_owned(), true, 2)]);
        assert_eq!(names(Vec::new()), []);
    }

    #[test]
    fn labels_are_committed_and_indexes_stand_alone() {
        let actions = vec![
            action("type a.\"Meal-slot\"", true, true),
            action("table a.t", true, false),
            action("index a.t_idx", false, false),
            action("table a.t", true, false),
        ];
        let expected = [
            ("meal_slot_values", true, 1),
            ("schema", true, 1),
            ("index_t_idx", false, 1),
            ("schema_2", true, 1),
        ];
        assert_eq!(
            names(actions),
            expected.map(|(name, transactional, length)| (name.to_owned(), transactional, length))
        );
    }
}
