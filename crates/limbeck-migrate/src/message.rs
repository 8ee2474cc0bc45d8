//! The message that a step is sent as, and the way back from PostgreSQL's answer to a place in the revision file.
//!
//! PostgreSQL counts the position of an error in characters from the start of the message, and answers each finished
//! statement of a message with one `CommandComplete`. The message remembers which part of it came from which bytes of
//! the file.

use std::ops::Range;

use limbeck_sql::{char_offset_to_byte, statements, tokens};

/// Statements sent together, in the simple protocol.
#[derive(Debug, Default, Clone)]
pub(crate) struct Message {
    sql: String,
    /// How many statements there are so far.
    commands: usize,
    sources: Vec<Source>,
    hook: Option<Added>,
}

/// A part of the message that a hook of the application has added.
#[derive(Debug, Clone)]
struct Added {
    /// The bytes of the message.
    bytes: Range<usize>,
    /// Its statements, counted over the message.
    commands: Range<usize>,
}

/// A part of the message that stands in a revision file.
#[derive(Debug, Clone)]
struct Source {
    /// The bytes of the message.
    bytes: Range<usize>,
    /// Where in the message ends what Limbeck put after it to end its last statement: an error there is one at the
    /// end of the source.
    closed: usize,
    /// Where the first of them stands in the file.
    file_offset: usize,
    /// How many statements of the message come before.
    first_command: usize,
    /// The statements, by their bytes in the file.
    statements: Vec<Range<usize>>,
}

