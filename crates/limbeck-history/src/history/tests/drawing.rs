//! Histories as they are drawn: time goes from left to right.
//!
//! ```text
//!     a1 --- b1[left] --- c1 --- m0
//!       \                       /
//!        --- b2[right] ---------
//!                     .
//!                      ... x1[other] --- x2
//! ```
//!
//! A word is a revision, and what stands in brackets behind it are its labels. A line of `-`, `\` and `/` leads from a
//! parent to a child; one of dots, which may go in any direction, from a revision to one that depends on it. A blank
//! may stand between a revision and its line. A line that leads from nowhere or to nowhere is a fault of the drawing.

use std::collections::{BTreeMap, BTreeSet};

/// A cell of the drawing: its row and column.
type Cell = (usize, usize);

/// The drawing as a list, a revision a line: `id: parents ~ dependencies # labels`, in order of the identifiers.
pub(super) fn listed(drawing: &str) -> String {
    let drawing = Drawing::parse(drawing);
    let mut revisions: BTreeMap<&str, [Vec<&str>; 2]> = BTreeMap::new();
    for word in &drawing.words {
        revisions.entry(&word.id).or_default();
    }
    let mut walked = BTreeSet::new();
    for word in &drawing.words {
        for (child, is_dotted) in drawing.children(word, &mut walked) {
            let edges = revisions.entry(&child.id).or_default();
            edges[usize::from(is_dotted)].push(&word.id);
        }
    }
    for (row, line) in drawing.rows.iter().enumerate() {
        for (column, character) in line.iter().enumerate() {
            let is_loose = is_line(*character) && !walked.contains(&(row, column));
            assert!(!is_loose, "a line from nowhere, at {row}:{column}\n{drawing}");
        }
    }
    let labels = |id: &str| {
        drawing
            .words
            .iter()
            .find(|word| word.id == id)
            .map(|word| word.labels.join(" "))
    };
    revisions
        .iter()
        .map(|(id, [parents, dependencies])| {
            let (parents, dependencies) = (parents.join(" "), dependencies.join(" "));
            format!(
                "{id}: {parents} ~ {dependencies} # {}\n",
                labels(id).unwrap_or_default()
            )
        })
        .collect()
}

struct Drawing {
    rows: Vec<Vec<char>>,
    words: Vec<Word>,
}

struct Word {
    id: String,
    labels: Vec<String>,
    first: Cell,
    /// Its last cell, that of the bracket where it has labels.
    last: Cell,
}

impl std::fmt::Display for Drawing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.rows
            .iter()
            .try_for_each(|row| writeln!(f, "{}", row.iter().collect::<String>()))
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

fn is_line(character: char) -> bool {
    ['-', '\\', '/', '.'].contains(&character)
}

impl Drawing {
    fn parse(text: &str) -> Self {
        let rows: Vec<Vec<char>> = text.lines().map(|line| line.chars().collect()).collect();
        let mut words = Vec::new();
        for (row, line) in rows.iter().enumerate() {
            let mut column = 0;
            while column < line.len() {
                let rest = &line[column..];
                let length = rest.iter().take_while(|c| is_word(**c)).count();
                if length == 0 {
                    column += 1;
                    continue;
                }
                let id: String = rest[..length].iter().collect();
                let mut end = length;
                let mut labels = Vec::new();
                if rest.get(length) == Some(&'[') {
                    end += rest[length..]
                        .iter()
                        .position(|c| *c == ']')
                        .expect("a bracket is closed")
                        + 1;
                    let inside: String = rest[length + 1..end - 1].iter().collect();
                    labels.extend(inside.split(',').map(|label| label.trim().to_owned()));
                }
                words.push(Word {
                    id,
                    labels,
                    first: (row, column),
                    last: (row, column + end - 1),
                });
                column += end;
            }
        }
        Self { rows, words }
    }

