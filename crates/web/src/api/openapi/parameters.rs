//! What parameters of one name mean wherever they stand, which their types do not say.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};

/// Ids are below 2^53, so that every client can hold them as a number.
const LARGEST_ID: i64 = (1 << 53) - 1;

fn whole() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1))
}

fn is_number(parameter: &Parameter) -> bool {
    let integer = SchemaType::Type(Type::Integer);
    matches!(&parameter.schema, Some(RefOr::T(Schema::Object(object))) if object.schema_type == integer)
}

/// Names the form of headers and of the parts of a path.
pub(super) fn refine(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let text = ObjectBuilder::new().schema_type(Type::String);
        let schema = match (&parameter.parameter_in, parameter.name.as_str()) {
            // Printable ASCII: `Idempotency` in idempotency.rs.
            (ParameterIn::Header, "Idempotency-Key") => {
                text.min_length(Some(1)).max_length(Some(200)).pattern(Some("^[ -~]{1,200}$"))
            }
            (ParameterIn::Path, "file") => text.min_length(Some(1)),
            (ParameterIn::Header, _) => text,
            (ParameterIn::Path, "username") => text.pattern(Some("^@?[A-Za-z0-9_.-]{1,64}$")),
            (ParameterIn::Path, "id") if !is_number(parameter) => continue,
            (ParameterIn::Path, "id") | (ParameterIn::Query, "empresa_id") => whole().maximum(Some(LARGEST_ID)),
            (_, "version") => whole().maximum(Some(i64::from(i32::MAX))),
            _ => continue,
        };
        parameter.schema = Some(RefOr::T(schema.build().into()));
    }
}

/// A body that may be missing is not one that may be `null`.
pub(super) fn without_null_body(operation: &mut Operation) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    for content in body.content.values_mut() {
        let RefOr::T(content) = content else { continue };
        let Some(RefOr::T(Schema::OneOf(either))) = &content.schema else { continue };
        let present = either.items.iter().find(|item| matches!(item, RefOr::Ref(_)));
        content.schema = present.cloned();
    }
}

/// Whether a parameter names something that may not be there. An account is none: one that is not there and one of
/// somebody else are refused alike.
pub(super) fn name_something(operation: &Operation) -> bool {
    let names = |parameter: &RefOr<Parameter>| match parameter {
        RefOr::T(parameter) => {
            const NAMES: [&str; 6] = ["id", "version", "parent", "entity_id", "field_id", "record_id"];
            NAMES.contains(&parameter.name.as_str())
        }
        RefOr::Ref(_) => false,
    };
    operation.parameters.iter().flatten().any(names)
}
