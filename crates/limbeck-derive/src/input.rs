//! The struct under a derive.
//!
//! The compiler has parsed it before, and of a type the derives need no more than its tokens. So the usual form, a
//! struct with named fields, is taken apart here rather than by `syn`, whose builds without optimisation are what a
//! derive costs most. Anything else is `syn`'s.

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::token::{Brace, Bracket, Paren};
use syn::{
    AttrStyle, Attribute, Data, DataStruct, DeriveInput, Field, FieldModifiers, Fields, FieldsNamed,
    Generics, MacroDelimiter, Meta, MetaList, Token, Type, Visibility,
};

/// The attributes that a derive of ours looks at.
const ATTRIBUTES: [&str; 6] = ["column", "columns", "pg_enum", "pg_type", "table", "view"];

/// The struct or enum. Of a struct with named fields it has the attributes of ours only, no visibility, and types as
/// tokens.
pub(crate) fn parse(input: TokenStream) -> syn::Result<DeriveInput> {
    named_fields(input.clone()).map_or_else(|| syn::parse2(input), Ok)
}

/// A struct with named fields and without parameters.
fn named_fields(input: TokenStream) -> Option<DeriveInput> {
    let mut tokens = input.into_iter();
    let mut attrs = Vec::new();
    let struct_token = loop {
        match tokens.next()? {
            TokenTree::Punct(pound) if pound.as_char() == '#' => {
                attribute(pound.span(), &mut tokens, &mut attrs)?;
            }
            TokenTree::Ident(word) if word == "struct" => break Token![struct](word.span()),
            // `pub` and what stands in its parentheses.
            TokenTree::Ident(word) if word == "pub" => {}
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {}
            _ => return None,
        }
    };
    let TokenTree::Ident(ident) = tokens.next()? else {
        return None;
    };
    let TokenTree::Group(body) = tokens.next()? else {
        return None;
    };
    if body.delimiter() != Delimiter::Brace {
        return None;
    }
    let fields = FieldsNamed {
        brace_token: Brace {
            span: body.delim_span(),
        },
        named: fields(&body)?,
    };
    Some(DeriveInput {
        attrs,
        vis: Visibility::Inherited,
        ident,
        generics: Generics::default(),
        data: Data::Struct(DataStruct {
            struct_token,
            fields: Fields::Named(fields),
            semi_token: None,
        }),
    })
}

fn fields(body: &Group) -> Option<Punctuated<Field, Token![,]>> {
    let mut tokens = body.stream().into_iter();
    let mut fields = Punctuated::new();
    let mut attrs = Vec::new();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(pound) if pound.as_char() == '#' => {
                attribute(pound.span(), &mut tokens, &mut attrs)?;
            }
            TokenTree::Ident(word) if word == "pub" => {}
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => {}
            TokenTree::Ident(ident) => {
                let field = field(ident, std::mem::take(&mut attrs), &mut tokens)?;
                fields.push_value(field);
                fields.push_punct(<Token![,]>::default());
            }
            _ => return None,
        }
    }
    Some(fields)
}

/// What stands behind a field's name, with the comma.
fn field(ident: Ident, attrs: Vec<Attribute>, tokens: &mut IntoIter) -> Option<Field> {
    let colon_token = match tokens.next()? {
        TokenTree::Punct(colon) if colon.as_char() == ':' => Token![:](colon.span()),
        _ => return None,
    };
    let mut ty = Vec::new();
    let mut depth = 0_usize;
    let mut behind_minus = false;
    for token in tokens {
        let mut is_minus = false;
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                ',' if depth == 0 => break,
                // The default of a field.
                '=' if depth == 0 => return None,
                '<' => depth += 1,
                '>' if !behind_minus => depth = depth.checked_sub(1)?,
                '-' => is_minus = punct.spacing() == Spacing::Joint,
                _ => {}
            }
        }
        behind_minus = is_minus;
        ty.push(token);
    }
    Some(Field {
        attrs,
        vis: Visibility::Inherited,
        modifiers: FieldModifiers::default(),
        ident: Some(ident),
        colon_token: Some(colon_token),
        ty: Type::Verbatim(ty.into_iter().collect()),
        default: None,
    })
}

/// What stands behind `#`; kept where it is one of ours.
fn attribute(pound: proc_macro2::Span, tokens: &mut IntoIter, attrs: &mut Vec<Attribute>) -> Option<()> {
    let TokenTree::Group(brackets) = tokens.next()? else {
        return None;
    };
    let mut tokens = brackets.stream().into_iter();
    let TokenTree::Ident(name) = tokens.next()? else {
        return None;
    };
    if !ATTRIBUTES.contains(&name.to_string().as_str()) {
        return Some(());
    }
    let meta = match tokens.next() {
        None => Meta::Path(name.into()),
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            Meta::List(MetaList {
                path: name.into(),
                delimiter: MacroDelimiter::Paren(Paren {
                    span: group.delim_span(),
                }),
                tokens: group.stream(),
            })
        }
        Some(_) => return None,
    };
    attrs.push(Attribute {
        pound_token: Token![#](pound),
        style: AttrStyle::Outer,
        bracket_token: Bracket {
            span: brackets.delim_span(),
        },
        meta,
    });
    Some(())
}
