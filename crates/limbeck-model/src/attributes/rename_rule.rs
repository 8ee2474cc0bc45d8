//! How the names of an enum's variants become labels: serde's rules under serde's names.

use proc_macro2::Ident;
use syn::parse::ParseStream;

use super::{AttributeError, arguments};

/// A rule that turns the name of a variant (`LateSnack`) into a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RenameRule {
    /// `latesnack`
    Lower,
    /// `LATESNACK`
    Upper,
    /// `LateSnack`
    Pascal,
    /// `lateSnack`
    Camel,
    /// `late_snack`
    Snake,
    /// `LATE_SNACK`
    ScreamingSnake,
    /// `late-snack`
    Kebab,
    /// `LATE-SNACK`
    ScreamingKebab,
}

impl RenameRule {
    /// `= "snake_case"` behind `rename_all`.
    pub(super) fn parse(input: ParseStream<'_>, word: &Ident) -> Result<Self, AttributeError> {
        let literal = arguments::string(input, word)?;
        let known = || Self::ALL.map(|(name, _)| format!("`{name}`")).join(", ");
        Self::from_name(&literal.value()).ok_or_else(|| {
            AttributeError::new(literal.span(), format!("unknown rule `{}`", literal.value()))
                .with_hint(format!("the rules are {}", known()))
        })
    }

    /// Each rule with the name by which `rename_all` takes it.
    pub const ALL: [(&'static str, Self); 8] = [
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
        ("PascalCase", Self::Pascal),
        ("camelCase", Self::Camel),
        ("snake_case", Self::Snake),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("SCREAMING-KEBAB-CASE", Self::ScreamingKebab),
    ];

    /// The rule of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, rule)| *rule)
    }

    /// The name of a column, from a field in `snake_case`, as serde renames fields.
    #[must_use]
    pub fn apply_to_field(self, field: &str) -> String {
        let pascal = || {
            field.split('_').fold(String::new(), |mut name, word| {
                let mut characters = word.chars();
                name.extend(characters.next().into_iter().flat_map(char::to_uppercase));
                name.push_str(characters.as_str());
                name
            })
        };
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_uppercase(),
            Self::Pascal => pascal(),
            Self::Camel => Self::Camel.apply(&pascal()),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_uppercase().replace('_', "-"),
        }
    }

    /// The label of a variant.
    #[must_use]
    pub fn apply(self, variant: &str) -> String {
        match self {
            Self::Pascal => variant.to_owned(),
            Self::Lower => variant.to_lowercase(),
            Self::Upper => variant.to_uppercase(),
            Self::Camel => {
                let mut characters = variant.chars();
                characters.next().map_or_else(String::new, |first| {
                    first.to_lowercase().chain(characters).collect()
                })
            }
            Self::Snake => separated(variant, '_'),
            Self::ScreamingSnake => separated(variant, '_').to_uppercase(),
            Self::Kebab => separated(variant, '-'),
            Self::ScreamingKebab => separated(variant, '-').to_uppercase(),
        }
    }
}

/// In lower case, with a separator before each upper-case letter but the first, as serde does it.
fn separated(variant: &str, separator: char) -> String {
    let mut label = String::with_capacity(variant.len() + 4);
    for (n, character) in variant.chars().enumerate() {
        if n > 0 && character.is_uppercase() {
            label.push(separator);
        }
        label.extend(character.to_lowercase());
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_those_of_serde() {
        let expected = [
            "latesnack",
            "LATESNACK",
            "LateSnack",
            "lateSnack",
            "late_snack",
            "LATE_SNACK",
            "late-snack",
            "LATE-SNACK",
        ];
        for ((name, rule), expected) in RenameRule::ALL.into_iter().zip(expected) {
            assert_eq!(rule.apply("LateSnack"), expected, "{name}");
        }
        let fields = [
            "late_snack",
            "LATE_SNACK",
            "LateSnack",
            "lateSnack",
            "late_snack",
            "LATE_SNACK",
            "late-snack",
            "LATE-SNACK",
        ];
        for ((name, rule), expected) in RenameRule::ALL.into_iter().zip(fields) {
            assert_eq!(rule.apply_to_field("late_snack"), expected, "{name}");
        }
        assert_eq!(RenameRule::Snake.apply("A1b"), "a1b");
        assert_eq!(RenameRule::Snake.apply("ABc"), "a_bc");
    }
}
