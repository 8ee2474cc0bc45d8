//! Collations: created. PostgreSQL alters nothing of them.

use limbeck_catalog::{Collation, CollationProvider, ObjectId};
use limbeck_sql::quote_literal;

use super::data_type::listed;

/// `CREATE COLLATION`.
pub(super) fn creation(id: &ObjectId, collation: &Collation) -> String {
    let mut options = Vec::new();
    let mut option = |name: &str, value: &str| options.push(format!("{name} = {value}"));
    match &collation.provider {
        CollationProvider::Libc { collate, ctype } if collate == ctype => {
            option("locale", &quote_literal(collate));
        }
        CollationProvider::Libc { collate, ctype } => {
            option("lc_collate", &quote_literal(collate));
            option("lc_ctype", &quote_literal(ctype));
        }
        CollationProvider::Icu { locale } => {
            option("provider", "icu");
            option("locale", &quote_literal(locale));
        }
        CollationProvider::Builtin { locale } => {
            option("provider", "builtin");
            option("locale", &quote_literal(locale));
        }
    }
    if !collation.deterministic {
        option("deterministic", "false");
    }
    if let Some(rules) = &collation.rules {
        option("rules", &quote_literal(rules));
    }
    listed(&format!("CREATE COLLATION {}", id.sql_name()), &options)
}
