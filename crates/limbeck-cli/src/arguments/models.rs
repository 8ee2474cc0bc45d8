//! `models`.

use clap::{Args, Subcommand};

use super::reference::examples;

const EXAMPLES: &[(&str, &str)] = &[
    (
        "limbeck models list",
        "every struct, its table, and where it stands",
    ),
    ("limbeck models show User", "the SQL that one struct means"),
    ("limbeck models show billing.invoices", "the same, by the table"),
    ("limbeck models sql", "the whole schema, in an order that runs"),
    ("limbeck models diagram", "tables and references, drawn"),
];

const DIAGRAM_EXAMPLES: &[(&str, &str)] = &[
    ("limbeck models diagram > schema.mmd", "all tables"),
    (
        "limbeck models diagram User orders",
        "two of them, and what they reference",
    ),
    ("limbeck models diagram --schema billing", "those of a schema"),
];

/// Show what the models say: a list, one of them, all as SQL or JSON, a diagram
///
/// The models are read from their source: nothing has to compile, and no database is asked. Only `sql` starts a
/// throwaway PostgreSQL, to tell an order that runs.
#[derive(Debug, Subcommand)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) enum ModelsCommand {
    List(ModelsListArguments),
    Show(ModelsShowArguments),
    Sql(ModelsSqlArguments),
    Json(ModelsJsonArguments),
    Diagram(ModelsDiagramArguments),
}

/// List the tables and types, with their structs and places
#[derive(Debug, Args)]
pub(crate) struct ModelsListArguments {}

/// Show the SQL that one model means, with its indexes, foreign keys and comments
#[derive(Debug, Args)]
pub(crate) struct ModelsShowArguments {
    /// The table or type, such as `users` or `billing.invoices`, or the struct, such as `User`
    pub(crate) name: String,
}

/// Print everything that is declared as SQL, in an order that runs on an empty database
///
/// The `.sql` files included, as PostgreSQL understands them: it is `limbeck diff empty: models:`.
#[derive(Debug, Args)]
pub(crate) struct ModelsSqlArguments {}

/// Print the models as one JSON document: columns, types, keys, references, places
#[derive(Debug, Args)]
pub(crate) struct ModelsJsonArguments {}

/// Draw tables and references as a Mermaid diagram
///
/// Hosts of repositories draw it where it stands in a block of code of the kind `mermaid`. Tables that are only
/// referenced by those that were asked for are drawn without their columns.
#[derive(Debug, Args)]
#[command(after_help = examples(DIAGRAM_EXAMPLES))]
pub(crate) struct ModelsDiagramArguments {
    /// Only these: tables, such as `users` or `billing.invoices`, or structs, such as `User`
    #[arg(value_name = "NAME")]
    pub(crate) tables: Vec<String>,
    /// All tables of a schema; repeatable
    #[arg(long = "schema", value_name = "NAME")]
    pub(crate) schemas: Vec<String>,
}
