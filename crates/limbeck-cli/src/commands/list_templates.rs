//! `list-templates`.

use limbeck_project::commands;
use serde_json::json;

use crate::arguments::ListTemplatesArguments;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::table;

pub(crate) fn run(context: &Context, _arguments: &ListTemplatesArguments) -> Result<Exit, CommandError> {
    let templates = commands::list_templates();
    if context.output.is_json() {
        context.output.json(&json!({ "templates": templates }))?;
    } else {
        let rows: Vec<Vec<String>> = templates
            .iter()
            .map(|template| vec![template.name.to_owned(), template.description.to_owned()])
            .collect();
        context.output.verbatim(&table::lay_out(&rows))?;
    }
    Ok(Exit::Done)
}
