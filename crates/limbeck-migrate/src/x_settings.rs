//! What a caller hands to steps: `-x key=value`, as the setting `limbeck.x.key`.

use limbeck_history::XArguments;
use limbeck_sql::quote_literal;

/// How long a setting lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lasting {
    /// To the end of the transaction.
    Transaction,
    /// To the end of the session, or until its settings are restored.
    Session,
}

/// The statements that set them.
pub(crate) fn x_settings(x: &XArguments, lasting: Lasting) -> Vec<String> {
    x.iter()
        .map(|(key, value)| {
            format!(
                "SELECT pg_catalog.set_config('limbeck.x.{key}', {}, {})",
                quote_literal(value),
                lasting == Lasting::Transaction
            )
        })
        .collect()
}
