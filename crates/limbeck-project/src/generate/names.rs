//! What things of a database are called in Rust.
//!
//! The rules are stable: nothing is guessed, least of all a singular. A table's struct has the table's name in
//! PascalCase, a column's field the column's name in snake_case; what is no name in Rust then, or is taken, gets a
//! letter or a number more.

use std::collections::BTreeSet;

/// Names that would hide those of Rust's prelude, and of `limbeck`, from the rest of a file.
const TAKEN: [&str; 45] = [
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "PgEnum",
    "PgType",
    "Result",
    "Self",
    "Send",
    "Some",
    "String",
    "Sync",
    "Table",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Vec",
    "View",
];

/// Crates whose names a module beside the models would hide.
const CRATES: [&str; 22] = [
    "alloc",
    "bit_vec",
    "chrono",
    "core",
    "diesel",
    "ipnetwork",
    "jiff",
    "jiff_sqlx",
    "limbeck",
    "mac_address",
    "pgvector",
    "postgres_types",
    "rust_decimal",
    "sea_orm",
    "serde",
    "serde_json",
    "sqlx",
    "std",
    "test",
    "time",
    "tokio_postgres",
    "uuid",
];

/// Names that some file systems keep for devices.
const DEVICES: [&str; 6] = ["aux", "con", "mod", "nul", "prn", "lib"];

/// The words of a name: parts by what is neither letter nor digit, and where a capital begins a new one.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for (n, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            continue;
        }
        let before = n.checked_sub(1).and_then(|n| characters.get(n));
        let after = characters.get(n + 1);
        let begins = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if begins {
            words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
        }
        word.push(character);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The name of a struct, an enum or a variant: `meal_plan` is `MealPlan`. `prefix` stands before what cannot begin a
/// name.
pub(super) fn type_name(name: &str, prefix: &str) -> String {
    let join = |name: &str| -> String {
        words(name)
            .iter()
            .flat_map(|word| {
                let mut characters = word.chars();
                let first: String = characters
                    .next()
                    .into_iter()
                    .flat_map(char::to_uppercase)
                    .collect();
                [first, characters.as_str().to_lowercase()]
            })
            .collect()
    };
    named(name, prefix, join)
}

