//! What is done to objects, in a line each.

use anstyle::Style;
use limbeck_project::ObjectId;
use limbeck_project::commands::Difference;

use crate::output::style;

/// A line such as `+ create table public.users`, followed by what is lost and, where the line alone tells little, by
/// the SQL.
pub(crate) fn lines(difference: &Difference) -> String {
    let (sign, colour) = sign(&difference.verb);
    let mut text = format!(
        "  {colour}{sign} {} {}{colour:#}",
        difference.verb, difference.object
    );
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
    if let Some(note) = &difference.note {
        text.push_str(&format!("\n      {style}{note}{style:#}", style = style::DIM));
    }
    if matches!(difference.verb.as_str(), "alter" | "rename") {
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
pub(crate) fn without_details(differences: &[Difference]) -> Vec<&Difference> {
    let created: Vec<&ObjectId> = differences
        .iter()
        .filter(|difference| difference.verb == "create")
        .map(|difference| &difference.object)
        .collect();
    let is_detail = |difference: &Difference| {
        difference.verb == "alter" && created.iter().any(|made| holds(made, &difference.object))
    };
    differences
        .iter()
        .filter(|difference| !is_detail(difference))
        .collect()
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

    fn difference(action: &str) -> Difference {
        let (verb, object) = action.split_once(' ').unwrap();
        Difference {
            verb: verb.to_owned(),
            object: object.parse().unwrap(),
            statements: Vec::new(),
            loses: None,
            requires: Vec::new(),
            note: None,
            rewrites: false,
        }
    }

    #[test]
    fn each_verb_has_its_sign() {
        let plain = |action| anstream::adapter::strip_str(&lines(&difference(action))).to_string();
        assert_eq!(
            plain("create table public.users"),
            "  + create table public.users"
        );
        assert_eq!(plain("drop index public.i"), "  - drop index public.i");
        assert_eq!(plain("rename column public.t.a"), "  ~ rename column public.t.a");
    }

    #[test]
    fn what_is_made_here_is_not_altered_besides() {
        let differences = [
            "create table public.users",
            "alter table public.users",
            "alter column public.users.\"Name\"",
            "alter column public.plans.day",
            "create constraint public.users.users_team_id_fkey",
        ]
        .map(difference);
        let shown: Vec<String> = without_details(&differences)
            .iter()
            .map(|difference| format!("{} {}", difference.verb, difference.object))
            .collect();
        assert_eq!(
            shown,
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
            statements: vec!["ALTER TABLE public.users\n    DROP COLUMN name".to_owned()],
            loses: Some("the values of the column".to_owned()),
            rewrites: true,
            ..difference("alter table public.users")
        };
        assert_snapshot!(anstream::adapter::strip_str(&lines(&difference)).to_string(), @"
        ~ alter table public.users (may rewrite the table)
            loses the values of the column
            ALTER TABLE public.users
                DROP COLUMN name
        ");
    }
}
