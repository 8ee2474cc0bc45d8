//! Models where nobody looks for them: in macros and in the bodies of functions.

use std::ops::Range;

/// The attributes that only models have.
const ATTRIBUTES: [&str; 4] = ["#[table(", "#[pg_enum(", "#[pg_type(", "#[view("];

/// The derives of models.
const DERIVES: [&str; 4] = ["Table", "PgEnum", "PgType", "View"];

/// Where the first attribute of a model stands, without its parenthesis. A derive counts in macros alone: elsewhere it
/// may be another crate's.
pub(super) fn first_model(text: &str, derives: bool) -> Option<Range<usize>> {
    // By a byte that is rare: most of every crate is looked through.
    text.match_indices('#').find_map(|(start, _)| {
        let rest = text.get(start..)?;
        let of_attribute = ATTRIBUTES.iter().find(|attribute| rest.starts_with(**attribute));
        let found = of_attribute
            .copied()
            .or_else(|| (derives && derives_model(rest)).then_some(DERIVE))?;
        Some(start..start + found.len() - 1)
    })
}

const DERIVE: &str = "#[derive(";

/// Whether a text begins with `#[derive(…)]` with one of ours.
fn derives_model(text: &str) -> bool {
    let list = text.strip_prefix(DERIVE).and_then(|list| list.split(')').next());
    list.is_some_and(|list| {
        list.split(',').any(|path| {
            let name = path.rsplit("::").next().unwrap_or(path);
            DERIVES.contains(&name.trim())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::first_model;

    #[test]
    fn models_are_found_by_attribute_and_in_macros_by_derive() {
        for (text, derives, found) in [
            ("#[table(name = \"x\")]", false, Some(0..7)),
            ("a #[derive(Debug, limbeck::Table)]", true, Some(2..10)),
            ("a #[derive(Debug, limbeck::Table)]", false, None),
            ("#[derive(Tabled)] #[derive( PgEnum )]", true, Some(18..26)),
            ("#[derive(Debug)] struct Table;", true, None),
        ] {
            assert_eq!(first_model(text, derives), found, "{text}");
        }
    }
}
