//! The names that PostgreSQL gives to what a user left unnamed: indexes, constraints and owned sequences.
//!
//! Each function follows `ChooseRelationName`, `ChooseConstraintName` and `makeObjectName` of PostgreSQL's
//! `indexcmds.c` and `pg_constraint.c`: `table_column_label`, cut to 63 bytes by shortening the longer of the two
//! names, with a number after the label when the name is taken. `is_taken` answers for the name's own scope: the
//! relations of the schema for indexes and sequences (and for the constraints that own an index), the constraints
//! of the schema for foreign keys and checks.

use crate::MAXIMUM_IDENTIFIER_LENGTH;
use crate::identifier::clip;

mod index_key;

pub use index_key::IndexKey;

/// The name of an unnamed primary key: `table_pkey`.
#[must_use]
pub fn primary_key(table: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    choose(table, None, "pkey", is_taken)
}

/// The name of an unnamed unique constraint: `table_column_column_key`.
#[must_use]
pub fn unique(table: &str, columns: &[impl AsRef<str>], is_taken: &dyn Fn(&str) -> bool) -> String {
    choose(table, Some(&joined(columns)), "key", is_taken)
}

/// The name of an unnamed check constraint: `table_column_check` where its expression uses exactly one column, else
/// `table_check`. `columns` are the distinct columns that the expression uses.
#[must_use]
pub fn check(table: &str, columns: &[impl AsRef<str>], is_taken: &dyn Fn(&str) -> bool) -> String {
    let column = match columns {
        [only] => Some(only.as_ref()),
        _ => None,
    };
    choose(table, column, "check", is_taken)
}

/// The name of an unnamed foreign key: `table_column_column_fkey`, with the referencing columns.
#[must_use]
pub fn foreign_key(table: &str, columns: &[impl AsRef<str>], is_taken: &dyn Fn(&str) -> bool) -> String {
    choose(table, Some(&joined(columns)), "fkey", is_taken)
}

