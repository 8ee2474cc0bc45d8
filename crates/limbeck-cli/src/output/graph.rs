//! The history as a graph of lines, newest revision on top.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anstyle::Style;

use super::{Glyphs, style};

/// A node of the graph, with the text that stands beside it.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) id: String,
    pub(crate) parents: Vec<String>,
    /// What it depends on besides: below it, but no line leads there.
    pub(crate) needs: Vec<String>,
    /// When it was made: of two heads the younger one stands above.
    pub(crate) created: String,
    pub(crate) mark: Mark,
    /// The first line stands beside the node, the others below it.
    pub(crate) lines: Vec<String>,
}

/// How a node is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing is known of it.
    Plain,
    /// The database lacks it.
    Pending,
    /// The database has it.
    Applied,
    /// The database is at it.
    Current,
}

impl Mark {
    fn glyph(self, glyphs: Glyphs) -> char {
        match (self, glyphs) {
            (Self::Plain | Self::Pending, Glyphs::Unicode) => '○',
            (Self::Applied, Glyphs::Unicode) => '●',
            (Self::Current, Glyphs::Unicode) => '◉',
            (Self::Plain | Self::Applied, Glyphs::Ascii) => '*',
            (Self::Pending, Glyphs::Ascii) => 'o',
            (Self::Current, Glyphs::Ascii) => '@',
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Pending => style::DIM,
            Self::Applied | Self::Current => style::GOOD,
        }
    }
}

/// Draws nodes: children above parents, and each branch in one piece as far as that goes.
pub(crate) fn draw(nodes: Vec<Node>, glyphs: Glyphs) -> String {
    let mut graph = Graph {
        columns: Vec::new(),
        ended: BTreeSet::new(),
        glyphs,
        text: String::new(),
    };
    for node in by_branch(nodes) {
        graph.node(&node);
    }
    graph.open_ends();
    graph.text
}

/// Puts nodes into the order in which they are drawn.
fn by_branch(nodes: Vec<Node>) -> Vec<Node> {
    let mut waited_for: BTreeMap<String, usize> = BTreeMap::new();
    for below in nodes
        .iter()
        .flat_map(|node| node.parents.iter().chain(&node.needs))
    {
        *waited_for.entry(below.clone()).or_default() += 1;
    }
    let (mut ready, blocked): (Vec<Node>, Vec<Node>) = nodes
        .into_iter()
        .partition(|node| !waited_for.contains_key(&node.id));
    let mut blocked: BTreeMap<String, Node> =
        blocked.into_iter().map(|node| (node.id.clone(), node)).collect();
    // The last one comes first.
    ready.sort_by(|a, b| (&a.created, &a.id).cmp(&(&b.created, &b.id)));
    let mut ordered = Vec::new();
    while let Some(node) = ready.pop() {
        for below in node.needs.iter().chain(node.parents.iter().rev()) {
            let Some(count) = waited_for.get_mut(below) else {
                continue;
            };
            *count = count.saturating_sub(1);
            if *count == 0 {
                ready.extend(blocked.remove(below));
            }
        }
        ordered.push(node);
    }
    // Without cycles none is left; what nevertheless is, is shown.
    ordered.extend(blocked.into_values());
    ordered
}

/// The ways in which a cell is connected.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    up: bool,
    down: bool,
    left: bool,
    right: bool,
    /// A line goes across, and has nothing to do with the one that goes down.
    passed: bool,
}

struct Graph {
    /// For each column, the node that its line leads down to.
    columns: Vec<Option<String>>,
    /// The columns whose line has just ended, since its node has no parent.
    ended: BTreeSet<usize>,
    glyphs: Glyphs,
    text: String,
}

