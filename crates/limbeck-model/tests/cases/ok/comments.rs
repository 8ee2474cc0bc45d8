use limbeck::Table;

/// First line
/// second line.
///
///     indented
#[derive(Table)]
#[table(name = "told", comments)]
struct Told {
    /** A block. */
    a: i32,
    /// Overridden.
    #[column(comment = "It's said")]
    b: i32,
    c: i32,
}

/// Not told.
#[derive(Table)]
#[table(name = "untold", comment = "Said")]
struct Untold {
    /// Not told.
    a: i32,
}
