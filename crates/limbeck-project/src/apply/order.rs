//! In which order statements are tried.
//!
//! First all, as they stand. Only then those that were refused: what follows the making of an object in its file (its keys,
//! its indexes, its other columns) belongs to it. One that is refused for a missing object waits for those that make
//! something by a name that it mentions; when the last of them was run, it is its turn. So a chain of views that stands the wrong way round is twice as
//! many statements as views, and not their square. Names are only looked at, not understood (a column may have the name of
//! a view, a body's text is not looked into): where they mislead, a statement is tried again in the next round.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use limbeck_sql::{TokenKind, Tokens};

use crate::declared::DeclaredStatement;

/// Which statement is to be tried next.
pub(super) struct Order<'a, E> {
    statements: &'a [DeclaredStatement],
    /// What is to be tried in this round, last first.
    round: Vec<usize>,
    /// What has come to its turn before the rest of the round, last first.
    woken: Vec<usize>,
    is_first_round: bool,
    /// Whether the round has all that was refused before it.
    is_whole_round: bool,
    has_headway: bool,
    done: BTreeSet<usize>,
    /// What was refused, and why.
    refused: BTreeMap<usize, E>,
    /// For how many statements each one waits.
    waits: BTreeMap<usize, usize>,
    /// Who waits for a statement.
    waiting: BTreeMap<usize, Vec<usize>>,
    /// Which statements make something by a name; looked for when the first one is refused.
    makers: Option<BTreeMap<String, Vec<usize>>>,
}

impl<'a, E> Order<'a, E> {
    pub(super) fn new(statements: &'a [DeclaredStatement]) -> Self {
        Self {
            statements,
            round: (0..statements.len()).rev().collect(),
            woken: Vec::new(),
            is_first_round: true,
            is_whole_round: true,
            has_headway: false,
            done: BTreeSet::new(),
            refused: BTreeMap::new(),
            waits: BTreeMap::new(),
            waiting: BTreeMap::new(),
            makers: None,
        }
    }

    /// The statement to try, by its number.
    pub(super) fn next(&mut self) -> Option<usize> {
        loop {
            if let Some(number) = self.woken.pop() {
                return Some(number);
            }
            while let Some(number) = self.round.pop() {
                if !self.done.contains(&number) {
                    return Some(number);
                }
            }
            if self.refused.is_empty() || self.is_whole_round && !self.has_headway {
                return None;
            }
            let numbers = self.refused.keys().rev().copied();
            let ready = numbers.filter(|number| self.has_headway && !self.waits.contains_key(number));
            self.round = ready.collect();
            if self.round.is_empty() {
                // They wait for each other, or for what never comes: their names have misled.
                self.round = self.refused.keys().rev().copied().collect();
                self.waits.clear();
                self.waiting.clear();
            }
            self.is_whole_round = self.round.len() == self.refused.len();
            self.is_first_round = false;
            self.has_headway = false;
        }
    }

    /// Whether all are tried for the first time.
    pub(super) fn is_first_round(&self) -> bool {
        self.is_first_round
    }

    /// These were run.
    pub(super) fn done(&mut self, numbers: Range<usize>) {
        self.has_headway = true;
        for number in numbers {
            self.done.insert(number);
            self.refused.remove(&number);
            for waiting in self.waiting.remove(&number).unwrap_or_default().into_iter().rev() {
                if let Some(waits) = self.waits.get_mut(&waiting) {
                    *waits -= 1;
                    if *waits == 0 {
                        self.waits.remove(&waiting);
                        if !self.is_first_round {
                            self.woken.push(waiting);
                        }
                    }
                }
            }
        }
    }

    /// This one lacks something.
    pub(super) fn refused(&mut self, number: usize, error: E) {
        self.refused.insert(number, error);
        let statements = self.statements;
        let makers = self.makers.get_or_insert_with(|| makers(statements));
        let Some(statement) = statements.get(number) else {
            return;
        };
        let lacks: BTreeSet<usize> = mentioned(&statement.sql)
            .filter_map(|name| makers.get(&name))
            .flatten()
            .copied()
            .filter(|maker| *maker != number && !self.done.contains(maker))
            .collect();
        if lacks.is_empty() {
            return;
        }
        self.waits.insert(number, lacks.len());
        for maker in lacks {
            self.waiting.entry(maker).or_default().push(number);
        }
    }

    /// What could not be run, and why.
    pub(super) fn left(self) -> impl Iterator<Item = (&'a DeclaredStatement, E)> {
        let statements = self.statements;
        self.refused
            .into_iter()
            .filter_map(move |(number, error)| Some((statements.get(number)?, error)))
    }
}

/// The statements by the names of what they make, without schemas.
fn makers(statements: &[DeclaredStatement]) -> BTreeMap<String, Vec<usize>> {
    let mut makers: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, statement) in statements.iter().enumerate() {
        if let Some(name) = made(&statement.sql) {
            makers.entry(name).or_default().push(number);
        }
    }
    makers
}

/// What may stand between `CREATE` and the kind of object, or between that and the name.
const BETWEEN: &[&str] = &[
    "or",
    "replace",
    "temp",
    "temporary",
    "unlogged",
    "foreign",
    "materialized",
    "recursive",
    "trusted",
    "procedural",
    "if",
    "not",
    "exists",
];

/// The kinds of objects that other statements name.
const KINDS: &[&str] = &[
    "aggregate",
    "collation",
    "conversion",
    "domain",
    "extension",
    "function",
    "procedure",
    "schema",
    "sequence",
    "table",
    "type",
    "view",
    "server",
    "language",
    "publication",
];

