//! From text to keys and values: those of the string itself, then of a service, then of variables.

use super::error::SettingsError;
use super::key::{self, Treatment};
use super::service::{self, Service};
use super::uri::Pairs;
use super::{Defaults, Settings, build, keyword_value, mistake, uri, variable};

/// A value with where it comes from.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) key: &'static str,
    pub(super) text: String,
    /// `None` for the connection string itself.
    pub(super) origin: Option<String>,
}

pub(super) fn read(text: &str, defaults: &Defaults) -> Result<Settings, SettingsError> {
    let text = text.trim();
    mistake::find(text)?;
    let (pairs, form) = match mistake::scheme(text) {
        Some(scheme @ ("postgresql://" | "postgres://")) => (
            uri::split(text.strip_prefix(scheme).unwrap_or_default())?,
            Form::Url,
        ),
        Some(scheme) => {
            return Err(SettingsError::Scheme {
                scheme: scheme.to_owned(),
            });
        }
        None if text
            .split_once('=')
            .is_some_and(|(key, _)| is_shown(key.trim_end())) =>
        {
            (keyword_value::split(text)?, Form::KeywordValue)
        }
        None => return Err(SettingsError::NotAConnectionString),
    };
    let mut values = check(pairs, form, None)?;
    let variables = variable::values(&defaults.variables)?;

    let of = |key| {
        values
            .iter()
            .chain(&variables)
            .find(|value| value.key == key && !value.text.is_empty())
    };
    if let Some(name) = of("service") {
        let Service { origin, pairs } = service::find(
            &name.text,
            of("servicefile").map(|file| file.text.as_str()),
            &defaults.service_files,
        )?;
        let service = check(pairs, Form::KeywordValue, Some(&origin))?;
        add(&mut values, service);
    }
    add(&mut values, variables);
    build::settings(&values, defaults)
}

/// Adds what is not there yet. An empty value counts as absent, as in libpq.
///
/// An address is taken only together with its host: otherwise a variable could lead a named host astray.
fn add(values: &mut Vec<Value>, lower: Vec<Value>) {
    let has = |values: &[Value], key: &str| {
        values
            .iter()
            .any(|value| value.key == key && !value.text.is_empty())
    };
    let host = has(values, "host") || has(values, "hostaddr");
    for value in lower {
        let taken = has(values, value.key) || host && matches!(value.key, "host" | "hostaddr");
        if !taken {
            values.retain(|earlier| earlier.key != value.key);
            values.push(value);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Url,
    KeywordValue,
}

/// Known keys with their values; of a key that is there twice, the URL's parameter wins over its other parts.
fn check(pairs: Pairs, form: Form, origin: Option<&str>) -> Result<Vec<Value>, SettingsError> {
    let mut checked: Vec<Value> = Vec::with_capacity(pairs.len());
    let mut after_password = false;
    for (name, text) in pairs {
        let Some(key) = key::find(&name) else {
            // `password=my secret=1` without quotes: what looks like a key is a piece of the password.
            let shown = is_shown(&name) && !(after_password && form == Form::KeywordValue);
            return Err(unknown(shown.then_some(name)).in_origin(origin));
        };
        after_password = key.name == "password";
        let value = Value {
            key: key.name,
            text,
            origin: origin.map(str::to_owned),
        };
        refuse(&value)?;
        if let Some(earlier) = checked.iter_mut().find(|earlier| earlier.key == key.name) {
            if !matches!(key.name, "host" | "port" | "user" | "password" | "dbname") {
                return Err(SettingsError::RepeatedKey { key: key.name }.in_origin(origin));
            }
            *earlier = value;
        } else {
            checked.push(value);
        }
    }
    Ok(checked)
}

fn unknown(name: Option<String>) -> SettingsError {
    let advice = match &name {
        None => "put a value with spaces between single quotes; encode `?` and `&` in a URL".to_owned(),
        Some(name) => match (key::foreign(name), key::nearest(name)) {
            (Some(advice), _) => advice.to_owned(),
            (None, Some(nearest)) => format!("did you mean `{nearest}`?"),
            (None, None) => "leave it out, or check its spelling".to_owned(),
        },
    };
    SettingsError::UnknownKey { key: name, advice }
}

/// An error for a value of a key that is not used here at all, and for one that no server can be told.
pub(super) fn refuse(value: &Value) -> Result<(), SettingsError> {
    if value.text.contains('\0') {
        return Err(SettingsError::Nul { key: value.key }.in_origin(value.origin.as_deref()));
    }
    match key::find(value.key) {
        Some(key) if key.treatment == Treatment::Refused && !value.text.is_empty() => {
            let refused = SettingsError::Refused {
                key: key.name.to_owned(),
                reason: key.note,
            };
            Err(refused.in_origin(value.origin.as_deref()))
        }
        _ => Ok(()),
    }
}

/// Whether a text looks like a key, and may be shown as one.
fn is_shown(key: &str) -> bool {
    !key.is_empty()
        && key.len() <= 40
        && key
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "_-.".contains(character))
}
