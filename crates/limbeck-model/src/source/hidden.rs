//! Models where nobody looks for them: in macros and in the bodies of functions.

use std::ops::Range;

/// The attributes that only models have.
const ATTRIBUTES: [&str; 4] = ["#[table(", "#[pg_enum(", "#[pg_type(", "#[view("];

/// The derives of models.
const DERIVES: [&str; 4] = ["Table", "PgEnum", "PgType", "View"];

/// Where the first attribute of a model stands, without its parenthesis. A derive counts in macros alone: elsewhere it
/// may be another crate's.
pub(super) fn first_model(text: &str, derives: bool) -> Option<Range<usize>> {
    let by_attribute = ATTRIBUTES.iter().filter_map(|attribute| {
        let start = text.find(attribute)?;
        Some(start..start + attribute.len() - 1)
    });
    let by_derive = first_derive(text).filter(|_| derives);
    by_attribute.chain(by_derive).min_by_key(|found| found.start)
}

/// The first `#[derive(…)]` with one of ours.
fn first_derive(text: &str) -> Option<Range<usize>> {
    const DERIVE: &str = "#[derive(";
    text.match_indices(DERIVE).find_map(|(start, _)| {
        let list = text.get(start + DERIVE.len()..)?.split(')').next()?;
        let is_ours = list.split(',').any(|path| {
            let name = path.rsplit("::").next().unwrap_or(path);
            DERIVES.contains(&name.trim())
        });
        is_ours.then_some(start..start + DERIVE.len() - 1)
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
