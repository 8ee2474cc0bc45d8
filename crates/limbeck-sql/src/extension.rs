//! Which statements say an extension's version.

use std::iter::Peekable;

use crate::{Token, TokenKind, Tokens};

/// The extension whose version a statement says: `CREATE EXTENSION … VERSION …`, or `ALTER EXTENSION … UPDATE TO …`.
/// The name is as the catalogue stores it.
#[must_use]
pub fn pinned_extension(statement: &str) -> Option<String> {
    let mut words = Words {
        statement,
        tokens: Tokens::new(statement).peekable(),
    };
    let creates = words.follows("create");
    if !(creates || words.follows("alter")) || !words.follows("extension") {
        return None;
    }
    if creates && words.follows("if") && !(words.follows("not") && words.follows("exists")) {
        return None;
    }
    let name = words.identifier()?;
    if !creates {
        return (words.follows("update") && words.follows("to")).then_some(name);
    }
    while words.peek().is_some() {
        if words.follows("version") {
            return Some(name);
        }
        // Whatever the schema is called.
        if words.follows("schema") {
            words.peek();
        }
        words.tokens.next();
    }
    None
}

/// A statement, word by word.
struct Words<'a> {
    statement: &'a str,
    tokens: Peekable<Tokens<'a>>,
}

impl Words<'_> {
    /// The next token that is neither white space nor a comment.
    fn peek(&mut self) -> Option<&Token> {
        while self.tokens.next_if(|token| token.kind.is_blank()).is_some() {}
        self.tokens.peek()
    }

    /// Steps over a word, if that is what follows.
    fn follows(&mut self, word: &str) -> bool {
        self.peek();
        let statement = self.statement;
        let is_word = |token: &Token| {
            let text = statement.get(token.range.clone());
            token.kind == TokenKind::Word && text.is_some_and(|text| text.eq_ignore_ascii_case(word))
        };
        self.tokens.next_if(is_word).is_some()
    }

    /// Steps over an identifier.
    fn identifier(&mut self) -> Option<String> {
        self.peek();
        self.tokens.next()?.identifier(self.statement)
    }
}

#[cfg(test)]
mod tests {
    use super::pinned_extension;

    #[test]
    fn a_version_is_said() {
        for (statement, name) in [
            ("CREATE EXTENSION citext VERSION '1.4'", "citext"),
            (
                "create /* why */ extension if not exists PostGIS with schema version version \"3.4\" cascade",
                "postgis",
            ),
            (
                "CREATE EXTENSION \"uuid-ossp\" -- so\n WITH VERSION '1.1' SCHEMA ext",
                "uuid-ossp",
            ),
            ("ALTER EXTENSION citext UPDATE TO '1.6'", "citext"),
        ] {
            assert_eq!(pinned_extension(statement).as_deref(), Some(name), "{statement}");
        }
    }

    #[test]
    fn no_version_is_said() {
        for statement in [
            "",
            "CREATE EXTENSION citext",
            "CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA version CASCADE",
            "ALTER EXTENSION citext UPDATE",
            "ALTER EXTENSION citext SET SCHEMA version",
            "CREATE TABLE extension (version int)",
            "COMMENT ON EXTENSION citext IS 'VERSION 1'",
            "CREATE EXTENSION",
        ] {
            assert_eq!(pinned_extension(statement), None, "{statement}");
        }
    }
}