impl Graph {
    fn node(&mut self, node: &Node) {
        let column = self.column_of(node);
        self.gather(column, &node.id);
        if self.ended.contains(&column) {
            // Else the node would seem to stand below one that has no parent.
            let mut cells = self.straight();
            if let Some(cell) = cells.get_mut(column) {
                *cell = Cell::default();
            }
            self.line(&cells);
        }
        self.ended.clear();

        let Some((first, further)) = node.lines.split_first() else {
            return;
        };
        let (before, after) = self.beside_node(column);
        let (sign, style) = (node.mark.glyph(self.glyphs), node.mark.style());
        let _ = writeln!(self.text, "{before}{style}{sign}{style:#}{after} {first}");
        let width = before.chars().count() + 1 + after.chars().count();

        let (own, others) = match node.parents.split_first() {
            Some((own, others)) => (Some(own.clone()), others),
            None => (None, [].as_slice()),
        };
        if own.is_none() {
            self.ended.insert(column);
        }
        self.set(column, own);
        self.branch(column, others);
        self.shrink();
        for line in further {
            let below = self.row(&self.straight());
            let _ = writeln!(self.text, "{below:<width$} {line}");
        }
    }

    /// The first column that leads to the node, or a free one.
    fn column_of(&mut self, node: &Node) -> usize {
        let leads_here = self
            .columns
            .iter()
            .position(|to| to.as_deref() == Some(node.id.as_str()));
        leads_here.unwrap_or_else(|| {
            let column = self.free_column(0);
            self.set(column, Some(node.id.clone()));
            column
        })
    }

    /// Lets every other column that leads to the node end in its column.
    fn gather(&mut self, column: usize, id: &str) {
        let others: Vec<usize> = self.columns_to(id).filter(|other| *other != column).collect();
        if others.is_empty() {
            return;
        }
        let mut cells = self.straight();
        for other in others {
            connect(&mut cells, column, other);
            if let Some(cell) = cells.get_mut(other) {
                cell.down = false;
                cell.passed = false;
            }
            self.set(other, None);
        }
        self.line(&cells);
    }

    /// Opens lines from a node's column to its further parents.
    fn branch(&mut self, column: usize, parents: &[String]) {
        if parents.is_empty() {
            return;
        }
        let mut cells = self.straight();
        for parent in parents {
            let there = self.columns_to(parent).find(|other| *other != column);
            let target = there.unwrap_or_else(|| {
                let free = self.free_column(column + 1);
                self.set(free, Some(parent.clone()));
                free
            });
            if cells.len() <= target {
                cells.resize(target + 1, Cell::default());
            }
            connect(&mut cells, column, target);
            if let Some(cell) = cells.get_mut(target) {
                cell.down = true;
                cell.passed = false;
            }
        }
        self.line(&cells);
    }

    /// Ends the lines whose nodes are not shown.
    fn open_ends(&mut self) {
        if self.columns.iter().any(Option::is_some) {
            let mut row = String::new();
            for to in &self.columns {
                row.push_str(if to.is_some() { "~ " } else { "  " });
            }
            let _ = writeln!(self.text, "{}", row.trim_end());
        }
    }

