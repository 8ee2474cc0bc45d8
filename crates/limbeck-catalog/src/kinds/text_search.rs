//! Text search dictionaries (`pg_ts_dict`) and configurations (`pg_ts_config`, `pg_ts_config_map`).

use std::collections::BTreeMap;

use limbeck_sql::QualifiedName;
use serde::{Deserialize, Serialize};

/// A text search dictionary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSearchDictionary {
    /// The template that it follows.
    pub template: QualifiedName,
    /// Its options, each with its value as SQL.
    pub options: BTreeMap<String, String>,
}

/// A text search configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSearchConfiguration {
    /// The parser that splits texts into tokens.
    pub parser: QualifiedName,
    /// The dictionaries that tokens of each type go through, in order, by the alias of the type.
    pub mappings: BTreeMap<String, Vec<QualifiedName>>,
}
