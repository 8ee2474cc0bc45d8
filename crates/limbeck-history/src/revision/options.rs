//! The options of a step.

use std::time::Duration;

use serde::Serialize;

use super::RevisionErrorKind;
use super::marker::quote;

/// The options of this format.
pub(super) const NAMES: [&str; 10] = [
    "allow",
    "transaction",
    "rust",
    "creates",
    "drops",
    "reindexes",
    "detaches",
    "retry",
    "lock_timeout",
    "statement_timeout",
];

/// The units of a timeout, as PostgreSQL's, with their milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// What a marker says of its side of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepOptions {
    /// `allow=drop`: it loses data, and whoever wrote it agreed to that.
    pub allow_drop: bool,
    /// False for `transaction=no`: its one statement cannot run inside a transaction.
    pub transaction: bool,
    /// `rust=NAME`: the application's own function of this name does it.
    pub rust: Option<String>,
    /// `creates="index public.plans_day_idx"`: the object that is there once it is done. With `transaction=no` only,
    /// as are the next three: they tell how to go on after a failure half-way.
    pub creates: Option<String>,
    /// `drops="…"`: the object that is gone once it is done.
    pub drops: Option<String>,
    /// `reindexes="…"`: the object that it builds anew.
    pub reindexes: Option<String>,
    /// `detaches="table public.events_2025"`: the partition that it detaches.
    pub detaches: Option<String>,
    /// `retry=3`: how often it is tried again after a lock timeout or a deadlock. `retry=safe`: outside a transaction, it
    /// may be run again when it died half-way, whatever it did.
    pub retry: Option<Retry>,
    /// `lock_timeout=2s`: how long it waits for a lock, instead of the run's own setting. Zero is without limit.
    pub lock_timeout: Option<Duration>,
    /// `statement_timeout=10min`: how long a statement may take. Zero is without limit.
    pub statement_timeout: Option<Duration>,
}

/// What `retry` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// `retry=3`: so often at most. Outside a transaction it may be run again as well.
    Times(u32),
    /// `retry=safe`: running it again does no harm.
    Safe,
}

impl Retry {
    /// How often it is tried again at most, where that is said.
    #[must_use]
    pub fn times(self) -> Option<u32> {
        match self {
            Self::Times(times) => Some(times),
            Self::Safe => None,
        }
    }
}

impl std::fmt::Display for Retry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Times(times) => times.fmt(formatter),
            Self::Safe => formatter.write_str("safe"),
        }
    }
}

impl Default for StepOptions {
    fn default() -> Self {
        Self {
            allow_drop: false,
            transaction: true,
            rust: None,
            creates: None,
            drops: None,
            reindexes: None,
            detaches: None,
            retry: None,
            lock_timeout: None,
            statement_timeout: None,
        }
    }
}