    fn columns_to<'a>(&'a self, id: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.columns
            .iter()
            .enumerate()
            .filter(move |(_, to)| to.as_deref() == Some(id))
            .map(|(column, _)| column)
    }

    fn free_column(&self, from: usize) -> usize {
        (from..self.columns.len())
            .find(|column| self.columns.get(*column).is_some_and(Option::is_none))
            .unwrap_or(self.columns.len().max(from))
    }

    fn set(&mut self, column: usize, to: Option<String>) {
        if self.columns.len() <= column {
            self.columns.resize(column + 1, None);
        }
        if let Some(slot) = self.columns.get_mut(column) {
            *slot = to;
        }
    }

    fn shrink(&mut self) {
        while self.columns.last().is_some_and(Option::is_none) {
            self.columns.pop();
        }
    }

    /// Every open line going straight down.
    fn straight(&self) -> Vec<Cell> {
        let cell = |to: &Option<String>| Cell {
            up: to.is_some(),
            down: to.is_some(),
            ..Cell::default()
        };
        self.columns.iter().map(cell).collect()
    }

    fn line(&mut self, cells: &[Cell]) {
        let row = self.row(cells);
        let _ = writeln!(self.text, "{row}");
    }

    fn row(&self, cells: &[Cell]) -> String {
        let mut row = String::new();
        for cell in cells {
            row.push(self.glyph(*cell));
            row.push(if cell.right { self.across() } else { ' ' });
        }
        row.truncate(row.trim_end().len());
        row
    }

    /// What stands in a node's row before it and after it.
    fn beside_node(&self, column: usize) -> (String, String) {
        let cells = self.straight();
        let drawn =
            |cells: &[Cell]| -> String { cells.iter().flat_map(|cell| [self.glyph(*cell), ' ']).collect() };
        let (before, after) = cells.split_at(column.min(cells.len()));
        let after = format!(" {}", drawn(after.get(1..).unwrap_or_default()));
        (drawn(before), after.trim_end().to_owned())
    }

    fn across(&self) -> char {
        if self.glyphs == Glyphs::Unicode {
            '─'
        } else {
            '-'
        }
    }

    fn glyph(&self, cell: Cell) -> char {
        let unicode = match (cell.up, cell.down, cell.left, cell.right) {
            (true, true, _, _) if cell.passed => '│',
            (false, false, false, false) => ' ',
            (false, false, _, _) => '─',
            (_, _, false, false) => '│',
            (true, true, false, true) => '├',
            (true, true, true, false) => '┤',
            (true, true, true, true) => '┼',
            (false, true, true, false) => '╮',
            (false, true, false, true) => '╭',
            (false, true, true, true) => '┬',
            (true, false, true, false) => '╯',
            (true, false, false, true) => '╰',
            (true, false, true, true) => '┴',
        };
        match (self.glyphs, unicode) {
            (Glyphs::Unicode, _) | (_, ' ') => unicode,
            (Glyphs::Ascii, '│') => '|',
            (Glyphs::Ascii, '─') => '-',
            (Glyphs::Ascii, _) => '+',
        }
    }
}

