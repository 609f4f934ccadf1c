//! What a change says of something that may also be without a value.

/// What is changed of something that may also be without a value.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It has none from now on.
    Clear,
    /// It is this from now on.
    Set(T),
}

impl<T> Change<T> {
    /// What there is after the change.
    pub fn apply(self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}
