//! The program at a terminal, with a person in front of it.

#![allow(clippy::print_stderr, reason = "tests")]

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use super::TestFolder;

/// The end of the input, as a person types it.
pub const END_OF_INPUT: &str = "\x04";
/// Ctrl-C.
pub const INTERRUPT: &str = "\x03";

/// Runs the program at a terminal, which `script` of util-linux makes, and types: each text once what stands before it is
/// shown. Returns the exit code and everything that was to be seen; `None` where there is no `script`.
pub fn at_a_terminal(folder: &TestFolder, arguments: &str, dialogue: &[(&str, &str)]) -> Option<String> {
    let program = env!("CARGO_BIN_EXE_limbeck");
    let mut script = Command::new("script");
    folder.surround(&mut script);
    script
        .args(["--quiet", "--return", "--flush", "--command"])
        .arg(format!("'{program}' {arguments}"))
        .arg("/dev/null")
        .current_dir(folder.path());
    let started = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = started else {
        eprintln!("NOT TESTED: there is no `script` here to make a terminal with");
        return None;
    };
    let mut keys = child.stdin.take().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let mut dialogue = dialogue.iter().peekable();
    let (mut seen, mut answered) = (Vec::new(), 0);
    let mut buffer = [0; 4096];
    loop {
        let length = screen.read(&mut buffer).unwrap();
        if length == 0 {
            break;
        }
        seen.extend_from_slice(&buffer[..length]);
        while let Some((question, answer)) = dialogue.peek() {
            let rest = String::from_utf8_lossy(&seen[answered..]).into_owned();
            if !rest.contains(question) {
                break;
            }
            answered = seen.len();
            keys.write_all(answer.as_bytes()).unwrap();
            dialogue.next();
        }
    }
    let status = child.wait().unwrap();
    drop(keys);
    let seen = String::from_utf8_lossy(&seen).replace("\r\n", "\n");
    assert_eq!(dialogue.next(), None, "it was never asked:\n{seen}");
    Some(format!("exit code: {}\n{seen}", status.code().unwrap()))
}
