//! What is done to objects, in a line each.

use anstyle::Style;
use limbeck_project::ObjectId;
use limbeck_project::commands::Difference;

use crate::output::style;

/// A line for an action given in words: `create table public.users`.
pub(crate) fn line(action: &str) -> String {
    let (sign, colour) = sign(action.split_whitespace().next().unwrap_or_default());
    format!("  {colour}{sign} {action}{colour:#}")
}

/// A line for a difference, followed by what it loses and, where the line alone tells little, by its SQL.
pub(crate) fn lines(difference: &Difference) -> String {
    let mut text = line(&format!("{} {}", difference.verb, difference.object));
    if difference.rewrites {
        text.push_str(&format!(
            " {style}(may rewrite the table){style:#}",
            style = style::DIM
        ));
    }
    if let Some(loses) = &difference.loses {
        text.push_str(&format!(
            "\n      {style}loses {loses}{style:#}",
            style = style::DROP
        ));
    }
    if difference.verb == "alter" {
        for statement in &difference.statements {
            let statement = statement.replace('\n', "\n      ");
            text.push_str(&format!(
                "\n      {style}{statement}{style:#}",
                style = style::DIM
            ));
        }
    }
    text
}

/// Leaves out what is only altered because it is made here, such as the comment of a new column.
pub(crate) fn without_details(actions: &[String]) -> Vec<&str> {
    let created: Vec<ObjectId> = actions
        .iter()
        .filter_map(|action| object_of(action, "create"))
        .collect();
    let is_detail = |action: &str| {
        object_of(action, "alter").is_some_and(|object| created.iter().any(|made| holds(made, &object)))
    };
    actions
        .iter()
        .map(String::as_str)
        .filter(|action| !is_detail(action))
        .collect()
}

fn object_of(action: &str, verb: &str) -> Option<ObjectId> {
    action.strip_prefix(verb)?.trim_start().parse().ok()
}

/// Whether one object is the other, or the table that the other belongs to.
fn holds(outer: &ObjectId, inner: &ObjectId) -> bool {
    outer == inner || (inner.kind.depth() == 3 && inner.path.starts_with(&outer.path))
}

fn sign(verb: &str) -> (char, Style) {
    match verb {
        "create" => ('+', style::CREATE),
        "drop" => ('-', style::DROP),
        _ => ('~', style::ALTER),
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn each_verb_has_its_sign() {
        let plain = |action| anstream::adapter::strip_str(&line(action)).to_string();
        assert_eq!(
            plain("create table public.users"),
            "  + create table public.users"
        );
        assert_eq!(plain("drop index public.i"), "  - drop index public.i");
        assert_eq!(plain("rename column public.t.a"), "  ~ rename column public.t.a");
    }

    #[test]
    fn what_is_made_here_is_not_altered_besides() {
        let actions = [
            "create table public.users",
            "alter table public.users",
            "alter column public.users.\"Name\"",
            "alter column public.plans.day",
            "create constraint public.users.users_team_id_fkey",
        ];
        let actions = actions.map(str::to_owned);
        assert_eq!(
            without_details(&actions),
            [
                "create table public.users",
                "alter column public.plans.day",
                "create constraint public.users.users_team_id_fkey"
            ]
        );
    }

    #[test]
    fn an_alteration_shows_its_sql() {
        let difference = Difference {
            verb: "alter".to_owned(),
            object: "table public.users".parse().unwrap(),
            statements: vec!["ALTER TABLE public.users\n    DROP COLUMN name".to_owned()],
            loses: Some("the values of the column".to_owned()),
            rewrites: true,
        };
        assert_snapshot!(anstream::adapter::strip_str(&lines(&difference)).to_string(), @"
        ~ alter table public.users (may rewrite the table)
            loses the values of the column
            ALTER TABLE public.users
                DROP COLUMN name
        ");
    }
}
