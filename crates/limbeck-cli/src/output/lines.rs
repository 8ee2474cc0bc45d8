//! Texts that differ, line by line.

use limbeck_project::{DifferenceLine, LineSide};

use super::style;

/// Lines with their signs: `-` for what stands in the first text alone, `+` for what stands in the second.
pub(crate) fn render(lines: &[DifferenceLine], indent: &str) -> String {
    let mut text = String::new();
    for line in lines {
        let (sign, style) = match line.side {
            LineSide::Both => (" ", style::DIM),
            LineSide::First => ("-", style::DROP),
            LineSide::Second => ("+", style::CREATE),
            LineSide::LeftOut => ("...", style::DIM),
        };
        let content = format!("{sign} {}", line.text);
        if !content.trim_end().is_empty() {
            text.push_str(&format!("{indent}{style}{}{style:#}", content.trim_end()));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use limbeck_project::line_difference;

    use super::*;

    #[test]
    fn each_side_has_its_sign() {
        let lines = line_difference("a\nb\nc", "a\nx\nc");
        let text = anstream::adapter::strip_str(&render(&lines, "  ")).to_string();
        assert_eq!(text, "    a\n  - b\n  + x\n    c\n");
        let blank = render(&line_difference("\na", "\nb"), "  ");
        assert_eq!(
            anstream::adapter::strip_str(&blank).to_string(),
            "\n  - a\n  + b\n"
        );
    }
}
