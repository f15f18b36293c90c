//! The JSON Schema of scenario files, for editors: made of the types that read them, so that it cannot differ.

use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, schema_for};
use serde_json::Value;

use super::document::Document;

/// The JSON Schema of scenario files (draft 2020-12).
pub fn schema() -> Value {
    let mut schema = schema_for!(Document);
    Plainly.transform(&mut schema);
    schema.insert("title".to_owned(), "A scenario of Albatross".into());
    schema.to_value()
}

/// Leaves out what says nothing to a person who writes a file: that a field can be null where it can be left out,
/// and how Rust keeps a number.
struct Plainly;

impl Transform for Plainly {
    fn transform(&mut self, schema: &mut Schema) {
        transform_subschemas(self, schema);
        let Some(fields) = schema.as_object_mut() else { return };
        fields.remove("format");
        if fields.get("default") == Some(&Value::Null) {
            fields.remove("default");
        }
        if let Some(Value::String(description)) = fields.get_mut("description") {
            *description = description.replace('\n', " ");
        }
        if let Some(Value::Array(types)) = fields.get_mut("type") {
            types.retain(|kind| kind != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                fields.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(either)) = fields.get("anyOf")
            && let [one @ Value::Object(_), null] = either.as_slice()
            && null["type"] == "null"
            && let Value::Object(one) = one.clone()
        {
            fields.remove("anyOf");
            fields.extend(one);
        }
    }
}
