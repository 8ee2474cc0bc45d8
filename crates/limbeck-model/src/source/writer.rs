//! Writes a statement while noting where its parts come from.

use super::{Declared, DeclaredPart, Origin};

/// A statement in the making.
pub(super) struct Writer {
    sql: String,
    origin: Origin,
    parts: Vec<DeclaredPart>,
}

impl Writer {
    /// A statement that as a whole comes from `origin`.
    pub(super) fn new(origin: Origin) -> Self {
        Self {
            sql: String::new(),
            origin,
            parts: Vec::new(),
        }
    }

    /// Adds text that comes from where the statement comes from.
    pub(super) fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Adds text that comes from a place of its own.
    pub(super) fn push_from(&mut self, text: &str, origin: Origin) {
        self.within(origin, |writer| writer.push(text));
    }

    /// What `write` adds comes from `origin`, unless it says otherwise of a part.
    pub(super) fn within(&mut self, origin: Origin, write: impl FnOnce(&mut Self)) {
        let start = self.sql.len();
        write(self);
        self.parts.push(DeclaredPart {
            range: start..self.sql.len(),
            origin,
        });
    }

    /// Adds an expression in parentheses.
    pub(super) fn parentheses_from(&mut self, expression: &str, origin: Origin) {
        self.push("(");
        self.push_from(expression, origin);
        // A comment at its end would take the parenthesis along.
        self.push(if expression.contains("--") { "\n)" } else { ")" });
    }

    pub(super) fn finish(mut self) -> Declared {
        self.parts.sort_by_key(|part| (part.range.start, part.range.end));
        Declared {
            sql: self.sql,
            object: None,
            origin: self.origin,
            parts: self.parts,
        }
    }
}
