//! `models`.

use clap::{Args, Subcommand, ValueEnum};

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
    (
        "limbeck models generate",
        "structs of the tables that the database has",
    ),
];

const GENERATE_EXAMPLES: &[(&str, &str)] = &[
    ("limbeck models generate", "structs of the configured database"),
    (
        "limbeck models generate --derive sqlx::FromRow,serde::Serialize",
        "with derives of the application's own",
    ),
    (
        "limbeck models generate history: --by schema --into src/schema",
        "of what the revisions lead to, a file for each schema",
    ),
    (
        "pg_dump -s app | limbeck models generate - --into -",
        "of a dump, printed and not written",
    ),
];

const DIAGRAM_EXAMPLES: &[(&str, &str)] = &[
    ("limbeck models diagram > schema.mmd", "all tables"),
    (
        "limbeck models diagram User orders",
        "two of them, and what they reference",
    ),
    ("limbeck models diagram --schema billing", "those of a schema"),
];

/// Show the models as a list, SQL, JSON or a diagram, or generate them
///
/// The models are read from their source: nothing has to compile, and no database is asked. Only `sql` and `generate`
/// start a throwaway PostgreSQL.
#[derive(Debug, Subcommand)]
#[command(after_help = examples(EXAMPLES))]
pub(crate) enum ModelsCommand {
    List(ModelsListArguments),
    Show(ModelsShowArguments),
    Sql(ModelsSqlArguments),
    Json(ModelsJsonArguments),
    Diagram(ModelsDiagramArguments),
    Generate(ModelsGenerateArguments),
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

/// Write the structs of a database, a history or a `.sql` file
///
/// What structs do not say (views, functions, triggers, policies, grants, extensions, and what attributes lack of a
/// table) is written as `.sql` files into the folder that `schema` in limbeck.toml names. What was made is read back and
/// run on a throwaway PostgreSQL before anything is written: it comes to the same schema, or nothing is written. No file is
/// written over.
///
/// Names are never guessed: a struct has its table's name in PascalCase, a field its column's in snake_case.
#[derive(Debug, Args)]
#[command(after_help = examples(GENERATE_EXAMPLES))]
pub(crate) struct ModelsGenerateArguments {
    /// A URL, the path of a `.sql` file (a `pg_dump` too), `-` for stdin, `history:`, `history:REVISION` or
    /// `database:`, which is meant without it
    pub(crate) from: Option<String>,

    /// The folder of the structs; `src/models` as a rule, and `-` to print instead of writing
    #[arg(long, value_name = "FOLDER")]
    pub(crate) into: Option<std::path::PathBuf>,

    /// Derives that the structs have besides, such as sqlx::FromRow,serde::Serialize; repeatable
    #[arg(long, value_name = "PATH", value_delimiter = ',')]
    pub(crate) derive: Vec<String>,

    /// A file for each table, for each schema, or one for all
    #[arg(long, value_name = "WHAT", default_value = "table")]
    pub(crate) by: GenerateBy,

    /// The crate of dates and times
    #[arg(long, value_name = "CRATE", default_value = "chrono")]
    pub(crate) types: GenerateTypes,

    /// Structs of views and materialized views too, beside their SQL; each field is an `Option`
    #[arg(long)]
    pub(crate) views: bool,
}

/// How structs are spread over files.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum GenerateBy {
    Table,
    Schema,
    File,
}

/// The crates of dates and times.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum GenerateTypes {
    Chrono,
    Time,
    Jiff,
}