/// The name of an unnamed exclusion constraint: `table_key_key_excl`.
#[must_use]
pub fn exclusion(table: &str, keys: &[IndexKey<'_>], is_taken: &dyn Fn(&str) -> bool) -> String {
    choose(table, Some(&joined(&index_key::names(keys))), "excl", is_taken)
}

/// The name of an unnamed not-null constraint, which PostgreSQL names from 18 on: `table_column_not_null`.
#[must_use]
pub fn not_null(table: &str, column: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    choose(table, Some(column), "not_null", is_taken)
}

/// The name of an unnamed not-null constraint of a domain, which PostgreSQL names from 17 on: `domain_not_null`.
#[must_use]
pub fn domain_not_null(domain: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    choose(domain, None, "not_null", is_taken)
}

/// The name of an unnamed index: `table_key_key_idx`. Columns of `INCLUDE` count as keys here, after the real ones,
/// as they do in PostgreSQL.
#[must_use]
pub fn index(table: &str, keys: &[IndexKey<'_>], is_taken: &dyn Fn(&str) -> bool) -> String {
    choose(table, Some(&joined(&index_key::names(keys))), "idx", is_taken)
}

/// What each key adds to the name of an index: a column's name, or what PostgreSQL calls an expression; each once.
#[must_use]
pub fn key_names(keys: &[IndexKey<'_>]) -> Vec<String> {
    index_key::names(keys)
}

/// The name of the sequence behind an identity or serial column: `table_column_seq`.
#[must_use]
pub fn sequence(table: &str, column: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    choose(table, Some(column), "seq", is_taken)
}

/// `ChooseRelationName`: the number follows the label, so that the label is never cut.
fn choose(name1: &str, name2: Option<&str>, label: &str, is_taken: &dyn Fn(&str) -> bool) -> String {
    let mut name = make(name1, name2, label);
    let mut number = 0_u32;
    while is_taken(&name) {
        number += 1;
        name = make(name1, name2, &format!("{label}{number}"));
    }
    name
}

/// `makeObjectName`: `name1_name2_label` within 63 bytes.
fn make(name1: &str, name2: Option<&str>, label: &str) -> String {
    let mut length1 = name1.len();
    let mut length2 = name2.map_or(0, str::len);
    let overhead = label.len() + 1 + usize::from(name2.is_some());
    let available = MAXIMUM_IDENTIFIER_LENGTH.saturating_sub(overhead);
    while length1 + length2 > available {
        if length1 > length2 {
            length1 -= 1;
        } else {
            length2 -= 1;
        }
    }
    let mut name = String::with_capacity(MAXIMUM_IDENTIFIER_LENGTH);
    name.push_str(clip(name1, length1));
    if let Some(name2) = name2 {
        name.push('_');
        name.push_str(clip(name2, length2));
    }
    name.push('_');
    name.push_str(label);
    name
}

/// `ChooseIndexNameAddition`: names joined by underscores until `NAMEDATALEN` bytes are reached.
fn joined(names: &[impl AsRef<str>]) -> String {
    let mut joined = String::new();
    for name in names {
        if !joined.is_empty() {
            joined.push('_');
        }
        joined.push_str(clip(name.as_ref(), MAXIMUM_IDENTIFIER_LENGTH));
        if joined.len() > MAXIMUM_IDENTIFIER_LENGTH {
            break;
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free(_: &str) -> bool {
        false
    }

    #[test]
    fn each_kind_has_its_label() {
        assert_eq!(primary_key("users", &free), "users_pkey");
        assert_eq!(unique("users", &["email"], &free), "users_email_key");
        assert_eq!(unique("users", &["org", "email"], &free), "users_org_email_key");
        assert_eq!(foreign_key("plans", &["user_id"], &free), "plans_user_id_fkey");
        assert_eq!(check("plans", &["price"], &free), "plans_price_check");
        assert_eq!(check("plans", &["low", "high"], &free), "plans_check");
        assert_eq!(check("plans", &[] as &[&str], &free), "plans_check");
        assert_eq!(not_null("plans", "price", &free), "plans_price_not_null");
        assert_eq!(domain_not_null("price", &free), "price_not_null");
        assert_eq!(sequence("plans", "id", &free), "plans_id_seq");
        let keys = [IndexKey::Column("a"), IndexKey::Expression("a + b")];
        assert_eq!(index("t", &keys, &free), "t_a_expr_idx");
        assert_eq!(exclusion("t", &keys, &free), "t_a_expr_excl");
    }

    #[test]
    fn a_taken_name_gets_a_number_after_the_label() {
        let taken = ["t_a_idx", "t_a_idx1"];
        let keys = [IndexKey::Column("a")];
        assert_eq!(index("t", &keys, &|name| taken.contains(&name)), "t_a_idx2");
    }

    #[test]
    fn the_longer_name_is_cut_first() {
        let table = "t".repeat(60);
        assert_eq!(
            sequence(&table, "id", &free),
            format!("{}_id_seq", "t".repeat(56))
        );
        let column = "c".repeat(60);
        let name = sequence(&table, &column, &free);
        assert_eq!(name, format!("{}_{}_seq", "t".repeat(29), "c".repeat(29)));
        assert_eq!(name.len(), 63);
    }

    #[test]
    fn no_character_is_cut_in_two() {
        let table = "ü".repeat(31);
        let name = sequence(&table, &"c".repeat(40), &free);
        assert!(name.len() <= 63, "{name}");
        assert_eq!(name, format!("{}_{}_seq", "ü".repeat(14), "c".repeat(29)));
    }

    #[test]
    fn joining_stops_at_the_limit() {
        let columns = ["a".repeat(40), "b".repeat(40), "c".repeat(40)];
        assert_eq!(joined(&columns), format!("{}_{}", "a".repeat(40), "b".repeat(40)));
    }
}
