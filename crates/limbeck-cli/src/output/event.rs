//! What is going on, as it is shown.

use limbeck_project::{Blocker, Ending, EndingResult, Event, Found, RunEvent, ServerEvent};

use super::text::{count, duration};
use super::{Output, mask_passwords, style};

/// Shows an event.
pub(super) fn show(output: &Output, event: &Event) {
    match event {
        Event::Phase(phase) => this_goes_on(output, phase),
        Event::Note(text) => output.note(text),
        Event::Warning(text) => output.warning(text),
        Event::HookOutput { hook, line } => {
            let plain = anstream::adapter::strip_str(line).to_string();
            let line = mask_passwords(&plain);
            output.say(format_args!(
                "  {style}{hook}{style:#}: {line}",
                style = style::DIM
            ));
        }
        Event::Wrote(path) => output.detail(format_args!("wrote {}", path.display())),
        Event::Server(event) => show_server(output, event),
        Event::Run(event) => show_run(output, event),
        _ => {}
    }
}

fn show_server(output: &Output, event: &ServerEvent) {
    match event {
        ServerEvent::Searching { .. } => {}
        ServerEvent::Waiting { lock } => {
            this_goes_on(
                output,
                &format!("waiting for another process, which holds {}", lock.display()),
            );
        }
        ServerEvent::Fetching {
            source,
            package,
            bytes,
            total,
        } => {
            output
                .progress()
                .bytes(&format!("fetching {package} by {source}"), *bytes, *total);
            if *bytes == 0 {
                output.say(format_args!("Fetching {package} by {source}; this is done once"));
            }
        }
        ServerEvent::SourceFailed { source, reason } => {
            output.note(&format!("{source} was no use: {reason}"));
        }
        ServerEvent::Unpacking { package } => this_goes_on(output, &format!("unpacking {package}")),
        ServerEvent::BuildingTemplate { version } => {
            this_goes_on(
                output,
                &format!("preparing the scratch server of PostgreSQL {version}"),
            );
        }
        ServerEvent::CreatingCluster { data_directory } => {
            output.say(format_args!(
                "Creating the embedded database in {}",
                data_directory.display()
            ));
        }
        ServerEvent::Starting { version } => this_goes_on(output, &format!("starting PostgreSQL {version}")),
        ServerEvent::PortChanged { from, to } => output.warning(&format!(
            "the port {from} of the embedded server is taken by another program; it is {to} from now on"
        )),
        ServerEvent::ProjectMoved { from } => output.note(&format!(
            "the embedded database of {} came along, since the project was moved",
            from.display()
        )),
        _ => {}
    }
}

