//! The words of the clients of tables that exist already, where they differ from this API's own.

/// The roles that a registration may ask for.
pub(crate) const REGISTRABLE: [&str; 2] = ["Admin", "User"];
/// What those clients call roles.
pub(crate) const ROLES: [&str; 4] = ["Superadmin", "Admin", "User", "Viewer"];
