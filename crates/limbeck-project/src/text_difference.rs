//! What differs between two texts, line by line.

use serde::Serialize;

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DifferenceLine {
    /// On which side it stands.
    pub side: LineSide,
    /// The line, without its end. Empty for what is left out.
    pub text: String,
}

/// On which side a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineSide {
    /// On both.
    Both,
    /// In the first text alone.
    First,
    /// In the second text alone.
    Second,
    /// Lines of both are left out here.
    LeftOut,
}

/// How many lines around a difference are kept.
const CONTEXT: usize = 2;
/// Above so many pairs of lines the middle of two texts is told as a whole.
const MOST_PAIRS: usize = 4_000_000;

/// The lines in which two texts differ, with some around them. Empty where they are the same.
#[must_use]
pub fn line_difference(first: &str, second: &str) -> Vec<DifferenceLine> {
    let (first, second): (Vec<&str>, Vec<&str>) = (first.lines().collect(), second.lines().collect());
    let lines = aligned(&first, &second);
    if lines.iter().all(|(side, _)| *side == LineSide::Both) {
        return Vec::new();
    }
    in_context(&lines)
}

/// All lines of both texts in their order.
fn aligned<'a>(first: &[&'a str], second: &[&'a str]) -> Vec<(LineSide, &'a str)> {
    let begin = first.iter().zip(second).take_while(|(a, b)| a == b).count();
    let (first_rest, second_rest) = (
        first.get(begin..).unwrap_or_default(),
        second.get(begin..).unwrap_or_default(),
    );
    let end = first_rest
        .iter()
        .rev()
        .zip(second_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let middle = |rest: &[&'a str]| rest.get(..rest.len() - end).unwrap_or_default().to_vec();
    let (first_middle, second_middle) = (middle(first_rest), middle(second_rest));
    let both = |lines: &[&'a str]| -> Vec<_> { lines.iter().map(|line| (LineSide::Both, *line)).collect() };
    let mut lines = both(first.get(..begin).unwrap_or_default());
    if first_middle.len().saturating_mul(second_middle.len()) > MOST_PAIRS {
        lines.extend(first_middle.iter().map(|line| (LineSide::First, *line)));
        lines.extend(second_middle.iter().map(|line| (LineSide::Second, *line)));
    } else {
        lines.extend(by_longest_common_lines(&first_middle, &second_middle));
    }
    lines.extend(both(first_rest.get(first_rest.len() - end..).unwrap_or_default()));
    lines
}

/// Keeps as many common lines as there can be.
fn by_longest_common_lines<'a>(first: &[&'a str], second: &[&'a str]) -> Vec<(LineSide, &'a str)> {
    let width = second.len() + 1;
    // How many common lines there are from a pair of places on.
    let mut common = vec![0_u32; (first.len() + 1) * width];
    let at = |common: &[u32], a: usize, b: usize| common.get(a * width + b).copied().unwrap_or_default();
    for (a, line) in first.iter().enumerate().rev() {
        for (b, other) in second.iter().enumerate().rev() {
            let count = if line == other {
                at(&common, a + 1, b + 1) + 1
            } else {
                at(&common, a + 1, b).max(at(&common, a, b + 1))
            };
            if let Some(cell) = common.get_mut(a * width + b) {
                *cell = count;
            }
        }
    }
    let mut lines = Vec::with_capacity(first.len() + second.len());
    let (mut a, mut b) = (0, 0);
    loop {
        let (side, text) = match (first.get(a), second.get(b)) {
            (None, None) => return lines,
            (Some(line), Some(other)) if line == other => (LineSide::Both, *line),
            (Some(_), Some(other)) if at(&common, a + 1, b) < at(&common, a, b + 1) => {
                (LineSide::Second, *other)
            }
            (Some(line), _) => (LineSide::First, *line),
            (None, Some(other)) => (LineSide::Second, *other),
        };
        lines.push((side, text));
        a += usize::from(side != LineSide::Second);
        b += usize::from(side != LineSide::First);
    }
}

/// Leaves out what is far from every difference.
fn in_context(lines: &[(LineSide, &str)]) -> Vec<DifferenceLine> {
    let is_near = |n: usize| {
        let around = n.saturating_sub(CONTEXT)..(n + CONTEXT + 1).min(lines.len());
        lines
            .get(around)
            .unwrap_or_default()
            .iter()
            .any(|(side, _)| *side != LineSide::Both)
    };
    let mut kept: Vec<DifferenceLine> = Vec::new();
    for (n, (side, text)) in lines.iter().enumerate() {
        if is_near(n) {
            kept.push(DifferenceLine {
                side: *side,
                text: (*text).to_owned(),
            });
        } else if kept.last().is_none_or(|last| last.side != LineSide::LeftOut) {
            kept.push(DifferenceLine {
                side: LineSide::LeftOut,
                text: String::new(),
            });
        }
    }
    // What lies before the first difference and after the last is no gap.
    if kept.first().is_some_and(|line| line.side == LineSide::LeftOut) {
        kept.remove(0);
    }
    if kept.last().is_some_and(|line| line.side == LineSide::LeftOut) {
        kept.pop();
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(first: &str, second: &str) -> String {
        line_difference(first, second)
            .into_iter()
            .map(|line| {
                let sign = match line.side {
                    LineSide::Both => ' ',
                    LineSide::First => '-',
                    LineSide::Second => '+',
                    LineSide::LeftOut => '~',
                };
                format!("{sign}{}\n", line.text)
            })
            .collect()
    }

    #[test]
    fn texts_that_are_the_same_do_not_differ() {
        assert_eq!(told("", ""), "");
        assert_eq!(told("a\nb", "a\nb\n"), "");
    }

    #[test]
    fn one_side_may_be_empty() {
        assert_eq!(told("", "a\nb"), "+a\n+b\n");
        assert_eq!(told("a\nb", ""), "-a\n-b\n");
    }

    #[test]
    fn as_many_lines_as_can_be_are_common() {
        assert_eq!(told("a\nb\nc\nd", "a\nx\nc\nd\ne"), " a\n-b\n+x\n c\n d\n+e\n");
        assert_eq!(
            told("one\ntwo\nthree", "two\nthree\nfour"),
            "-one\n two\n three\n+four\n"
        );
    }

    #[test]
    fn what_is_far_from_a_difference_is_left_out() {
        let numbers = |changed: &[usize]| {
            let line = |n: usize| {
                if changed.contains(&n) {
                    format!("{n} changed")
                } else {
                    n.to_string()
                }
            };
            (0..30).map(line).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(
            told(&numbers(&[]), &numbers(&[10, 20])),
            " 8\n 9\n-10\n+10 changed\n 11\n 12\n~\n 18\n 19\n-20\n+20 changed\n 21\n 22\n"
        );
    }

    #[test]
    fn texts_too_long_to_be_compared_are_told_as_they_are() {
        let lines = |word: &str| {
            (0..3000)
                .map(|n| format!("{word}{n}"))
                .collect::<Vec<_>>()
                .join("\n")
        };
        let difference = line_difference(&lines("a"), &lines("b"));
        assert_eq!(difference.len(), 6000);
    }
}
