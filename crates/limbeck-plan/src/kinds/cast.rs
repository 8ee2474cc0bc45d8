//! Casts: created. PostgreSQL alters nothing of them.

use limbeck_catalog::{Cast, CastContext, CastMethod, ObjectId};

/// `CREATE CAST`.
pub(super) fn creation(id: &ObjectId, cast: &Cast) -> String {
    let method = match &cast.method {
        CastMethod::Function(function) => format!("WITH FUNCTION {function}"),
        CastMethod::Binary => "WITHOUT FUNCTION".to_owned(),
        CastMethod::InOut => "WITH INOUT".to_owned(),
    };
    let context = match cast.context {
        CastContext::Explicit => "",
        CastContext::Assignment => " AS ASSIGNMENT",
        CastContext::Implicit => " AS IMPLICIT",
    };
    format!("CREATE CAST {} {method}{context}", id.sql_name())
}
