//! The locale of whoever typed a command.

/// The locale for messages, by the variables of POSIX (POSIX.1-2017, 8.2): `LC_ALL`, else `LC_MESSAGES`, else `LANG`.
/// An empty variable counts as not set. `None` where none of them is set, or where it is no text.
#[must_use]
pub fn of_messages() -> Option<String> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set)?.into_string().ok()
}
