//! Where actions stand among those that nothing puts in an order: what makes a plan legible.

/// What sort of things are done together, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Chapter {
    /// New labels of enums: they have to be committed before they are used.
    Labels,
    /// Indexes dropped without a transaction.
    ConcurrentDrops,
    /// Views and routines that are dropped to come back, or in the way.
    Clearing,
    Schemas,
    Extensions,
    Types,
    /// Foreign-data wrappers, servers and user mappings.
    ForeignServers,
    /// Tables with all that lies in them, and sequences.
    Tables,
    Routines,
    Views,
    /// What lies in no schema and concerns what does: publications, default privileges.
    Database,
    RoutineDrops,
    TableDrops,
    TypeDrops,
    ForeignServerDrops,
    ExtensionDrops,
    SchemaDrops,
    /// They watch over what the plan does no more.
    EventTriggers,
    /// Indexes built without a transaction.
    ConcurrentCreates,
}

/// What is done to one table, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Rename,
    /// A partition leaves its table, a child its parent.
    Detach,
    TriggerDrop,
    ForeignKeyDrop,
    ConstraintDrop,
    IndexDrop,
    OwnerDrop,
    Sequence,
    Table,
    TableOptions,
    Column,
    ColumnDrop,
    Key,
    Check,
    ForeignKey,
    SequenceOwner,
    Index,
    /// A partition comes to its table, a child to its parent.
    Attach,
    Trigger,
    Rule,
    Policy,
    Statistics,
    Comment,
    Privileges,
    Owner,
    Drop,
}

/// A place: a chapter, a group within it (the number of a table, or of the object itself), a rank within that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) chapter: Chapter,
    pub(crate) group: usize,
    pub(crate) rank: Rank,
}
