//! Questions at a terminal.

use std::io::{self, IsTerminal, Write};

use limbeck_project::{Ask, Consult, Drop, Ending, NobodyToAsk, ObjectId, Question, Rename};

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
    /// One question, however many pairs there are.
    fn renames(&self, candidates: &[Rename]) -> Vec<Rename> {
        if let [only] = candidates {
            let (gone, new) = sides(only);
            let question = format!("{gone} is gone and {new} is new. Was it renamed?");
            return if self.agrees(&question) {
                vec![only.clone()]
            } else {
                Vec::new()
            };
        }
        let mut list =
            String::from("Some things are gone and others like them are new. Which were renamed?\n");
        for (number, candidate) in candidates.iter().enumerate() {
            let (gone, new) = sides(candidate);
            list.push_str(&format!("    {}  {gone} to {new}\n", number + 1));
        }
        let mut question = format!("{list}  Their numbers (empty: none):");
        while let Some(answer) = self.ask(&question) {
            match numbered(candidates, &answer) {
                Ok(chosen) => return chosen,
                Err(why) => question = format!("{why}. Their numbers (empty: none):"),
            }
        }
        Vec::new()
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

/// What is gone, and what is new, in words.
fn sides(candidate: &Rename) -> (String, String) {
    match candidate {
        Rename::Object { from, to } => (format!("`{from}`"), format!("`{to}`")),
        Rename::EnumLabel { enum_type, from, to } | Rename::EnumLabelRemoved { enum_type, from, to } => {
            (format!("the label `{from}` of `{enum_type}`"), format!("`{to}`"))
        }
    }
}

/// The object that is gone, and its label where only that is.
fn gone(candidate: &Rename) -> (&ObjectId, Option<&str>) {
    match candidate {
        Rename::Object { from, .. } => (from, None),
        Rename::EnumLabel { enum_type, from, .. } | Rename::EnumLabelRemoved { enum_type, from, .. } => {
            (enum_type, Some(from))
        }
    }
}

/// The object that is new, and its label where only that is; `None` where nothing is.
fn new(candidate: &Rename) -> Option<(&ObjectId, Option<&str>)> {
    match candidate {
        Rename::Object { to, .. } => Some((to, None)),
        Rename::EnumLabel { enum_type, to, .. } => Some((enum_type, Some(to))),
        Rename::EnumLabelRemoved { .. } => None,
    }
}

/// The pairs whose numbers an answer gives, or what is wrong with it.
fn numbered(candidates: &[Rename], answer: &str) -> Result<Vec<Rename>, String> {
    let mut chosen: Vec<Rename> = Vec::new();
    for word in answer.split([',', ' ']).filter(|word| !word.is_empty()) {
        let number: Option<usize> = word.parse().ok();
        let candidate = number.and_then(|number| candidates.get(number.checked_sub(1)?));
        let Some(candidate) = candidate else {
            return Err(format!("`{word}` is none of the numbers"));
        };
        if chosen.contains(candidate) {
            continue;
        }
        // What is told of two labels may be the same text though their types are not.
        for other in &chosen {
            let (told_gone, told_new) = sides(candidate);
            let (other_gone, other_new) = sides(other);
            if gone(candidate) == gone(other) {
                return Err(format!("{told_gone} cannot be both {other_new} and {told_new}"));
            }
            if new(candidate).is_some() && new(candidate) == new(other) {
                return Err(format!("{told_new} cannot be both {other_gone} and {told_gone}"));
            }
        }
        chosen.push(candidate.clone());
    }
    Ok(chosen)
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

    #[test]
    fn pairs_are_chosen_by_number() {
        let pair = |from: &str, to: &str| {
            Rename::object(
                format!("column public.t.{from}").parse().unwrap(),
                format!("column public.t.{to}").parse().unwrap(),
            )
        };
        let candidates = [pair("a", "x"), pair("a", "y"), pair("b", "x"), pair("b", "y")];
        let chosen = |answer: &str| numbered(&candidates, answer);
        assert_eq!(chosen(""), Ok(Vec::new()));
        assert_eq!(chosen("2, 3,3"), Ok(vec![pair("a", "y"), pair("b", "x")]));
        for (answer, why) in [
            ("0", "`0` is none of the numbers"),
            ("5", "`5` is none of the numbers"),
            ("y", "`y` is none of the numbers"),
            (
                "1 2",
                "`column public.t.a` cannot be both `column public.t.x` and `column public.t.y`",
            ),
            (
                "1,3",
                "`column public.t.x` cannot be both `column public.t.a` and `column public.t.b`",
            ),
        ] {
            assert_eq!(chosen(answer), Err(why.to_owned()), "{answer}");
        }
        let label = |of: &str, from: &str| {
            Rename::enum_label(format!("type public.{of}").parse().unwrap(), from, "cancelled")
        };
        let labels = [
            label("order_status", "canceled"),
            label("payment_status", "canceled"),
            label("order_status", "void"),
        ];
        assert_eq!(numbered(&labels, "1 2"), Ok(labels[..2].to_vec()));
        assert_eq!(
            numbered(&labels, "1 3"),
            Err(
                "`cancelled` cannot be both the label `canceled` of `type public.order_status` and the label `void` of \
                 `type public.order_status`"
                    .to_owned()
            )
        );
    }
}
