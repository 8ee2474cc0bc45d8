//! Extensions (`pg_extension`).

use serde::{Deserialize, Serialize};

/// An extension. Its members are its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The schema that its objects lie in.
    pub schema: String,
    /// Its version. It is the server's business, and no fact to compare, unless the wanted state is pinned to it.
    pub version: String,
    /// Whether who wants it said which version. A catalogue does not know: [`Catalog::pin`](crate::Catalog::pin) sets it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pinned: bool,
}
