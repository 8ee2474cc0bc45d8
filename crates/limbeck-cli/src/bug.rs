//! A panic is a bug of Limbeck, and says so.

use std::io::Write;
use std::panic::{self, PanicHookInfo};

use crate::output::mask_passwords;

const REPORT_TO: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/issues");

/// Replaces Rust's own message, which reads as if the caller were at fault.
pub(crate) fn install_hook() {
    let with_backtrace = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let _ = std::io::stderr().write_all(message(info).as_bytes());
        if backtrace_is_wanted() {
            with_backtrace(info);
        }
    }));
}

fn message(info: &PanicHookInfo<'_>) -> String {
    let payload = info.payload();
    let what = payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message");
    let place = info
        .location()
        .map(|place| format!(" at {place}"))
        .unwrap_or_default();
    report(what, &place)
}

fn report(what: &str, place: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let what = mask_passwords(what);
    format!(
        "error: this is a bug in Limbeck {version}: {what}{place}\n\n\
         hint: what was committed stays committed, and running the command again is safe\n\
         hint: please report it with the output of the same command under `RUST_BACKTRACE=1`: {REPORT_TO}\n"
    )
}

#[expect(clippy::disallowed_methods, reason = "this is the command line")]
fn backtrace_is_wanted() -> bool {
    std::env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0")
}

#[cfg(test)]
mod tests {
    use super::report;

    #[test]
    fn a_bug_shows_no_password() {
        let told = report(
            "no host in postgresql://u:pa55-Wort@h/d, password='pa55-Wort'",
            " at a.rs:1:2",
        );
        assert!(
            told.contains("this is a bug") && told.contains("a.rs:1:2"),
            "{told}"
        );
        assert!(!told.contains("pa55-Wort"), "{told}");
    }
}