/// Draws a line across from one column to another, past those between.
fn connect(cells: &mut [Cell], from: usize, to: usize) {
    let (left, right) = (from.min(to), from.max(to));
    for (column, cell) in cells.iter_mut().enumerate().take(right + 1).skip(left) {
        let is_untouched = !cell.left && !cell.right;
        cell.left |= column > left;
        cell.right |= column < right;
        if is_untouched {
            cell.passed = left < column && column < right;
        }
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    /// Nodes given as `id: parent parent`, the youngest first.
    fn nodes(text: &str) -> Vec<Node> {
        let lines: Vec<&str> = text.lines().collect();
        let node = |(n, line): (usize, &&str)| {
            let (id, parents) = line.trim().split_once(':').unwrap();
            Node {
                id: id.to_owned(),
                parents: parents.split_whitespace().map(str::to_owned).collect(),
                needs: Vec::new(),
                created: format!("{:02}", lines.len() - n),
                mark: Mark::Plain,
                lines: vec![id.to_owned()],
            }
        };
        lines.iter().enumerate().map(node).collect()
    }

    fn drawn(text: &str) -> String {
        plain(draw(nodes(text), Glyphs::Unicode))
    }

    fn plain(text: String) -> String {
        anstream::adapter::strip_str(&text).to_string()
    }

    #[test]
    fn a_line() {
        assert_snapshot!(drawn("c: b\nb: a\na:"), @"
        ○ c
        ○ b
        ○ a
        ");
    }

    #[test]
    fn two_heads() {
        assert_snapshot!(drawn("d: b\nc: a\nb: a\na:"), @"
        ○ d
        ○ b
        │ ○ c
        ├─╯
        ○ a
        ");
    }

    #[test]
    fn a_merge() {
        assert_snapshot!(drawn("d: b c\nc: a\nb: a\na:"), @"
        ○ d
        ├─╮
        ○ │ b
        │ ○ c
        ├─╯
        ○ a
        ");
    }

    #[test]
    fn a_merge_of_three() {
        assert_snapshot!(drawn("m: b c d\nb: a\nc: a\nd: a\na:"), @"
        ○ m
        ├─┬─╮
        ○ │ │ b
        │ ○ │ c
        │ │ ○ d
        ├─┴─╯
        ○ a
        ");
    }

    #[test]
    fn a_merge_with_a_line_that_is_drawn_already() {
        assert_snapshot!(drawn("x: a\nm: b a\nb: a\na:"), @"
        ○ x
        │ ○ m
        ├─┤
        │ ○ b
        ├─╯
        ○ a
        ");
    }

    #[test]
    fn a_line_across_another() {
        assert_snapshot!(drawn("h: a\ni: b\nm: c a\nc: b\nb: a\na:"), @"
        ○ h
        │ ○ i
        │ │ ○ m
        ├─│─┤
        │ │ ○ c
        │ ├─╯
        │ ○ b
        ├─╯
        ○ a
        ");
    }

    #[test]
    fn two_roots() {
        assert_snapshot!(drawn("b:\na:"), @"
        ○ b

        ○ a
        ");
    }

    #[test]
    fn a_part_of_a_history() {
        assert_snapshot!(drawn("d: c b\nc: a"), @"
        ○ d
        ├─╮
        ○ │ c
        ~ ~
        ");
    }

    #[test]
    fn in_ascii() {
        assert_snapshot!(plain(draw(nodes("d: b c\nc: a\nb: a\na:"), Glyphs::Ascii)), @"
        * d
        +-+
        * | b
        | * c
        +-+
        * a
        ");
    }

    #[test]
    fn further_lines_stand_below() {
        let mut nodes = nodes("d: b c\nc: a\nb: a\na:");
        for node in &mut nodes {
            node.lines.push(format!("file of {}", node.id));
        }
        assert_snapshot!(plain(draw(nodes, Glyphs::Unicode)), @"
        ○ d
        ├─╮
        │ │ file of d
        ○ │ b
        │ │ file of b
        │ ○ c
        │ │ file of c
        ├─╯
        ○ a
          file of a
        ");
    }
    #[test]
    fn each_branch_is_in_one_piece() {
        assert_snapshot!(drawn("f: d\ne: c\nd: b\nc: a\nb: a\na:"), @"
        ○ f
        ○ d
        ○ b
        │ ○ e
        │ ○ c
        ├─╯
        ○ a
        ");
    }

    #[test]
    fn a_criss_cross() {
        assert_snapshot!(drawn("n: c b\nm: b c\nc: a\nb: a\na:"), @"
        ○ n
        ├─╮
        │ │ ○ m
        ├─│─┤
        │ ├─╯
        │ ○ b
        ○ │ c
        ├─╯
        ○ a
        ");
    }

    #[test]
    fn several_bases_and_a_merge_of_them() {
        assert_snapshot!(drawn("x:\nm: b d\nd: c\nc:\nb: a\na:"), @"
        ○ x

        ○ m
        ├─╮
        ○ │ b
        ○ │ a
          ○ d
          ○ c
        ");
    }

    #[test]
    fn what_is_needed_stands_below() {
        let mut nodes = nodes("b:\na:");
        nodes[1].needs.push("b".to_owned());
        assert_snapshot!(plain(draw(nodes, Glyphs::Unicode)), @"
        ○ a

        ○ b
        ");
    }

    #[test]
    fn what_the_database_has_is_marked() {
        let marked = |glyphs| {
            let mut nodes = nodes("d: b\nc: a\nb: a\na:");
            for (node, mark) in
                nodes
                    .iter_mut()
                    .zip([Mark::Pending, Mark::Current, Mark::Applied, Mark::Applied])
            {
                node.mark = mark;
            }
            plain(draw(nodes, glyphs))
        };
        assert_snapshot!(marked(Glyphs::Unicode), @"
        ○ d
        ● b
        │ ◉ c
        ├─╯
        ● a
        ");
        assert_snapshot!(marked(Glyphs::Ascii), @"
        o d
        * b
        | @ c
        +-+
        * a
        ");
    }
}
