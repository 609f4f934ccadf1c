//! Words that clients of before look for in the body of a failure. An operation declares them by the type of its
//! answer; the document shows them, and the edge, which writes every such body, takes them from there.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::http::problem::Kind;

/// The member that such a client reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeptMember {
    /// `error`.
    Error,
    /// `msg`.
    Msg,
}

impl KeptMember {
    const ALL: [Self; 2] = [Self::Error, Self::Msg];

    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Msg => "msg",
        }
    }
}

/// Which failures have a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Those of one kind.
    Kind(Kind),
    /// All of a status, but for those of a kind that has a text of its own.
    Status(u16),
}

impl Told {
    fn key(self) -> String {
        match self {
            Self::Kind(kind) => kind.code.to_owned(),
            Self::Status(status) => status.to_string(),
        }
    }
}

/// The words that an operation keeps: they are the same in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptWords {
    /// Where they stand.
    pub(crate) member: KeptMember,
    /// The texts.
    pub(crate) texts: &'static [(Told, &'static str)],
}

impl KeptWords {
    /// The extension of an operation that shows them.
    pub(crate) const EXTENSION: &str = "x-kept-words";

    /// As the document shows them.
    pub(crate) fn shown(self) -> Value {
        let texts: BTreeMap<String, &str> = self.texts.iter().map(|(told, text)| (told.key(), *text)).collect();
        json!({ (self.member.as_str()): texts })
    }
}

/// The same, read out of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownWords {
    /// Where they stand.
    pub(crate) member: KeptMember,
    texts: BTreeMap<String, String>,
}

impl ShownWords {
    /// Of an extension; `None` for whatever else.
    pub(crate) fn read(extension: &Value) -> Option<Self> {
        let of_member = |member: KeptMember| Some((member, extension.get(member.as_str())?.as_object()?));
        let (member, texts) = KeptMember::ALL.into_iter().find_map(of_member)?;
        let text = |(told, text): (&String, &Value)| Some((told.clone(), text.as_str()?.to_owned()));
        Some(Self { member, texts: texts.iter().map(text).collect::<Option<_>>()? })
    }

    /// The text for a failure.
    pub(crate) fn of(&self, kind: Kind) -> Option<&str> {
        [Told::Kind(kind), Told::Status(kind.status)]
            .into_iter()
            .find_map(|told| self.texts.get(&told.key()))
            .map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_document_shows_is_what_is_declared_and_a_kind_goes_before_its_status() {
        const TEXTS: &[(Told, &str)] =
            &[(Told::Status(400), "of the status"), (Told::Kind(Kind::IMAGE_TYPE), "of the kind")];
        let shown = ShownWords::read(&KeptWords { member: KeptMember::Msg, texts: TEXTS }.shown()).unwrap();
        assert_eq!(shown.member, KeptMember::Msg);
        assert_eq!(shown.of(Kind::IMAGE_TYPE), Some("of the kind"));
        assert_eq!(shown.of(Kind::IMAGE_MISSING), Some("of the status"));
        assert_eq!(shown.of(Kind::RATE_LIMITED), None);
        assert_eq!(ShownWords::read(&json!({"error": {"400": 5}})), None);
    }
}