    fn at(&self, (row, column): Cell) -> char {
        self.rows
            .get(row)
            .and_then(|line| line.get(column))
            .copied()
            .unwrap_or(' ')
    }

    /// The cells to the right: above, beside and below.
    fn ahead((row, column): Cell) -> [Option<Cell>; 3] {
        [
            row.checked_sub(1).map(|row| (row, column + 1)),
            Some((row, column + 1)),
            Some((row + 1, column + 1)),
        ]
    }

    /// Where the lines from a revision lead, and whether they are dotted.
    fn children(&self, word: &Word, walked: &mut BTreeSet<Cell>) -> Vec<(&Word, bool)> {
        let [above, beside, below] = Self::ahead(word.last);
        let (row, column) = word.last;
        let beyond = Some((row, column + 2)).filter(|_| self.at((row, column + 1)) == ' ');
        let begins = [(above, "/."), (beside, "-."), (below, "\\."), (beyond, "-.")];
        let mut children = Vec::new();
        for (cell, lines) in begins {
            if let Some(cell) = cell.filter(|cell| lines.contains(self.at(*cell))) {
                let mut ends = BTreeSet::new();
                self.follow(cell, walked, &mut ends);
                assert!(!ends.is_empty(), "a line from {} to nowhere\n{self}", word.id);
                let is_dotted = self.at(cell) == '.';
                let reached = self.words.iter().filter(|other| ends.contains(&other.first));
                children.extend(reached.map(|child| (child, is_dotted)));
            }
        }
        children
    }

    /// Follows a line to the right, and gathers the first cells of the revisions that it leads to.
    fn follow(&self, cell: Cell, walked: &mut BTreeSet<Cell>, ends: &mut BTreeSet<Cell>) {
        walked.insert(cell);
        let [above, beside, below] = Self::ahead(cell);
        let nexts = match self.at(cell) {
            '-' => [(above, "/"), (beside, "-\\/"), (below, "\\")],
            '\\' => [(None, ""), (None, ""), (below, "-\\")],
            '/' => [(above, "-/"), (None, ""), (None, "")],
            _ => [(above, "."), (beside, "."), (below, ".")],
        };
        for (next, lines) in nexts {
            let Some(next) = next else { continue };
            let (row, column) = next;
            if lines.contains(self.at(next)) {
                self.follow(next, walked, ends);
            }
            // A diagonal meets a word; a line across may have a blank before it.
            let start = if self.at(next) == ' ' {
                (row, column + 1)
            } else {
                next
            };
            let is_sideways = self.at(cell) == '-' && row != cell.0;
            if !is_sideways && self.words.iter().any(|word| word.first == start) {
                ends.insert(start);
            }
        }
    }
}

#[test]
fn lines_lead_from_parents_to_children() {
    assert_eq!(
        listed(
            r"
    a1 --- b1[left, one] --- c1 --- m0
      \                            /
       --- b2[right] --------------
                    .
                     ... x1[other] --- x2
            "
        ),
        "a1:  ~  # \nb1: a1 ~  # left one\nb2: a1 ~  # right\nc1: b1 ~  # \nm0: c1 b2 ~  # \nx1:  ~ b2 # other\nx2: x1 ~  # \n"
    );
}

#[test]
fn lines_part_and_go_upwards() {
    assert_eq!(
        listed(
            r"
          - c
         /
     -- b --- d
    /
   a ----------- e
        \
         f       g
            "
        ),
        "a:  ~  # \nb: a ~  # \nc: b ~  # \nd: b ~  # \ne: a ~  # \nf: a ~  # \ng:  ~  # \n"
    );
}

#[test]
#[should_panic(expected = "a line from a to nowhere")]
fn a_line_to_nowhere_is_a_fault() {
    listed("a ---   b");
}

#[test]
#[should_panic(expected = "a line from nowhere")]
fn a_line_from_nowhere_is_a_fault() {
    listed("a   --- b");
}