impl StepOptions {
    /// Takes in one option; the caller has seen that it stands once only.
    pub(super) fn set(&mut self, option: &str, value: &str) -> Result<(), RevisionErrorKind> {
        let Some(option) = NAMES.into_iter().find(|name| *name == option) else {
            return Err(RevisionErrorKind::UnknownOption {
                option: option.to_owned(),
            });
        };
        let wrong = |expected| RevisionErrorKind::OptionValue {
            option,
            value: value.to_owned(),
            expected,
        };
        let object = || {
            let is_object = value.split_once(' ').is_some_and(|(kind, name)| {
                kind.bytes().all(|b| b.is_ascii_lowercase()) && !kind.is_empty() && !name.trim().is_empty()
            });
            is_object
                .then(|| Some(value.to_owned()))
                .ok_or_else(|| wrong("an object in quotes, as `\"index public.plans_day_idx\"`"))
        };
        match option {
            "allow" if value == "drop" => self.allow_drop = true,
            "allow" => return Err(wrong("`drop`")),
            "transaction" if value == "no" => self.transaction = false,
            "transaction" => return Err(wrong("`no`")),
            "rust" => {
                let is_name = value
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
                    && value.bytes().next().is_some_and(|b| !b.is_ascii_digit());
                if !is_name {
                    return Err(wrong("the name of a Rust function"));
                }
                self.rust = Some(value.to_owned());
            }
            "creates" => self.creates = object()?,
            "drops" => self.drops = object()?,
            "reindexes" => self.reindexes = object()?,
            "detaches" => self.detaches = object()?,
            "retry" if value == "safe" => self.retry = Some(Retry::Safe),
            "retry" => {
                let is_number = value.bytes().all(|b| b.is_ascii_digit());
                let count = value.parse().ok().filter(|count| is_number && *count <= 1_000);
                let count = count.ok_or_else(|| wrong("a number from 0 to 1000, or `safe`"))?;
                self.retry = Some(Retry::Times(count));
            }
            "lock_timeout" | "statement_timeout" => {
                let duration = parse_duration(value).ok_or_else(|| {
                    wrong("`0`, or a number with one of the units ms, s, min, h and d, as `2s`")
                })?;
                if option == "lock_timeout" {
                    self.lock_timeout = Some(duration);
                } else {
                    self.statement_timeout = Some(duration);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What cannot stand together.
    pub(super) fn check(&self) -> Result<(), RevisionErrorKind> {
        let conflict = |option, problem| Err(RevisionErrorKind::OptionConflict { option, problem });
        let objects = [
            ("creates", &self.creates),
            ("drops", &self.drops),
            ("reindexes", &self.reindexes),
            ("detaches", &self.detaches),
        ];
        let mut given = objects.iter().filter(|(_, object)| object.is_some());
        if let Some((option, _)) = given.next() {
            if self.transaction {
                return conflict(option, "needs `transaction=no`");
            }
            if let Some((option, _)) = given.next() {
                return conflict(
                    option,
                    "cannot stand with another of `creates`, `drops`, `reindexes`, `detaches`",
                );
            }
        }
        if self.rust.is_some() && !self.transaction {
            return conflict("rust", "cannot stand with `transaction=no`");
        }
        Ok(())
    }

    /// The options as they stand on a marker's line, in the order of the format's description, without those that
    /// have their default.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if self.allow_drop {
            parts.push("allow=drop".to_owned());
        }
        if !self.transaction {
            parts.push("transaction=no".to_owned());
        }
        let named = [
            ("rust", &self.rust),
            ("creates", &self.creates),
            ("drops", &self.drops),
            ("reindexes", &self.reindexes),
            ("detaches", &self.detaches),
        ];
        for (option, value) in named {
            parts.extend(value.as_deref().map(|value| {
                let value = if option == "rust" {
                    value.to_owned()
                } else {
                    quote(value)
                };
                format!("{option}={value}")
            }));
        }
        parts.extend(self.retry.map(|retry| format!("retry={retry}")));
        parts.extend(
            self.lock_timeout
                .map(|limit| format!("lock_timeout={}", duration_text(limit))),
        );
        parts.extend(
            self.statement_timeout
                .map(|limit| format!("statement_timeout={}", duration_text(limit))),
        );
        parts.join(" ")
    }
}

fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, milliseconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
    let total = number.parse::<u64>().ok()?.checked_mul(*milliseconds)?;
    // PostgreSQL keeps both settings as a 32-bit number of milliseconds.
    (total <= i32::MAX.unsigned_abs().into()).then(|| Duration::from_millis(total))
}

/// The text of a duration in the largest unit that holds it exactly.
fn duration_text(duration: Duration) -> String {
    let milliseconds = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if milliseconds == 0 {
        return "0".to_owned();
    }
    UNITS
        .iter()
        .rev()
        .find(|(_, unit)| milliseconds.is_multiple_of(*unit))
        .map(|(name, unit)| format!("{}{name}", milliseconds / unit))
        .unwrap_or_default()
}
