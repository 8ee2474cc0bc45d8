//! The keywords that cannot stand as a bare identifier everywhere.

/// The reserved keywords of PostgreSQL 14 to 18, with those that may name a function or type (`kwlist.h`;
/// `pg_get_keywords()` with `catcode` `R` or `T`). Sorted, for the binary search.
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Those that may name a column, but no function or type (`catcode = 'C'`). Sorted.
const COLUMN_NAMES: &[&str] = &[
    "between",
    "bigint",
    "bit",
    "boolean",
    "char",
    "character",
    "coalesce",
    "dec",
    "decimal",
    "exists",
    "extract",
    "float",
    "greatest",
    "grouping",
    "inout",
    "int",
    "integer",
    "interval",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "least",
    "merge_action",
    "national",
    "nchar",
    "none",
    "normalize",
    "nullif",
    "numeric",
    "out",
    "overlay",
    "position",
    "precision",
    "real",
    "row",
    "setof",
    "smallint",
    "substring",
    "time",
    "timestamp",
    "treat",
    "trim",
    "values",
    "varchar",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
];

/// Whether `quote_ident` would quote this word for being a keyword: true for all keywords of PostgreSQL 14 to 18 but
/// the unreserved ones. The word is compared as it is; PostgreSQL's keywords are lower-case.
#[must_use]
pub fn must_be_quoted(word: &str) -> bool {
    is_reserved(word) || COLUMN_NAMES.binary_search(&word).is_ok()
}

/// Whether this keyword names no column without quotes: the reserved ones, with those that may name a function or type.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    RESERVED.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        assert!(RESERVED.is_sorted_by(|a, b| a < b));
        assert!(COLUMN_NAMES.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn unreserved_keywords_are_not_listed() {
        assert!(!must_be_quoted("begin"));
        assert!(!must_be_quoted("name"));
        assert!(must_be_quoted("select"));
        assert!(must_be_quoted("merge_action") && !is_reserved("merge_action"));
        assert!(
            COLUMN_NAMES
                .iter()
                .all(|word| must_be_quoted(word) && !is_reserved(word))
        );
    }
}