/// The name of what a statement makes, without its schema.
fn made(sql: &str) -> Option<String> {
    let mut tokens = Tokens::new(sql).filter(|token| !token.kind.is_blank()).peekable();
    let word = |range: Range<usize>| sql.get(range).unwrap_or_default().to_ascii_lowercase();
    if word(tokens.next()?.range) != "create" {
        return None;
    }
    let mut is_named = false;
    loop {
        let token = tokens.next()?;
        let text = word(token.range.clone());
        if token.kind == TokenKind::Word && !is_named && KINDS.contains(&text.as_str()) {
            is_named = true;
        } else if token.kind == TokenKind::Word && BETWEEN.contains(&text.as_str()) {
        } else if is_named {
            let mut name = token.identifier(sql)?;
            while tokens.next_if(|token| word(token.range.clone()) == ".").is_some() {
                let part = tokens.next()?;
                name = part.identifier(sql)?;
            }
            return Some(name);
        } else {
            return None;
        }
    }
}

/// The names that a statement mentions, as far as can be told: words, identifiers, and strings that may be such.
fn mentioned(sql: &str) -> impl Iterator<Item = String> {
    let names: BTreeSet<String> = Tokens::new(sql)
        .filter_map(|token| match token.kind {
            // `'app.orders_id_seq'::regclass`.
            TokenKind::String => {
                let text = sql.get(token.range)?.trim_matches('\'');
                let name = text.rsplit('.').next().unwrap_or(text);
                Some(name.trim_matches('"').to_owned())
            }
            _ => token.identifier(sql),
        })
        .collect();
    names.into_iter()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::declared::{Place, PlaceText};

    fn statement(sql: String) -> DeclaredStatement {
        DeclaredStatement {
            place: Place {
                path: "a.sql".into(),
                text: PlaceText::Known(Arc::from(sql.as_str())),
                range: 0..sql.len(),
                is_sql: true,
                parts: Vec::new(),
            },
            sql,
            settings: Arc::default(),
            by_hand: false,
        }
    }

    /// Tries statements as a server would take them: each needs others, by their numbers. How often it took that, and what
    /// is left.
    fn tried(statements: &[DeclaredStatement], needs: impl Fn(usize) -> Vec<usize>) -> (usize, usize) {
        let mut order = Order::new(statements);
        let (mut done, mut tries) = (BTreeSet::new(), 0);
        while let Some(number) = order.next() {
            tries += 1;
            if needs(number).iter().all(|needed| done.contains(needed)) {
                done.insert(number);
                order.done(number..number + 1);
            } else {
                order.refused(number, ());
            }
        }
        (tries, order.left().count())
    }

    #[test]
    fn a_chain_the_wrong_way_round_is_tried_twice() {
        let chain: Vec<_> = (0..300)
            .map(|n| statement(format!("CREATE VIEW v{n} AS SELECT * FROM v{}", n + 1)))
            .collect();
        let next = |n| if n + 1 < 300 { vec![n + 1] } else { Vec::new() };
        assert_eq!(tried(&chain, next), (599, 0));
        // One that stands right is tried once.
        let right: Vec<_> = chain.iter().rev().cloned().collect();
        assert_eq!(
            tried(&right, |n| n.checked_sub(1).into_iter().collect()),
            (300, 0)
        );
        // What is never there leaves all that need it.
        assert_eq!(tried(&chain, |n| vec![n + 1]), (300, 300));
    }

    #[test]
    fn names_that_mislead_or_are_not_told_cost_a_round() {
        // Each mentions the other's name, and only one needs it; the third needs what no word of it says.
        let statements: Vec<_> = [
            "CREATE TABLE hidden AS SELECT run()",
            "CREATE VIEW b AS SELECT a FROM c",
            "CREATE VIEW a AS SELECT b FROM b",
            "CREATE VIEW c AS SELECT 1 AS a",
        ]
        .into_iter()
        .map(|sql| statement(sql.to_owned()))
        .collect();
        let needs = |n| match n {
            0 => vec![2],
            1 => vec![3],
            2 => vec![1],
            _ => Vec::new(),
        };
        let (tries, left) = tried(&statements, needs);
        assert_eq!(left, 0);
        assert!(tries <= 9, "{tries}");
    }

    #[test]
    fn the_name_of_what_is_made_is_told() {
        for (sql, name) in [
            ("CREATE VIEW a AS SELECT 1", Some("a")),
            ("create or replace view App.A as select 1", Some("a")),
            (
                "CREATE MATERIALIZED VIEW IF NOT EXISTS \"App\".\"A \"\"b\"\"\" AS SELECT 1",
                Some("A \"b\""),
            ),
            ("CREATE UNLOGGED TABLE t /* ( */ (id int)", Some("t")),
            (
                "CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql RETURN 1",
                Some("f"),
            ),
            ("CREATE TYPE app.mood AS ENUM ('a')", Some("mood")),
            ("CREATE INDEX i ON t (a)", None),
            ("ALTER TABLE t ADD a int", None),
            ("CREATE TABLE", None),
            ("", None),
        ] {
            assert_eq!(made(sql).as_deref(), name, "{sql}");
        }
    }

    #[test]
    fn names_that_are_mentioned_are_told() {
        let sql = "SELECT \"B\", nextval('app.S'::regclass) FROM Z /* c */ -- d";
        let names: Vec<String> = mentioned(sql).collect();
        assert_eq!(names, ["B", "S", "from", "nextval", "regclass", "select", "z"]);
    }
}
