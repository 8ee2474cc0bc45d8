//! Type and numbers of sequences, of their own and behind identity columns.

use limbeck_catalog::SequenceOptions;

/// The bounds of a sequence's type.
fn bounds(data_type: &str) -> (i64, i64) {
    match data_type {
        "smallint" => (i16::MIN.into(), i16::MAX.into()),
        "integer" => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}

/// What PostgreSQL fills in for a type and an increment: minimum and maximum.
fn default_bounds(data_type: &str, increment: i64) -> (i64, i64) {
    let (lowest, highest) = bounds(data_type);
    if increment > 0 { (1, highest) } else { (lowest, -1) }
}

/// The clauses that make a sequence so, where it would not be so by itself. `implied_type` is the type that it has
/// without being told: `bigint`, or that of its identity column.
pub(crate) fn create(options: &SequenceOptions, implied_type: &str) -> Vec<String> {
    let mut clauses = Vec::new();
    if options.data_type != implied_type {
        clauses.push(format!("AS {}", options.data_type));
    }
    let (minimum, maximum) = default_bounds(&options.data_type, options.increment);
    let first = if options.increment > 0 {
        options.minimum
    } else {
        options.maximum
    };
    if options.start != first {
        clauses.push(format!("START WITH {}", options.start));
    }
    if options.increment != 1 {
        clauses.push(format!("INCREMENT BY {}", options.increment));
    }
    if options.minimum != minimum {
        clauses.push(format!("MINVALUE {}", options.minimum));
    }
    if options.maximum != maximum {
        clauses.push(format!("MAXVALUE {}", options.maximum));
    }
    if options.cache != 1 {
        clauses.push(format!("CACHE {}", options.cache));
    }
    if options.cycle {
        clauses.push("CYCLE".to_owned());
    }
    clauses
}

/// What a change of type alone makes of a sequence: a bound that was the old type's becomes the new type's.
pub(crate) fn retyped(options: &SequenceOptions, data_type: &str) -> SequenceOptions {
    let (old_lowest, old_highest) = bounds(&options.data_type);
    let (lowest, highest) = bounds(data_type);
    SequenceOptions {
        data_type: data_type.to_owned(),
        minimum: if options.minimum == old_lowest {
            lowest
        } else {
            options.minimum
        },
        maximum: if options.maximum == old_highest {
            highest
        } else {
            options.maximum
        },
        ..options.clone()
    }
}

/// The clause that has a sequence begin anew. It is the only one that an identity takes without `SET`.
pub(crate) const RESTART: &str = "RESTART";

/// The clauses that turn one into the other, as `ALTER SEQUENCE` takes them.
pub(crate) fn alter(before: &SequenceOptions, after: &SequenceOptions) -> Vec<String> {
    let mut clauses = Vec::new();
    if before.data_type != after.data_type {
        clauses.push(format!("AS {}", after.data_type));
    }
    let is_disjoint = after.minimum > before.maximum || after.maximum < before.minimum;
    let before = retyped(before, &after.data_type);
    if before.increment != after.increment {
        clauses.push(format!("INCREMENT BY {}", after.increment));
    }
    if before.minimum != after.minimum {
        clauses.push(format!("MINVALUE {}", after.minimum));
    }
    if before.maximum != after.maximum {
        clauses.push(format!("MAXVALUE {}", after.maximum));
    }
    if before.start != after.start {
        clauses.push(format!("START WITH {}", after.start));
    }
    if before.cache != after.cache {
        clauses.push(format!("CACHE {}", after.cache));
    }
    if before.cycle != after.cycle {
        clauses.push(if after.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    // Nowhere within the old bounds could it go on.
    if is_disjoint {
        clauses.push(RESTART.to_owned());
    }
    clauses
}

/// Whether the place where the old sequence stands may lie outside the new bounds, so that PostgreSQL would refuse
/// the change.
pub(crate) fn may_leave_bounds(before: &SequenceOptions, after: &SequenceOptions) -> bool {
    let before = retyped(before, &after.data_type);
    after.minimum > before.minimum || after.maximum < before.maximum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bigint() -> SequenceOptions {
        SequenceOptions {
            data_type: "bigint".to_owned(),
            start: 1,
            increment: 1,
            minimum: 1,
            maximum: i64::MAX,
            cache: 1,
            cycle: false,
        }
    }

    #[test]
    fn what_goes_without_saying_is_not_said() {
        assert!(create(&bigint(), "bigint").is_empty());
        let descending = SequenceOptions {
            increment: -1,
            minimum: i64::MIN,
            maximum: -1,
            start: -1,
            ..bigint()
        };
        assert_eq!(create(&descending, "bigint"), ["INCREMENT BY -1"]);
        let small = SequenceOptions {
            data_type: "integer".to_owned(),
            maximum: i32::MAX.into(),
            start: 10,
            ..bigint()
        };
        assert_eq!(create(&small, "bigint"), ["AS integer", "START WITH 10"]);
    }

    #[test]
    fn a_new_type_takes_its_bounds_along() {
        let integer = retyped(&bigint(), "integer");
        assert_eq!(integer.maximum, i64::from(i32::MAX));
        assert_eq!(alter(&integer, &bigint()), ["AS bigint"]);
        assert_eq!(
            alter(
                &bigint(),
                &SequenceOptions {
                    increment: 5,
                    ..bigint()
                }
            ),
            ["INCREMENT BY 5"]
        );
        assert!(!may_leave_bounds(&integer, &bigint()));
        assert!(may_leave_bounds(
            &bigint(),
            &SequenceOptions {
                minimum: 5,
                ..bigint()
            }
        ));
    }
}
