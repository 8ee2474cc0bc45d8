//! What is going on, as it is shown.

use limbeck_project::{Event, ServerEvent};

use super::Output;

/// Shows an event.
pub(super) fn show(output: &Output, event: &Event) {
    match event {
        Event::Phase(phase) => this_goes_on(output, phase),
        Event::Note(text) => output.note(text),
        Event::Warning(text) => output.warning(text),
        Event::Wrote(path) => output.detail(format_args!("wrote {}", path.display())),
        Event::Server(event) => show_server(output, event),
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
        ServerEvent::ProjectMoved { from } => output.warning(&format!(
            "this is a new embedded database; the one of {} was left as it is",
            from.display()
        )),
        _ => {}
    }
}

/// Shown while it goes on, and kept for those who asked for more.
fn this_goes_on(output: &Output, text: &str) {
    output.progress().phase(text);
    output.detail(text);
}
