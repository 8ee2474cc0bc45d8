//! What a statement is for, where its text plainly says so: an index built, dropped or built again, a partition
//! attached or detached, a table looked over.

use limbeck_sql::{TokenKind, statements, tokens};

use super::{Aim, Target};

/// What a statement is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    pub(super) aim: Aim,
    pub(super) target: Target,
    /// The table of an index that is built, as `to_regclass` takes it.
    pub(super) table: Option<String>,
    /// Whether it does nothing where something of that name is there (`IF NOT EXISTS`).
    pub(super) skips: bool,
}

/// What the one statement of a text is for. `None` for several, for one that leaves the name to PostgreSQL, and for
/// whatever is not known here.
pub(super) fn stated(sql: &str) -> Option<Stated> {
    let found = statements(sql);
    let [statement] = found.as_slice() else {
        return None;
    };
    let mut cursor = Cursor::new(statement.text);
    let of = |aim, target| Stated {
        aim,
        target,
        table: None,
        skips: false,
    };
    let repeats = of(Aim::Repeats, Target::Nothing);
    match cursor.word()?.as_str() {
        "CREATE" => creates(&mut cursor),
        "DROP" if cursor.take("INDEX") => {
            cursor.take("CONCURRENTLY");
            cursor.take_all(&["IF", "EXISTS"]);
            let name = cursor.name()?;
            let _ = cursor.take("CASCADE") || cursor.take("RESTRICT");
            cursor.is_at_end().then(|| of(Aim::Drops, Target::Relation(name)))
        }
        "REINDEX" => {
            let options = cursor.parentheses();
            let mut concurrently = options.iter().any(|option| option == "CONCURRENTLY");
            let kind = cursor.word()?;
            concurrently |= cursor.take("CONCURRENTLY");
            let target = match kind.as_str() {
                // Each of its indexes is built anew in a transaction of its own, and a name is kept.
                _ if !concurrently => return Some(repeats),
                "INDEX" | "TABLE" => Target::Relation(cursor.name()?),
                "SCHEMA" => Target::Schema(cursor.name()?),
                "DATABASE" | "SYSTEM" => Target::Database,
                _ => return None,
            };
            Some(of(Aim::Reindexes, target))
        }
        "ALTER" if cursor.take("TABLE") => {
            cursor.take_all(&["IF", "EXISTS"]);
            cursor.take("ONLY");
            cursor.name()?;
            let aim = match cursor.word()?.as_str() {
                "DETACH" => Aim::Detaches,
                "ATTACH" => Aim::Attaches,
                _ => return None,
            };
            cursor.take("PARTITION").then_some(())?;
            Some(of(aim, Target::Relation(cursor.name()?)))
        }
        "ALTER" if cursor.take("TYPE") => {
            cursor.name()?;
            let is_label = cursor.take_all(&["ADD", "VALUE", "IF", "NOT", "EXISTS"]);
            is_label.then_some(repeats)
        }
        "VACUUM" | "ANALYZE" | "ANALYSE" | "CHECKPOINT" => Some(repeats),
        "REFRESH" if cursor.take_all(&["MATERIALIZED", "VIEW"]) => Some(repeats),
        _ => None,
    }
}

/// `CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS] name ON [ONLY] table …`, behind its first word.
fn creates(cursor: &mut Cursor<'_>) -> Option<Stated> {
    cursor.take("UNIQUE");
    cursor.take("INDEX").then_some(())?;
    cursor.take("CONCURRENTLY");
    let skips = cursor.take_all(&["IF", "NOT", "EXISTS"]);
    // Without a name, this is the word `ON`.
    let index = cursor.name().filter(|name| !name.eq_ignore_ascii_case("on"))?;
    cursor.take("ON").then_some(())?;
    cursor.take("ONLY");
    let table = cursor.name()?;
    Some(Stated {
        aim: Aim::Creates,
        target: Target::IndexOf {
            index,
            table: table.clone(),
        },
        table: Some(table),
        skips,
    })
}

/// The tokens of a statement, one after the other.
struct Cursor<'a> {
    tokens: std::vec::IntoIter<(TokenKind, &'a str)>,
}

impl<'a> Cursor<'a> {
    fn new(statement: &'a str) -> Self {
        let tokens: Vec<_> = tokens(statement)
            .into_iter()
            .filter(|token| !token.kind.is_blank())
            .map(|token| (token.kind, statement.get(token.range).unwrap_or_default()))
            .collect();
        Self {
            tokens: tokens.into_iter(),
        }
    }

    fn peek(&self) -> Option<(TokenKind, &'a str)> {
        self.tokens.as_slice().first().copied()
    }

    fn is_at_end(&self) -> bool {
        self.peek().is_none()
    }

    /// The next word, in upper case.
    fn word(&mut self) -> Option<String> {
        let (kind, text) = self.peek()?;
        (kind == TokenKind::Word).then(|| {
            self.tokens.next();
            text.to_ascii_uppercase()
        })
    }

