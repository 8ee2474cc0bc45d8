//! Models where they are not read, and what only looks like one.

mod ours {
    use limbeck::{PgEnum as Enumeration, Table as Model};

    #[derive(Model)]
    #[table(name = "by_another_name")]
    struct ByAnotherName {
        kind: Kind,
    }

    #[derive(Enumeration)]
    #[pg_enum(name = "kind")]
    enum Kind {
        A,
    }
}

mod others {
    use cli_table::Table;
    use comfy_table::Table as _;

    #[derive(Table)]
    struct Shown {
        #[table(title = "ID")]
        id: u64,
    }

    #[derive(tabled::Tabled, cli_table::Table)]
    #[table(title = "x")]
    struct Row {
        id: u64,
    }

    // This could be a crate that brings Limbeck's along.
    #[derive(acme_prelude::Table)]
    #[table(name = "doubtful")]
    struct Doubtful {
        id: i64,
    }
}

macro_rules! made {
    ($name:ident) => {
        #[derive(Debug, limbeck::PgEnum)]
        enum $name {}
    };
}

make_models! {
    #[derive(Clone)]
    #[derive(Table)]
    struct Called { id: i64 }
}

macro_rules! plain {
    () => {
        #[derive(Debug)]
        struct Table;
    };
}

include!("../included.rs");
include!(concat!(env!("OUT_DIR"), "/generated.rs"));

fn shows() {
    #[derive(cli_table::Table)]
    struct Local {
        id: u64,
    }
}
