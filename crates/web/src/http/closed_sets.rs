//! Closed sets of words as schemas of the OpenAPI document. A field names one by `#[schema(value_type = …)]`.

/// A set of words as a schema of its name.
macro_rules! closed_sets {
    ($($(#[doc = $doc:literal])* $name:ident = $words:expr;)*) => {
        $(
            $(#[doc = $doc])*
            pub(crate) enum $name {}

            impl utoipa::PartialSchema for $name {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                    use utoipa::openapi::schema::{ObjectBuilder, Type};
                    let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some($words));
                    object.description(Some(concat!($($doc,)*).trim())).build().into()
                }
            }

            impl utoipa::ToSchema for $name {
                fn name() -> std::borrow::Cow<'static, str> {
                    std::borrow::Cow::Borrowed(stringify!($name))
                }
            }
        )*
    };
}

pub(crate) use closed_sets;
