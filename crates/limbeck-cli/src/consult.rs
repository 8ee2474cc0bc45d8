//! Questions at a terminal.

use std::io::{self, IsTerminal, Write};

use limbeck_project::{Ask, Consult, Drop, Ending, NobodyToAsk, ObjectId, Question};

use crate::output::{Progress, mask_passwords, style};

/// Somebody to ask, when there is a terminal on both sides and questions are welcome.
pub(crate) fn somebody(questions_are_welcome: bool, progress: &Progress) -> Box<dyn Consult> {
    match terminal(questions_are_welcome, progress) {
        Some(terminal) => Box::new(terminal),
        None => Box::new(NobodyToAsk),
    }
}

/// The same for the questions of a run, which goes on meanwhile.
pub(crate) fn somebody_for_a_run(questions_are_welcome: bool, progress: &Progress) -> Option<Ask> {
    let terminal = terminal(questions_are_welcome, progress)?;
    Some(Ask::new(move |question| terminal.agrees_to(question)))
}

fn terminal(questions_are_welcome: bool, progress: &Progress) -> Option<Terminal> {
    (questions_are_welcome && io::stdin().is_terminal() && io::stderr().is_terminal()).then(|| Terminal {
        progress: progress.clone(),
    })
}

/// The person at the terminal. Questions go to stderr, so that stdout stays data.
struct Terminal {
    progress: Progress,
}

impl Terminal {
    /// What was typed, less the end of the line; `None` at the end of the input.
    fn ask(&self, question: &str) -> Option<String> {
        self.progress.suspend(|| {
            let mut stderr = anstream::stderr();
            write!(stderr, "{style}?{style:#} {question} ", style = style::HINT).ok()?;
            stderr.flush().ok()?;
            let mut answer = String::new();
            match io::stdin().read_line(&mut answer) {
                Ok(0) | Err(_) => None,
                Ok(_) => Some(answer.trim().to_owned()),
            }
        })
    }

    fn agrees(&self, question: &str) -> bool {
        is_yes(self.ask(&format!("{question} [y/N]")).as_deref())
    }

    fn agrees_to(&self, question: &Question) -> bool {
        asked(question).is_some_and(|text| self.agrees(&mask_passwords(&text)))
    }
}

impl Consult for Terminal {
    fn is_rename(&self, from: &ObjectId, to: &ObjectId) -> bool {
        self.agrees(&format!("`{from}` is gone and `{to}` is new. Was it renamed?"))
    }

    fn fill(&self, column: &ObjectId, down: bool) -> Option<String> {
        let again = if down {
            " when it comes back on the way down"
        } else {
            ""
        };
        self.ask(&format!(
            "`{column}` takes no NULL. Which SQL expression fills the rows that are there{again}? (empty: none)"
        ))
        .filter(|answer| !answer.is_empty())
    }

    fn allow_drops(&self, drops: &[Drop]) -> bool {
        let mut question = String::from("The revision would destroy:\n");
        for drop in drops {
            question.push_str(&format!("    {}: {}\n", drop.object, drop.loses));
        }
        question.push_str("  Shall it?");
        self.agrees(&question)
    }
}

/// A question of a run in words; `None` for one that is not known here.
fn asked(question: &Question) -> Option<String> {
    match question {
        Question::SendAgain {
            revision,
            step,
            error,
            reason,
        } => Some(format!(
            "step `{step}` of `{revision}` failed, and nothing of it was kept: {error} ({reason}). Send it again?"
        )),
        Question::CancelBlockers {
            revision,
            step,
            blocked,
        } => {
            let mut text = format!(
                "step `{step}` of `{revision}` waits for {}. These are in its way:\n",
                blocked.waiting_for
            );
            for blocker in &blocked.blockers {
                let fate = match blocker.ending() {
                    Some(Ending::Cancel) => "its statement would be cancelled",
                    Some(Ending::Terminate) => "its session would be ended",
                    None => "left alone",
                };
                text.push_str(&format!("    {blocker} ({fate})\n"));
            }
            text.push_str("  End them?");
            Some(text)
        }
        _ => None,
    }
}

fn is_yes(answer: Option<&str>) -> bool {
    answer.is_some_and(|answer| answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for answer in ["y", "Y", "yes", "Yes"] {
            assert!(is_yes(Some(answer)), "{answer}");
        }
        for answer in [Some(""), Some("n"), Some("ye"), Some("1"), None] {
            assert!(!is_yes(answer), "{answer:?}");
        }
    }
}