    /// Whether the next token is this word, which is then behind.
    fn take(&mut self, word: &str) -> bool {
        let is_next = self
            .peek()
            .is_some_and(|(kind, text)| kind == TokenKind::Word && text.eq_ignore_ascii_case(word));
        if is_next {
            self.tokens.next();
        }
        is_next
    }

    /// Whether these words follow, which are then behind.
    fn take_all(&mut self, words: &[&str]) -> bool {
        let mut next = self.tokens.as_slice().iter();
        let follow = words.iter().all(|word| {
            next.next()
                .is_some_and(|(kind, text)| *kind == TokenKind::Word && text.eq_ignore_ascii_case(word))
        });
        if follow {
            self.tokens.by_ref().take(words.len()).for_each(drop);
        }
        follow
    }

    /// A name of one part or more, as it stands there; none with escapes, which only the server's parser reads.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        loop {
            let (kind, text) = self.peek()?;
            let is_part = match kind {
                TokenKind::Word => true,
                TokenKind::QuotedIdentifier => text.starts_with('"'),
                _ => false,
            };
            if !is_part {
                return None;
            }
            self.tokens.next();
            name.push_str(text);
            if !matches!(self.peek(), Some((TokenKind::Symbol, "."))) {
                return Some(name);
            }
            self.tokens.next();
            name.push('.');
        }
    }

    /// The words in the parentheses that may follow, in upper case, but those that are switched off.
    fn parentheses(&mut self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        if !matches!(self.peek(), Some((TokenKind::OpenParenthesis, _))) {
            return words;
        }
        for (kind, text) in self.tokens.by_ref() {
            match kind {
                TokenKind::CloseParenthesis => break,
                _ if ["false", "off", "0", "'false'", "'off'"]
                    .iter()
                    .any(|off| text.eq_ignore_ascii_case(off)) =>
                {
                    words.pop();
                }
                TokenKind::Word => words.push(text.to_ascii_uppercase()),
                _ => {}
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(sql: &str) -> String {
        let Some(stated) = stated(sql) else {
            return "nothing".to_owned();
        };
        let target = match stated.target {
            Target::Relation(name) => name,
            Target::IndexOf { index, table } => format!("{index} of {table}"),
            Target::Schema(name) => format!("schema {name}"),
            Target::Database => "database".to_owned(),
            Target::Nothing => "-".to_owned(),
        };
        let skips = if stated.skips { ", skips" } else { "" };
        format!("{:?} {target}{skips}", stated.aim)
    }

    #[test]
    fn plain_statements_say_what_they_are_for() {
        for (sql, expected) in [
            ("CREATE INDEX CONCURRENTLY a ON t (x)", "Creates a of t"),
            (
                "-- x\ncreate unique index concurrently if not exists \"A b\" on only public.\"T\" using btree (x);",
                "Creates \"A b\" of public.\"T\", skips",
            ),
            ("CREATE INDEX CONCURRENTLY ON t (x)", "nothing"),
            ("CREATE INDEX CONCURRENTLY IF NOT EXISTS ON t (x)", "nothing"),
            ("CREATE INDEX CONCURRENTLY U&\"a\" ON t (x)", "nothing"),
            ("CREATE TABLE a (x int)", "nothing"),
            ("DROP INDEX CONCURRENTLY IF EXISTS s.a", "Drops s.a"),
            ("DROP INDEX a RESTRICT", "Drops a"),
            ("DROP INDEX a, b", "nothing"),
            ("DROP TABLE a", "nothing"),
            ("REINDEX INDEX CONCURRENTLY s.a", "Reindexes s.a"),
            ("REINDEX (VERBOSE, CONCURRENTLY) TABLE t", "Reindexes t"),
            ("REINDEX (CONCURRENTLY off) TABLE t", "Repeats -"),
            ("REINDEX SCHEMA CONCURRENTLY s", "Reindexes schema s"),
            ("REINDEX DATABASE CONCURRENTLY", "Reindexes database"),
            ("REINDEX SYSTEM d", "Repeats -"),
            (
                "ALTER TABLE IF EXISTS ONLY s.t DETACH PARTITION s.p CONCURRENTLY",
                "Detaches s.p",
            ),
            ("ALTER TABLE t ATTACH PARTITION p FOR VALUES IN (1)", "Attaches p"),
            ("ALTER TABLE t ADD x int", "nothing"),
            ("ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'", "Repeats -"),
            ("ALTER TYPE e ADD VALUE 'x'", "nothing"),
            ("VACUUM (FULL) t", "Repeats -"),
            ("ANALYZE", "Repeats -"),
            ("VACUUM a; VACUUM b", "nothing"),
            ("CREATE DATABASE d", "nothing"),
            ("ALTER SYSTEM SET work_mem = '1GB'", "nothing"),
            ("CLUSTER t", "nothing"),
            ("DROP INDEX", "nothing"),
            ("", "nothing"),
        ] {
            assert_eq!(told(sql), expected, "{sql}");
        }
    }
}
