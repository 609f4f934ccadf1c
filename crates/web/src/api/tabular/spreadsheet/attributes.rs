//! Attributes and texts of elements.

use std::borrow::Cow;

use quick_xml::escape::unescape;
use quick_xml::events::{BytesRef, BytesStart};

use super::WorkbookFault;

/// An attribute by its name without a prefix; `None` where the element has none.
pub(super) fn attribute<'a>(element: &'a BytesStart<'_>, name: &str) -> Result<Option<Cow<'a, str>>, WorkbookFault> {
    for attribute in element.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| WorkbookFault::Damaged)?;
        if attribute.key.local_name().as_ref() == name {
            let value = match attribute.value {
                Cow::Borrowed(value) => unescape(value).map_err(|_| WorkbookFault::Damaged)?,
                Cow::Owned(value) => Cow::Owned(unescape(&value).map_err(|_| WorkbookFault::Damaged)?.into_owned()),
            };
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// Whether an attribute is true as XML Schema writes it.
pub(super) fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true")
}

/// Adds the character that a reference stands for.
pub(super) fn push_reference(text: &mut String, reference: &BytesRef<'_>) -> Result<(), WorkbookFault> {
    let character = reference.resolve_char_ref().map_err(|_| WorkbookFault::Damaged)?;
    text.push(match (character, reference.as_ref()) {
        (Some(character), _) => character,
        (None, "amp") => '&',
        (None, "lt") => '<',
        (None, "gt") => '>',
        (None, "quot") => '"',
        (None, "apos") => '\'',
        _ => return Err(WorkbookFault::Damaged),
    });
    Ok(())
}
