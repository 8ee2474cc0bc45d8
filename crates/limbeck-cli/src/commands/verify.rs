//! `verify`.

use limbeck_project::commands::{self, VerifyReport};
use serde_json::json;

use crate::arguments::VerifyArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Glyphs, mask_passwords, style};

pub(crate) async fn run(context: &Context, _arguments: &VerifyArguments) -> Result<Exit, CommandError> {
    let report = commands::verify(
        &context.directory,
        &context.overrides,
        &context.host,
        &context.events(),
    )
    .await;
    let output = &context.output;
    output.finish();
    let passed = report.passed();
    if output.is_json() {
        output.json(&json!({
            "passed": passed,
            "total": report.checks.len(),
            "checks": report.checks,
            "connection": report.connection,
        }))?;
    } else {
        output.result(mask_passwords(&render(&report, output.glyphs())))?;
    }
    Ok(if passed == report.checks.len() {
        Exit::Done
    } else {
        Exit::Failed
    })
}

fn render(report: &VerifyReport, glyphs: Glyphs) -> String {
    let mut text = String::new();
    for check in &report.checks {
        let (glyph, colour) = if check.passed {
            (glyphs.good(), style::GOOD)
        } else {
            (glyphs.bad(), style::ERROR)
        };
        text.push_str(&format!("{colour}{glyph}{colour:#} {}", check.name));
        if !check.detail.is_empty() {
            text.push_str(&format!(": {}", check.detail.replace('\n', "\n    ")));
        }
        text.push('\n');
        if let Some(hint) = check.hint.as_deref().filter(|_| !check.passed) {
            text.push_str(&format!(
                "    {style}hint{style:#}: {hint}\n",
                style = style::HINT
            ));
        }
    }
    let passed = report.passed();
    let total = report.checks.len();
    let colour = if passed == total {
        style::GOOD
    } else {
        style::ERROR
    };
    text.push_str(&format!("{colour}{passed}/{total} checks passed{colour:#}\n"));
    text
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;
    use limbeck_project::commands::Check;

    use super::*;

    #[test]
    fn a_failed_check_has_a_hint() {
        let check = |name: &str, passed, detail: &str, hint: Option<&str>| Check {
            name: name.to_owned(),
            passed,
            detail: detail.to_owned(),
            hint: hint.map(str::to_owned),
        };
        let report = VerifyReport {
            checks: vec![
                check("limbeck.toml is understood", true, "", None),
                check("the server answers", true, "PostgreSQL 17.5", Some("not shown")),
                check(
                    "the URL is set",
                    false,
                    "`DATABASE_URL` is not set",
                    Some("set it in `.env`"),
                ),
            ],
            connection: None,
        };
        let plain = |glyphs| anstream::adapter::strip_str(&render(&report, glyphs)).to_string();
        assert_snapshot!(plain(Glyphs::Unicode), @"
        ✓ limbeck.toml is understood
        ✓ the server answers: PostgreSQL 17.5
        ✗ the URL is set: `DATABASE_URL` is not set
            hint: set it in `.env`
        2/3 checks passed
        ");
        assert_snapshot!(plain(Glyphs::Ascii), @"
        ok limbeck.toml is understood
        ok the server answers: PostgreSQL 17.5
        no the URL is set: `DATABASE_URL` is not set
            hint: set it in `.env`
        2/3 checks passed
        ");
    }
}
