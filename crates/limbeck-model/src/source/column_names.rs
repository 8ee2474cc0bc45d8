//! The names in SQL expressions that may be columns.

use std::ops::Range;

use limbeck_sql::tokens;

/// The names, as the catalogue has them, with their bytes: what is called, qualified or a type behind `::` is none.
pub(super) fn in_expression(expression: &str) -> Vec<(Range<usize>, String)> {
    let all = tokens(expression);
    let all: Vec<_> = all.iter().filter(|token| !token.kind.is_blank()).collect();
    let text = |n: usize| all.get(n).and_then(|token| expression.get(token.range.clone()));
    let mut found = Vec::new();
    for (n, token) in all.iter().enumerate() {
        let Some(name) = token.identifier(expression) else {
            continue;
        };
        let before = n.checked_sub(1).and_then(text);
        let is_another = matches!(before, Some("." | "::")) || matches!(text(n + 1), Some("(" | "."));
        if !is_another {
            found.push((token.range.clone(), name));
        }
    }
    found
}