impl Message {
    /// Adds statements of Limbeck's own.
    pub(crate) fn own<I>(&mut self, statements: I)
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        for statement in statements {
            self.sql.push_str(statement.as_ref());
            self.sql.push_str(";\n");
            self.commands += 1;
        }
    }

    /// Adds statements of a revision file, as they stand there.
    pub(crate) fn source(&mut self, sql: &str, file_offset: usize) {
        let ranges = statements(sql).into_iter().map(|statement| statement.range);
        let ranges: Vec<_> = ranges
            .map(|range| file_offset + range.start..file_offset + range.end)
            .collect();
        // The text may end in a comment, and its last statement need not have a semicolon. An empty statement is no
        // statement to PostgreSQL.
        self.add("", sql, "\n;\n", file_offset, ranges);
    }

    /// Adds one statement that has one expression of a revision file between two texts of Limbeck's own.
    pub(crate) fn wrapped(&mut self, before: &str, sql: &str, file_offset: usize, after: &str) {
        let whole = file_offset..file_offset + sql.len();
        self.add(
            before,
            sql,
            &format!("{after};\n"),
            file_offset,
            std::iter::once(whole).collect(),
        );
    }

    /// Adds statements of a hook.
    pub(crate) fn hook(&mut self, sql: &str) {
        let (start, first) = (self.sql.len(), self.commands);
        self.sql.push_str(sql);
        self.sql.push_str("\n;\n");
        self.commands += statements(sql).len();
        self.hook = Some(Added {
            bytes: start..self.sql.len(),
            commands: first..self.commands,
        });
    }

    /// Whether an error belongs to what a hook has added.
    pub(crate) fn is_in_hook(&self, position: Option<u32>, finished_commands: usize) -> bool {
        self.hook.as_ref().is_some_and(|hook| match position {
            Some(position) => hook.bytes.contains(&self.byte_at(position)),
            None => hook.commands.contains(&finished_commands),
        })
    }

    /// The byte at PostgreSQL's position.
    fn byte_at(&self, position: u32) -> usize {
        let characters = usize::try_from(position).unwrap_or(usize::MAX).saturating_sub(1);
        char_offset_to_byte(&self.sql, characters)
    }

    fn add(
        &mut self,
        before: &str,
        sql: &str,
        after: &str,
        file_offset: usize,
        statements: Vec<Range<usize>>,
    ) {
        self.sql.push_str(before);
        let start = self.sql.len();
        self.sql.push_str(sql);
        let bytes = start..self.sql.len();
        self.sql.push_str(after);
        let first_command = self.commands;
        self.commands += statements.len();
        self.sources.push(Source {
            bytes,
            closed: self.sql.len(),
            file_offset,
            first_command,
            statements,
        });
    }

    /// The text to send.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// The bytes of the revision file where an error belongs: the token at PostgreSQL's position (characters, from
    /// 1), else the statement that came after those that finished. `None` where that is a statement of Limbeck's own.
    pub(crate) fn locate(&self, position: Option<u32>, finished_commands: usize) -> Option<Range<usize>> {
        if let Some(position) = position {
            return self.token_at(self.byte_at(position));
        }
        self.sources.iter().find_map(|source| {
            let index = finished_commands.checked_sub(source.first_command)?;
            source.statements.get(index).cloned()
        })
    }

    fn token_at(&self, byte: usize) -> Option<Range<usize>> {
        let source = self
            .sources
            .iter()
            .find(|source| source.bytes.start <= byte && byte < source.closed)?;
        let byte = byte.min(source.bytes.end);
        let rest = self.sql.get(byte..source.bytes.end).unwrap_or_default();
        let length = tokens(rest).first().map_or(0, |token| token.range.end);
        let start = source.file_offset + (byte - source.bytes.start);
        Some(start..start + length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "-- größe\nCREATE TABLE ü (a int);\n-- between\nSELECT nope; -- end";

    fn message() -> (Message, usize) {
        let offset = FILE.find("CREATE").unwrap();
        let mut message = Message::default();
        message.own(["BEGIN", "SELECT 'ö'"]);
        message.source(&FILE[offset..], offset);
        message.own(["COMMIT"]);
        (message, offset)
    }

    fn position_of(message: &Message, needle: &str) -> u32 {
        let byte = message.sql().find(needle).unwrap();
        u32::try_from(message.sql()[..byte].chars().count() + 1).unwrap()
    }

    #[test]
    fn positions_lead_to_the_token_in_the_file() {
        let (message, _) = message();
        let range = message.locate(Some(position_of(&message, "nope")), 0).unwrap();
        assert_eq!(&FILE[range], "nope");
        let range = message.locate(Some(position_of(&message, "ü")), 0).unwrap();
        assert_eq!(&FILE[range], "ü");
    }

    #[test]
    fn positions_in_own_statements_lead_nowhere() {
        let (message, _) = message();
        assert_eq!(message.locate(Some(1), 3), None);
        assert_eq!(message.locate(Some(position_of(&message, "COMMIT")), 3), None);
        assert_eq!(message.locate(Some(10_000), 3), None);
    }

    #[test]
    fn the_end_of_the_step_is_in_the_step() {
        let (message, _) = message();
        let end = position_of(&message, "; -- end") + 8;
        assert_eq!(message.locate(Some(end), 0), Some(FILE.len()..FILE.len()));
        // "syntax error at or near ;" points at the semicolon after it.
        assert_eq!(message.locate(Some(end + 1), 0), Some(FILE.len()..FILE.len()));
    }

    #[test]
    fn without_a_position_the_finished_statements_tell() {
        let (message, _) = message();
        assert_eq!(message.locate(None, 0), None);
        assert_eq!(message.locate(None, 1), None);
        assert_eq!(&FILE[message.locate(None, 2).unwrap()], "CREATE TABLE ü (a int)");
        assert_eq!(&FILE[message.locate(None, 3).unwrap()], "SELECT nope");
        assert_eq!(message.locate(None, 4), None);
    }

    #[test]
    fn a_wrapped_expression_is_found_too() {
        let file = "SELECT count(*) FROM users";
        let mut message = Message::default();
        message.own(["BEGIN"]);
        message.wrapped("SELECT (", file, 0, "\n)");
        assert_eq!(message.sql(), "BEGIN;\nSELECT (SELECT count(*) FROM users\n);\n");
        assert_eq!(
            &file[message.locate(Some(position_of(&message, "users")), 0).unwrap()],
            "users"
        );
        assert_eq!(message.locate(None, 1), Some(0..file.len()));
    }

    #[test]
    fn a_comment_at_the_end_does_not_swallow_what_follows() {
        let mut message = Message::default();
        message.source("SELECT 1 -- no semicolon", 0);
        message.own(["COMMIT"]);
        let found = statements(message.sql());
        assert_eq!(
            found.iter().map(|statement| statement.text).collect::<Vec<_>>(),
            ["SELECT 1", "COMMIT"]
        );
    }
}
