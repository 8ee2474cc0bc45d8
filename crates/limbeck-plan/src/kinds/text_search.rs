//! Text search: dictionaries with their options, configurations with the dictionaries that tokens go through.

use std::collections::BTreeMap;

use limbeck_catalog::{Kind, ObjectId, TextSearchConfiguration, TextSearchDictionary};
use limbeck_sql::{QualifiedName, quote_identifier};

use super::data_type::listed;
use crate::build::{Body, Builder, Part, Piece};
use crate::place::Rank;
use crate::sides::ObjectNumber;
use crate::{Verb, render};

/// `CREATE TEXT SEARCH DICTIONARY`.
pub(super) fn dictionary_creation(id: &ObjectId, dictionary: &TextSearchDictionary) -> String {
    let mut options = vec![format!("TEMPLATE = {}", render::name(&dictionary.template))];
    options.extend(
        dictionary
            .options
            .iter()
            .map(|(name, value)| format!("{name} = {value}")),
    );
    listed(
        &format!("CREATE TEXT SEARCH DICTIONARY {}", id.sql_name()),
        &options,
    )
}

/// Whether only the options differ.
pub(super) fn is_dictionary_alterable(before: &TextSearchDictionary, after: &TextSearchDictionary) -> bool {
    before.template == after.template
}

pub(super) fn alter_dictionary(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: &TextSearchDictionary,
    after: &TextSearchDictionary,
) {
    let set = after
        .options
        .iter()
        .filter(|&(name, value)| before.options.get(name) != Some(value))
        .map(|(name, value)| format!("{name} = {value}"));
    // An option without a value is taken away.
    let reset = before
        .options
        .keys()
        .filter(|&name| !after.options.contains_key(name))
        .cloned();
    let options: Vec<String> = set.chain(reset).collect();
    if options.is_empty() {
        return;
    }
    let id = builder.sides.ids[number];
    let statement = listed(
        &format!("ALTER TEXT SEARCH DICTIONARY {}", id.sql_name()),
        &options,
    );
    let place = builder.place(number, Rank::TableOptions);
    let body = Body::Pieces(vec![Piece::Statement(statement)]);
    let node = builder.node(number, Verb::Alter, place, body);
    builder.arrives(number, node, Part::Bare);
    builder.awaits(number, node);
}

/// `CREATE TEXT SEARCH CONFIGURATION`, and what its tokens go through.
pub(super) fn configuration_creation(id: &ObjectId, configuration: &TextSearchConfiguration) -> Vec<String> {
    let mut statements = vec![format!(
        "CREATE TEXT SEARCH CONFIGURATION {} (PARSER = {})",
        id.sql_name(),
        render::name(&configuration.parser)
    )];
    let all = configuration.mappings.iter().collect();
    statements.extend(mappings(id, "ADD", all));
    statements
}

/// Whether only the mappings differ.
pub(super) fn is_configuration_alterable(
    before: &TextSearchConfiguration,
    after: &TextSearchConfiguration,
) -> bool {
    before.parser == after.parser
}

pub(super) fn alter_configuration(
    builder: &mut Builder<'_, '_>,
    number: ObjectNumber,
    before: &TextSearchConfiguration,
    after: &TextSearchConfiguration,
) {
    let sides = builder.sides;
    let id = sides.ids[number];
    let mut statements: Vec<String> = sides.needs_before[number]
        .iter()
        .filter(|&&needed| {
            sides.ids[needed].kind == Kind::TextSearchDictionary && builder.fates.is_exchanged(needed)
        })
        .filter_map(|&needed| {
            let name = sides.ids[needed].qualified_name()?;
            let old = builder.spare_name(Kind::TextSearchDictionary, &name);
            Some(alteration(
                id,
                &format!("ALTER MAPPING REPLACE {old} WITH {name}"),
            ))
        })
        .collect();
    let gone: Vec<&str> = before
        .mappings
        .keys()
        .filter(|&token| !after.mappings.contains_key(token))
        .map(String::as_str)
        .collect();
    if !gone.is_empty() {
        statements.push(alteration(id, &format!("DROP MAPPING FOR {}", tokens(&gone))));
    }
    let of_both = |is_old: bool| {
        let differ = after
            .mappings
            .iter()
            .filter(|&(token, dictionaries)| before.mappings.get(token) != Some(dictionaries));
        differ
            .filter(|&(token, _)| before.mappings.contains_key(token) == is_old)
            .collect()
    };
    statements.extend(mappings(id, "ALTER", of_both(true)));
    statements.extend(mappings(id, "ADD", of_both(false)));
    if statements.is_empty() {
        return;
    }
    let place = builder.place(number, Rank::TableOptions);
    let body = Body::Pieces(statements.into_iter().map(Piece::Statement).collect());
    let node = builder.node(number, Verb::Alter, place, body);
    builder.arrives(number, node, Part::Whole);
    builder.releases(number, node, Part::Whole);
    builder.awaits(number, node);
}

fn alteration(id: &ObjectId, text: &str) -> String {
    format!("ALTER TEXT SEARCH CONFIGURATION {} {text}", id.sql_name())
}

/// One statement for all tokens that go through the same dictionaries.
fn mappings(id: &ObjectId, verb: &str, mappings: Vec<(&String, &Vec<QualifiedName>)>) -> Vec<String> {
    let mut by_dictionaries: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for (token, dictionaries) in mappings {
        let dictionaries = dictionaries.iter().map(render::name).collect();
        by_dictionaries.entry(dictionaries).or_default().push(token);
    }
    by_dictionaries
        .into_iter()
        .map(|(dictionaries, of_them)| {
            let text = format!("{verb} MAPPING FOR {}", tokens(&of_them));
            let (line, dictionaries) = (alteration(id, &text), dictionaries.join(", "));
            if line.chars().count() + dictionaries.chars().count() < super::data_type::LINE {
                format!("{line} WITH {dictionaries}")
            } else {
                format!("{line}\n    WITH {dictionaries}")
            }
        })
        .collect()
}

fn tokens(tokens: &[&str]) -> String {
    let quoted: Vec<_> = tokens.iter().map(|token| quote_identifier(token)).collect();
    quoted.join(", ")
}
