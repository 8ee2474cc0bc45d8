//! What is done to objects, in a line each.

use anstyle::Style;
use limbeck_project::commands::Difference;

use crate::output::style;

/// A line for an action given in words: `create table public.users`.
pub(crate) fn line(action: &str) -> String {
    let (sign, colour) = sign(action.split_whitespace().next().unwrap_or_default());
    format!("  {colour}{sign} {action}{colour:#}")
}

/// A line for a difference, and another for what it loses.
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
    text
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
}