fn show_run(output: &Output, event: &RunEvent) {
    match event {
        RunEvent::RevisionStarted {
            revision,
            message,
            direction,
            steps,
        } => {
            output
                .progress()
                .phase(&format!("{direction} {revision} {message}"));
            output.detail(format_args!(
                "{direction} {revision} {message}: {}",
                count(*steps, "step")
            ));
        }
        RunEvent::RevisionFinished {
            revision,
            message,
            direction,
            duration: took,
        } => {
            output.say(format_args!(
                "  {good}{direction}{good:#} {id}{revision}{id:#} {message} {dim}({}){dim:#}",
                duration(*took),
                good = style::GOOD,
                id = style::REVISION,
                dim = style::DIM,
            ));
        }
        RunEvent::DirectHost { pooled, host } => {
            output.note(&format!("`{pooled}` is a pooled host; the direct one is used, `{host}`"));
        }
        RunEvent::ServerNotIdentified { host } => output.note_once(format!(
            "anybody could have answered as `{host}`: write `sslmode=verify-full`, or add `channel_binding=require`"
        )),
        RunEvent::StepStarted {
            revision,
            step,
            direction,
            transaction,
            ..
        } => {
            let outside = if *transaction {
                ""
            } else {
                ", outside a transaction"
            };
            this_goes_on(output, &format!("{direction} {revision} {step}{outside}"));
        }
        RunEvent::StepFinished {
            revision,
            step,
            duration: took,
            ..
        } => {
            output.detail(format_args!(
                "{revision} {step} is committed ({})",
                duration(*took)
            ));
        }
        RunEvent::Progress { .. } => output.step_progress(event),
        RunEvent::StepFound {
            revision,
            step,
            found,
            objects,
            inferred,
        } => {
            let how = if *inferred {
                " (what it is for, its SQL says)"
            } else {
                ""
            };
            output.note(&format!(
                "step `{step}` of `{revision}`: {}{how}",
                found_words(*found, objects)
            ));
        }
        RunEvent::Waiting { holder } => {
            let holder = holder
                .as_ref()
                .map_or_else(|| "another runner".to_owned(), ToString::to_string);
            output.progress().phase(&format!("waiting for {holder}"));
            output.say(format_args!("Waiting for {holder}"));
        }
        RunEvent::TakenOver { holder } => {
            output.warning(&format!("{holder} is gone; this run goes on where it stopped"));
        }
        RunEvent::HeartbeatFailed { message } => {
            output.warning(&format!(
                "the lease could not be prolonged, and is tried again: {message}"
            ));
        }
        RunEvent::ConnectingAgain { reason, limit } => {
            output.note(&format!("waiting for the server for up to {limit:?}: {reason}"));
        }
        RunEvent::ConnectionLost {
            reason,
            revision,
            step,
        } => {
            output.warning(&format!("{reason}{}", at(revision.as_ref(), step.as_deref())));
            output.progress().phase("connecting again");
        }
        RunEvent::LeaseLost { revision, step } => {
            output.warning(&format!(
                "another runner took the lease over, because nothing was heard of this one for too long{}; it is taken \
                 again when it is free",
                at(revision.as_ref(), step.as_deref())
            ));
        }
        RunEvent::GoingOn { remaining } => {
            let rest = match remaining {
                0 => "nothing is left to do".to_owned(),
                remaining => format!("{} left", count(*remaining, "step")),
            };
            output.say(format_args!("Going on where it stopped: {rest}"));
        }
        RunEvent::Blocked {
            revision,
            step,
            blocked,
        } => {
            let mut text = format!("step `{step}` of `{revision}` waits for {}", blocked.waiting_for);
            for blocker in &blocked.blockers {
                text.push_str(&format!("\n  held by {blocker}"));
            }
            output.note(&text);
            output
                .progress()
                .phase(&format!("waiting for {}", blocked.waiting_for));
        }
        RunEvent::BlockerEnded {
            blocker,
            ending,
            result,
            ..
        } => show_ended(output, blocker, *ending, result),
        RunEvent::StepAgain {
            revision,
            step,
            reason,
            remaining,
            pause,
            ..
        } => {
            let limit =
                remaining.map_or_else(String::new, |remaining| format!(" ({remaining} more after that)"));
            output.note(&format!(
                "step `{step}` of `{revision}` is sent again in {}{limit}: {reason}",
                duration(*pause)
            ));
        }
        RunEvent::StoredBody {
            revision, file_name, ..
        } => {
            output.note(&format!(
                "`{revision}` is undone by what the database keeps of `{file_name}`, not by a file"
            ));
        }
        RunEvent::SessionChanged {
            revision,
            step,
            changed,
        } => {
            output.note(&format!(
                "step `{step}` of `{revision}` changed its session ({}), which no other step sees",
                changed.join(", ")
            ));
        }
        RunEvent::Notice { notice } => {
            output.note(&format!(
                "PostgreSQL says {}: {}",
                notice.severity, notice.message
            ));
        }
        RunEvent::Interrupting => output.progress().phase("cancelling the statement"),
    }
}

/// What a run was at, as the end of a sentence.
fn at(revision: Option<&impl std::fmt::Display>, step: Option<&str>) -> String {
    match (revision, step) {
        (Some(revision), Some(step)) => format!(", in step `{step}` of revision `{revision}`"),
        (Some(revision), None) => format!(", in revision `{revision}`"),
        (None, _) => String::new(),
    }
}

/// What an earlier attempt at a step has left, and what becomes of it.
fn found_words(found: Found, objects: &[String]) -> String {
    let names = objects
        .iter()
        .map(|object| format!("`{object}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match found {
        Found::Done => "an earlier attempt had come to its end".to_owned(),
        Found::Nothing => "an earlier attempt has left nothing behind, and it runs again".to_owned(),
        Found::InvalidIndex => format!("the index {names} is invalid: it is dropped and built again"),
        Found::FormerIndex => {
            format!("the index {names} is that of its former text: it is dropped and built again")
        }
        Found::Leftovers => format!("invalid indexes were left behind and are dropped: {names}"),
        Found::NotOurs => format!("the index {names} was there before, and is left alone"),
        Found::PendingDetach => format!("{names} is half detached, which is brought to its end"),
    }
}

fn show_ended(output: &Output, blocker: &Blocker, ending: Ending, result: &EndingResult) {
    let pid = blocker.pid;
    let done = match ending {
        Ending::Cancel => "the statement of the server process",
        Ending::Terminate => "the session of the server process",
    };
    match (result, ending) {
        (EndingResult::Done, Ending::Cancel) => output.warning(&format!("{done} {pid} was cancelled")),
        (EndingResult::Done, Ending::Terminate) => output.warning(&format!(
            "{done} {pid} was ended, since it was idle in a transaction"
        )),
        (EndingResult::Gone, _) => output.note(&format!("{done} {pid} had gone on meanwhile")),
        (EndingResult::Refused(reason), _) => {
            output.warning(&format!("{done} {pid} could not be ended: {reason}"));
        }
    }
}

/// Shown while it goes on, and kept for those who asked for more.
fn this_goes_on(output: &Output, text: &str) {
    output.progress().phase(text);
    output.detail(text);
}
