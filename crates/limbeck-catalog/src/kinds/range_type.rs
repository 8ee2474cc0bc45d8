//! Range types (`pg_type`, `pg_range`).

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

/// A range type, with the multirange type that comes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RangeType {
    /// The type of its bounds, as `format_type` prints it.
    pub subtype: String,
    /// The operator class that orders the bounds, where it is not the subtype's default.
    pub operator_class: Option<QualifiedName>,
    /// The collation of the bounds, where it is not the subtype's own.
    pub collation: Option<QualifiedName>,
    /// The function that brings a range into its canonical form.
    pub canonical: Option<QualifiedName>,
    /// The function that tells how far apart two bounds are.
    pub subtype_diff: Option<QualifiedName>,
    /// The name of the multirange type.
    pub multirange: QualifiedName,
    /// The comment on the multirange type.
    pub multirange_comment: Option<String>,
}