/// The name of a field, or of a module: `createdAt` is `created_at`.
pub(super) fn field_name(name: &str, prefix: &str) -> String {
    // A name that is one already stays as it is: `a__b`, `_hidden`, `x_`.
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.chars().all(is_plain)
        && name.contains(|c| c != '_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
    {
        return name.to_owned();
    }
    let join = |name: &str| words(name).join("_").to_lowercase();
    named(name, prefix, join)
}

fn named(name: &str, prefix: &str, join: impl Fn(&str) -> String) -> String {
    let is_name = |text: &str| text == "Self" || is_identifier(&format!("{text}_"));
    let whole = join(name);
    if is_name(&whole) {
        return whole;
    }
    let with_prefix = join(&format!("{prefix}_{name}"));
    if is_name(&with_prefix) {
        return with_prefix;
    }
    // Letters of some scripts, and digits of others, are none in Rust.
    let ascii: String = name
        .chars()
        .map(|character| if character.is_ascii() { character } else { '_' })
        .collect();
    match join(&ascii) {
        found if is_name(&found) => found,
        _ => join(&format!("{prefix}_{ascii}")),
    }
}

fn is_identifier(text: &str) -> bool {
    syn::parse_str::<syn::Ident>(text).is_ok()
}

/// A name as Rust takes it: raw where it is a keyword, with an underscore where it cannot be raw either.
pub(super) fn raw(name: &str) -> String {
    if is_identifier(name) {
        name.to_owned()
    } else if matches!(name, "self" | "Self" | "super" | "crate" | "_") {
        format!("{name}_")
    } else {
        format!("r#{name}")
    }
}

/// Names of one scope, each given once.
#[derive(Debug, Default)]
pub(super) struct Scope(BTreeSet<String>);

impl Scope {
    /// A scope of structs and enums.
    pub(super) fn of_types() -> Self {
        Self(TAKEN.map(str::to_owned).into())
    }

    /// A scope of modules that are files.
    pub(super) fn of_modules() -> Self {
        Self(CRATES.into_iter().chain(DEVICES).map(str::to_owned).collect())
    }

    /// The name, or the nearest to it that is free: with a suffix, then with numbers.
    pub(super) fn take(&mut self, name: &str, suffix: &str) -> String {
        let mut free = name.to_owned();
        let mut number = 1_u32;
        while !self.0.insert(free.clone()) {
            free = match (number, suffix.is_empty()) {
                (1, false) => format!("{name}{suffix}"),
                // `self_` has its underscore already.
                _ => format!("{}_{}", name.trim_end_matches('_'), number.max(2)),
            };
            if suffix.starts_with(char::is_uppercase) && number > 1 {
                free = format!("{name}{suffix}{number}");
            }
            number += 1;
        }
        free
    }
}

/// A name for a module that is a file: ASCII alone, since Rust finds no other files.
pub(super) fn module_name(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|character| if character.is_ascii() { character } else { ' ' })
        .collect();
    let name = field_name(&ascii, "t");
    if is_identifier(&name) {
        name.to_lowercase()
    } else {
        format!("{}_", name.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_in_pascal_case() {
        for (name, expected) in [
            ("users", "Users"),
            ("meal_plan", "MealPlan"),
            ("MealPlan", "MealPlan"),
            ("HTTPServer", "HttpServer"),
            ("USERS", "Users"),
            ("v2_users", "V2Users"),
            ("2fa", "Table2fa"),
            ("über mich", "ÜberMich"),
            ("\"quoted\"", "Quoted"),
            ("self", "Self"),
            ("🦀", "Table"),
            ("²", "Table"),
            ("日本", "日本"),
        ] {
            assert_eq!(type_name(name, "table"), expected, "{name}");
        }
    }

    #[test]
    fn fields_are_in_snake_case() {
        for (name, expected) in [
            ("id", "id"),
            ("createdAt", "created_at"),
            ("UserID", "user_id"),
            ("a__b", "a__b"),
            ("_hidden", "_hidden"),
            ("first name", "first_name"),
            ("1st", "column_1st"),
            ("_", "column"),
            ("type", "type"),
            ("Größe", "größe"),
            ("%", "column"),
        ] {
            assert_eq!(field_name(name, "column"), expected, "{name}");
        }
    }

    #[test]
    fn keywords_are_raw_where_they_can_be() {
        assert_eq!(raw("id"), "id");
        assert_eq!(raw("type"), "r#type");
        assert_eq!(raw("self"), "self_");
        assert_eq!(raw("Self"), "Self_");
        assert_eq!(raw("crate"), "crate_");
        assert_eq!(raw("async"), "r#async");
    }

    #[test]
    fn names_are_given_once() {
        let mut scope = Scope::of_types();
        assert_eq!(scope.take("Users", "Row"), "Users");
        assert_eq!(scope.take("Users", "Row"), "UsersRow");
        assert_eq!(scope.take("Users", "Row"), "UsersRow2");
        assert_eq!(scope.take("Option", "Row"), "OptionRow");
        let mut scope = Scope::default();
        assert_eq!(scope.take("id", ""), "id");
        assert_eq!(scope.take("id", ""), "id_2");
        assert_eq!(scope.take("id", ""), "id_3");
        assert_eq!(scope.take("self_", ""), "self_");
        assert_eq!(scope.take("self_", ""), "self_2");
    }

    #[test]
    fn modules_are_files() {
        assert_eq!(module_name("users"), "users");
        assert_eq!(module_name("type"), "type_");
        assert_eq!(module_name("Über"), "ber");
        assert_eq!(module_name("日本"), "t");
    }

    #[test]
    fn the_lists_are_sorted() {
        assert!(CRATES.is_sorted());
    }
}
