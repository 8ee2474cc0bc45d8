//! Schemas (`pg_namespace`).

use serde::{Deserialize, Serialize};

/// A schema. It has no attributes of its own besides those of every object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {}
