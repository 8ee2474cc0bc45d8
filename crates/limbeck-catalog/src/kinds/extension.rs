//! Extensions (`pg_extension`).

use serde::{Deserialize, Serialize};

/// An extension. Its version is the server's business and is not compared; its members are its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The schema that its objects lie in.
    pub schema: String,
}
