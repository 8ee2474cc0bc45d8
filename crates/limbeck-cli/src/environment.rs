//! Every variable of the environment that the program itself reads, in one place.
//!
//! `LIMBECK_DATABASE_URL` and the variables that `limbeck.toml` refers to are read by the project, from the
//! environment and the `.env` file together.

/// Selects an environment of `limbeck.toml`, as `-e` does.
pub(crate) const LIMBECK_ENVIRONMENT: &str = "LIMBECK_ENVIRONMENT";
/// Which of several databases of `limbeck.toml` is meant, as `--database` does.
pub(crate) const LIMBECK_DATABASE: &str = "LIMBECK_DATABASE";
/// The folder of what can always be made again: binaries of PostgreSQL, templates, catalogues.
pub(crate) const LIMBECK_CACHE_DIR: &str = "LIMBECK_CACHE_DIR";
/// The folder of the embedded databases.
pub(crate) const LIMBECK_DATA_DIR: &str = "LIMBECK_DATA_DIR";
/// What to log, as `tracing` filters: `limbeck=debug`.
pub(crate) const LIMBECK_LOG: &str = "LIMBECK_LOG";
/// Set by what runs programs without a person; then nothing is asked.
pub(crate) const CI: &str = "CI";

/// The editor that `edit` opens, and the one that it opens without that.
pub(crate) const VISUAL: &str = "VISUAL";
/// See [`VISUAL`].
pub(crate) const EDITOR: &str = "EDITOR";

/// The variables as the help lists them, the project's among them.
pub(crate) const DOCUMENTED: [(&str, &str); 10] = [
    (
        "LIMBECK_DATABASE_URL",
        "the database, before what limbeck.toml says",
    ),
    (LIMBECK_ENVIRONMENT, "the environment of limbeck.toml, as -e"),
    (LIMBECK_DATABASE, "which of several databases, as --database"),
    (
        "LIMBECK_POSTGRES_BIN",
        "the folder of the PostgreSQL programs to start",
    ),
    (
        LIMBECK_CACHE_DIR,
        "where binaries, templates and catalogues are kept; can be deleted",
    ),
    (LIMBECK_DATA_DIR, "where embedded databases live"),
    (LIMBECK_LOG, "what to log to stderr, such as limbeck=debug"),
    ("NO_COLOR", "no colours; CLICOLOR_FORCE=1 forces them"),
    (CI, "never ask, as --no-input"),
    (VISUAL, "what `edit` opens files with; else EDITOR"),
];
