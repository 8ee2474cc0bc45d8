//! The form of the text: Rust's own, by prettyplease, and that of attributes by us.
//!
//! prettyplease breaks a long attribute at every blank. Here an argument that does not fit has a line of its own.

use limbeck_catalog::ObjectId;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::{Attribute, Fields, Item, Meta};

use crate::Error;

/// The width that Rust's own form has.
pub(super) const WIDTH: usize = 100;

/// The attributes that models have.
const OURS: [&str; 4] = ["table", "column", "pg_enum", "pg_type"];

/// What stands for the attribute of a number, while prettyplease is at work.
const MARK: &str = "limbeck_attribute_";

/// An item in the form that all Rust has.
pub(super) fn formatted(id: &ObjectId, text: &str) -> Result<String, Error> {
    let defect = |cause: String| {
        Error::failed(format!("the model of {id} is no Rust: {cause}"))
            .hint("this is a defect of Limbeck; please report it, with the definition of the object")
    };
    let mut file = syn::parse_file(text).map_err(|cause| defect(cause.to_string()))?;
    let mut taken = Vec::new();
    for item in &mut file.items {
        match item {
            Item::Struct(item) => {
                take(&mut item.attrs, &mut taken);
                if let Fields::Named(fields) = &mut item.fields {
                    for field in &mut fields.named {
                        take(&mut field.attrs, &mut taken);
                    }
                }
            }
            Item::Enum(item) => {
                take(&mut item.attrs, &mut taken);
                for variant in &mut item.variants {
                    take(&mut variant.attrs, &mut taken);
                }
            }
            _ => {}
        }
    }
    let mut written = String::new();
    for line in prettyplease::unparse(&file).split_inclusive('\n') {
        let number = line
            .trim()
            .strip_prefix("#[")
            .and_then(|line| line.strip_suffix(']'))
            .and_then(|line| line.strip_prefix(MARK)?.parse::<usize>().ok());
        match number.and_then(|number| taken.get(number)) {
            Some((name, arguments)) => {
                let indent = line.len() - line.trim_start().len();
                let start = " ".repeat(indent);
                let inner = call(name, arguments, indent + 2, 1);
                written.push_str(&format!("{start}#[{inner}]\n"));
            }
            None => written.push_str(line),
        }
    }
    Ok(written)
}

/// Takes the arguments of our attributes out, and leaves their numbers.
fn take(attributes: &mut [Attribute], taken: &mut Vec<(String, Vec<Argument>)>) {
    for attribute in attributes {
        let Some(name) = OURS.iter().find(|name| attribute.path().is_ident(name)) else {
            continue;
        };
        let Meta::List(list) = &attribute.meta else {
            continue;
        };
        let found = ((*name).to_owned(), arguments(&list.tokens));
        let mark = format!("{MARK}{}", taken.len());
        if let Ok(path) = syn::parse_str(&mark) {
            taken.push(found);
            attribute.meta = Meta::Path(path);
        }
    }
}

/// One argument: what stands before its parentheses, what in them, and what behind.
struct Argument {
    text: String,
    list: Option<(String, Vec<Argument>)>,
}

fn arguments(tokens: &TokenStream) -> Vec<Argument> {
    let mut arguments = Vec::new();
    let mut current: Vec<TokenTree> = Vec::new();
    for token in tokens.clone() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => {
                arguments.extend(argument(&std::mem::take(&mut current)));
            }
            _ => current.push(token),
        }
    }
    arguments.extend(argument(&current));
    arguments
}

fn argument(tokens: &[TokenTree]) -> Option<Argument> {
    let (last, before) = tokens.split_last()?;
    let list = match last {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
            Some((written(before), arguments(&group.stream())))
        }
        _ => None,
    };
    Some(Argument {
        text: written(tokens),
        list,
    })
}

/// Tokens as people write them: `references = User::id`, `opclass("…")`.
fn written(tokens: &[TokenTree]) -> String {
    let mut text = String::new();
    let mut glue = true;
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {
                let inner: Vec<String> = arguments(&group.stream())
                    .into_iter()
                    .map(|one| one.text)
                    .collect();
                text.push_str(&format!("({})", inner.join(", ")));
                glue = false;
            }
            TokenTree::Punct(punct) if punct.as_char() == ':' => {
                text.push(':');
                glue = true;
            }
            TokenTree::Punct(punct) if punct.as_char() == '-' => {
                text.push_str(if glue { "-" } else { " -" });
                glue = true;
            }
            other => {
                text.push_str(if glue { "" } else { " " });
                text.push_str(&other.to_string());
                glue = false;
            }
        }
    }
    text
}

/// `name(…)` in one line where it fits, else with a line for each argument; of a single argument that takes a list the
/// arguments of that list. `column` is where it begins, and `behind` the width of what follows on its last line.
fn call(name: &str, arguments: &[Argument], column: usize, behind: usize) -> String {
    let texts: Vec<&str> = arguments.iter().map(|argument| argument.text.as_str()).collect();
    let plain = format!("{name}({})", texts.join(", "));
    if plain.contains('\n') || column + plain.chars().count() + behind <= WIDTH || arguments.is_empty() {
        return plain;
    }
    if let [
        Argument {
            list: Some((inner, list)),
            ..
        },
    ] = arguments
        && !list.is_empty()
    {
        return format!("{name}({})", call(inner, list, column, behind + name.len() + 2));
    }
    // Where the line begins that this stands on: attributes do so two columns before.
    let indent = column.saturating_sub(2);
    let margin = " ".repeat(indent + 4);
    let mut text = format!("{name}(\n");
    for argument in arguments {
        let own = match &argument.list {
            Some((name, list)) => call(name, list, indent + 6, 1),
            None => argument.text.clone(),
        };
        text.push_str(&format!("{margin}{own},\n"));
    }
    text.push_str(&format!("{})", " ".repeat(indent)));
    text
}
