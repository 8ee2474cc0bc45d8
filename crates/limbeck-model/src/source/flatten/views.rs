//! Sets of columns that structs over views flatten.

use super::super::find::Found;
use super::Flattening;
use crate::attributes::{ViewColumnModel, ViewModel};

impl Flattening<'_> {
    /// A struct over a view with the columns of all that it flattens.
    pub(super) fn spliced_view(&mut self, found: &Found<ViewModel>) -> ViewModel {
        let mut model = found.model.clone();
        let mut spliced = 0;
        for flatten in std::mem::take(&mut model.flattened) {
            let Some((part, is_optional)) = self.part(found, &flatten) else {
                continue;
            };
            let mut columns = Vec::with_capacity(part.columns.len());
            for mut column in part.columns {
                column.field.put_within(&flatten.field);
                if let Some(prefix) = &flatten.prefix {
                    column.name.value.insert_str(0, &prefix.value);
                    self.check_length(found, prefix, &column.name.value);
                }
                let same = model
                    .columns
                    .iter()
                    .find(|other| other.name.value == column.name.value);
                let same = same.map(|other| (&other.field, other.name.span));
                self.brings_twice(found, &flatten, &column.name.value, same);
                let said = column.nullable.map(|nullable| nullable.value);
                columns.push(ViewColumnModel {
                    field: column.field,
                    name: column.name,
                    ty: column.ty,
                    data_type: column.data_type,
                    nullable: if is_optional { Some(true) } else { said },
                });
            }
            let at = (flatten.position + spliced).min(model.columns.len());
            spliced += columns.len();
            model.columns.splice(at..at, columns);
        }
        model
    }
}
