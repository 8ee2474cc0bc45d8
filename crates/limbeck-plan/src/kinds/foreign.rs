//! Foreign-data wrappers, servers and user mappings: created, altered, dropped.

use std::collections::BTreeMap;

use limbeck_catalog::{Definition, ForeignDataWrapper, ObjectId, Server, UserMapping};
use limbeck_sql::{QualifiedName, quote_identifier, quote_literal};

use super::{drop, put_in_place};
use crate::build::Builder;
use crate::fates::Fate;
use crate::place::{Chapter, Place, Rank};
use crate::sides::ObjectNumber;
use crate::{Loss, render};

/// Whether a server stays with its wrapper, and is of the same type.
pub(super) fn is_alterable(before: &Server, after: &Server) -> bool {
    before.wrapper == after.wrapper && before.server_type == after.server_type
}

pub(super) fn build(builder: &mut Builder<'_, '_>, number: ObjectNumber, fate: Fate) {
    let sides = builder.sides;
    let id = sides.ids[number];
    if fate.goes() {
        let place = Place {
            chapter: Chapter::ForeignServerDrops,
            group: number,
            rank: Rank::Drop,
        };
        let node = drop(builder, number, place, None);
        if matches!(sides.definition_before(number), Some(Definition::UserMapping(_))) {
            builder.nodes[node].loses = Some(Loss::UserMapping {
                user_mapping: id.clone(),
            });
        }
    }
    let before = sides.definition_before(number).filter(|_| !fate.comes());
    let statement = match (before, sides.definition_after(number)) {
        (None, Some(Definition::ForeignDataWrapper(after))) => Some(wrapper(id, after)),
        (None, Some(Definition::Server(after))) => Some(server(id, after)),
        (None, Some(Definition::UserMapping(after))) => Some(user_mapping(id, after)),
        (Some(Definition::ForeignDataWrapper(before)), Some(Definition::ForeignDataWrapper(after))) => {
            alter_wrapper(id, before, after)
        }
        (Some(Definition::Server(before)), Some(Definition::Server(after))) => {
            alter_server(id, before, after)
        }
        (Some(Definition::UserMapping(before)), Some(Definition::UserMapping(after))) => before
            .options
            .as_ref()
            .zip(after.options.as_ref())
            .and_then(|(before, after)| option_changes(before, after))
            .map(|options| format!("ALTER {} {options}", render::target(id, None))),
        _ => None,
    };
    if let Some(statement) = statement {
        put_in_place(builder, number, fate, Rank::Table, statement);
    }
}

fn wrapper(id: &ObjectId, wrapper: &ForeignDataWrapper) -> String {
    let mut text = format!("CREATE FOREIGN DATA WRAPPER {}", id.sql_name());
    if let Some(handler) = &wrapper.handler {
        text.push_str(&format!(" HANDLER {}", render::name(handler)));
    }
    if let Some(validator) = &wrapper.validator {
        text.push_str(&format!(" VALIDATOR {}", render::name(validator)));
    }
    text + &options(&wrapper.options)
}

fn alter_wrapper(id: &ObjectId, before: &ForeignDataWrapper, after: &ForeignDataWrapper) -> Option<String> {
    let function = |word: &str, before: &Option<QualifiedName>, after: &Option<QualifiedName>| match (
        before == after,
        after,
    ) {
        (true, _) => None,
        (false, Some(name)) => Some(format!("{word} {}", render::name(name))),
        (false, None) => Some(format!("NO {word}")),
    };
    let changes: Vec<String> = [
        function("HANDLER", &before.handler, &after.handler),
        function("VALIDATOR", &before.validator, &after.validator),
        option_changes(&before.options, &after.options),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!changes.is_empty()).then(|| {
        format!(
            "ALTER FOREIGN DATA WRAPPER {} {}",
            id.sql_name(),
            changes.join(" ")
        )
    })
}

fn server(id: &ObjectId, server: &Server) -> String {
    let mut text = format!("CREATE SERVER {}", id.sql_name());
    if let Some(server_type) = &server.server_type {
        text.push_str(&format!(" TYPE {}", quote_literal(server_type)));
    }
    if let Some(version) = &server.version {
        text.push_str(&format!(" VERSION {}", quote_literal(version)));
    }
    text.push_str(&format!(
        " FOREIGN DATA WRAPPER {}",
        quote_identifier(&server.wrapper)
    ));
    text + &options(&server.options)
}

fn alter_server(id: &ObjectId, before: &Server, after: &Server) -> Option<String> {
    let version = (before.version != after.version).then(|| match &after.version {
        Some(version) => format!("VERSION {}", quote_literal(version)),
        None => "VERSION NULL".to_owned(),
    });
    let options = option_changes(&before.options, &after.options);
    let changes: Vec<String> = [version, options].into_iter().flatten().collect();
    (!changes.is_empty()).then(|| format!("ALTER SERVER {} {}", id.sql_name(), changes.join(" ")))
}

fn user_mapping(id: &ObjectId, mapping: &UserMapping) -> String {
    let none = BTreeMap::new();
    format!(
        "CREATE {}{}",
        render::target(id, None),
        options(mapping.options.as_ref().unwrap_or(&none))
    )
}

/// ` OPTIONS (host 'a', port '1')`, where there are any.
pub(crate) fn options(options: &BTreeMap<String, String>) -> String {
    if options.is_empty() {
        return String::new();
    }
    let options: Vec<String> = options
        .iter()
        .map(|(name, value)| format!("{} {}", quote_identifier(name), quote_literal(value)))
        .collect();
    format!(" OPTIONS ({})", options.join(", "))
}

/// `OPTIONS (ADD host 'a', SET port '1', DROP dbname)`, where they differ.
pub(crate) fn option_changes(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Option<String> {
    let mut changes = Vec::new();
    for (name, value) in after {
        let verb = match before.get(name) {
            Some(same) if same == value => continue,
            Some(_) => "SET",
            None => "ADD",
        };
        changes.push(format!(
            "{verb} {} {}",
            quote_identifier(name),
            quote_literal(value)
        ));
    }
    changes.extend(
        before
            .keys()
            .filter(|&name| !after.contains_key(name))
            .map(|name| format!("DROP {}", quote_identifier(name))),
    );
    (!changes.is_empty()).then(|| format!("OPTIONS ({})", changes.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_added_set_and_dropped() {
        let before = [("a", "1"), ("b", "1"), ("c", "1")];
        let after = [("b", "2"), ("c", "1"), ("user", "it's")];
        let map = |options: [(&str, &str); 3]| -> BTreeMap<String, String> {
            options
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect()
        };
        assert_eq!(
            option_changes(&map(before), &map(after)).unwrap(),
            "OPTIONS (SET b '2', ADD \"user\" 'it''s', DROP a)"
        );
        assert_eq!(option_changes(&map(after), &map(after)), None);
        assert_eq!(options(&BTreeMap::new()), "");
    }
}
