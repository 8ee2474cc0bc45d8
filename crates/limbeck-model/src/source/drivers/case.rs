//! Names by the rules of drivers.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase,
};

use super::Case;
use crate::attributes::RenameRule;

impl Case {
    /// The rules that a driver has, by name.
    pub(super) fn rules(self) -> impl Iterator<Item = (&'static str, RenameRule)> {
        let has = move |rule: RenameRule| self != Self::Heck || rule != RenameRule::ScreamingKebab;
        RenameRule::ALL.into_iter().filter(move |(_, rule)| has(*rule))
    }

    /// The rule of that name.
    pub(super) fn rule(self, name: &str) -> Option<RenameRule> {
        self.rules()
            .find(|(known, _)| *known == name)
            .map(|(_, rule)| rule)
    }

    /// The label of a variant.
    pub(super) fn apply(self, rule: RenameRule, variant: &str) -> String {
        match self {
            Self::Serde => rule.apply(variant),
            Self::Heck | Self::HeckWithAll => by_heck(rule, variant),
        }
    }

    /// The column of a field.
    pub(super) fn apply_to_field(self, rule: RenameRule, field: &str) -> String {
        match self {
            Self::Serde => rule.apply_to_field(field),
            Self::Heck | Self::HeckWithAll => by_heck(rule, field),
        }
    }
}

fn by_heck(rule: RenameRule, name: &str) -> String {
    match rule {
        RenameRule::Lower => name.to_lowercase(),
        RenameRule::Upper => name.to_uppercase(),
        RenameRule::Pascal => name.to_upper_camel_case(),
        RenameRule::Camel => name.to_lower_camel_case(),
        RenameRule::Snake => name.to_snake_case(),
        RenameRule::ScreamingSnake => name.to_shouty_snake_case(),
        RenameRule::Kebab => name.to_kebab_case(),
        RenameRule::ScreamingKebab => name.to_shouty_kebab_case(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where they differ, and where not.
    #[test]
    fn rules_of_drivers_find_other_words_than_ours() {
        let cases = [
            // A field or variant, a rule, the name by serde, the name by heck.
            ("full_name", "camelCase", "fullName", "fullName"),
            ("address_2", "camelCase", "address2", "address2"),
            ("address2_line", "camelCase", "address2Line", "address2Line"),
            ("_hidden", "camelCase", "hidden", "hidden"),
            ("_hidden", "snake_case", "_hidden", "hidden"),
            ("type_", "snake_case", "type_", "type"),
            ("a__b", "kebab-case", "a--b", "a-b"),
            ("userID", "snake_case", "userID", "user_id"),
            ("userID2", "SCREAMING_SNAKE_CASE", "USERID2", "USER_ID2"),
            ("LateSnack", "snake_case", "late_snack", "late_snack"),
            ("HTTPServer", "snake_case", "h_t_t_p_server", "http_server"),
            ("HTTPServer", "camelCase", "hTTPServer", "httpServer"),
            ("HTTPServer", "PascalCase", "HTTPServer", "HttpServer"),
            ("Sha256", "kebab-case", "sha256", "sha256"),
            ("IPv6", "snake_case", "i_pv6", "i_pv6"),
            ("Über", "lowercase", "über", "über"),
        ];
        for (name, rule_name, serde, heck) in cases {
            let rule = RenameRule::from_name(rule_name).unwrap();
            let is_variant = name.starts_with(char::is_uppercase);
            let by = |case: Case| {
                if is_variant {
                    case.apply(rule, name)
                } else {
                    case.apply_to_field(rule, name)
                }
            };
            assert_eq!(by(Case::Serde), serde, "{name} {rule_name}");
            assert_eq!(by(Case::Heck), heck, "{name} {rule_name}");
            assert_eq!(by(Case::HeckWithAll), heck, "{name} {rule_name}");
        }
        assert_eq!(Case::Heck.rule("SCREAMING-KEBAB-CASE"), None);
        assert_eq!(
            Case::HeckWithAll.apply(RenameRule::ScreamingKebab, "userID"),
            "USER-ID"
        );
    }
}
