//! What has to happen before the same can succeed, by SQLSTATE.

use limbeck_postgres::DatabaseError;

/// What has to happen before the same can succeed; `None` where nothing can be said but that it has to be corrected.
///
/// SQLSTATEs are those of PostgreSQL's Appendix A.
pub(super) fn advice(error: &DatabaseError) -> Option<&'static str> {
    Some(match error.sqlstate()? {
        // not_null_violation, foreign_key_violation, unique_violation, check_violation, exclusion_violation.
        "23502" | "23503" | "23505" | "23514" | "23P01" => {
            "correct the rows that are in the way, by hand or in an earlier step"
        }
        // read_only_sql_transaction.
        "25006" => "connect to the primary, or take `default_transaction_read_only` back",
        // insufficient_privilege.
        "42501" => "have the right granted, or connect as the role that owns the object",
        // disk_full.
        "53100" => "make room on the server's disk",
        // out_of_memory: of the machine, or of the room for locks.
        "53200" => {
            "give the server more memory or room for locks (`max_locks_per_transaction`), or do less in one step"
        }
        // duplicate_table, duplicate_column, duplicate_object, duplicate_schema, duplicate_function.
        "42P07" | "42701" | "42710" | "42P06" | "42723" => {
            "it is there already, so find out who made it: drop or rename it, or `limbeck stamp` the revision that the \
             database is at"
        }
        // configuration_limit_exceeded.
        "53400" => "raise the limit that the message names, or do less in one step",
        // raise_exception, in a function, a trigger or an event trigger of the database.
        "P0001" => "ask whoever wrote what raised this, or do what it wants",
        // io_error, data_corrupted, index_corrupted.
        "58030" | "XX001" | "XX002" => "look into the server's log: its disk or its data is damaged",
        _ => return None,
    })
}
