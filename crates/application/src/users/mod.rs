//! The users of a company, as its administrators manage them.

mod service;

use atalaya_domain::access::{Actor, Role, TenantScope};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::caller::Caller;
use atalaya_domain::id::{CompanyId, UserId};
use atalaya_domain::password::Password;
use atalaya_domain::user::{Email, Member, UserChange, Username};

use crate::Precondition;
use crate::error::{AppError, Violation};
use crate::page::{Creation, Page, PageRequest};
use crate::receipt::Receipt;

pub use service::UserService;

/// The proof that a caller manages the users of a company.
#[derive(Debug, Clone, Copy)]
pub struct UserAdministration<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) scope: TenantScope,
}

/// A user to register.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The login name.
    pub username: Username,
    /// The password, checked against the policy here.
    pub password: Password,
    /// The role.
    pub role: Role,
    /// The mail address.
    pub email: Option<Email>,
    /// Accounts to assign.
    pub accounts: Vec<AccountHandle>,
    /// Whether the user has to change the password before anything else.
    pub must_change_password: bool,
}

/// The use cases of user administration.
pub trait Users: Send + Sync {
    /// Proves that the actor may give a role, as far as `text` names one: asked before anything else of a request is judged.
    ///
    /// # Errors
    /// `Forbidden(Grant)` for a role above the actor's own.
    fn may_give(&self, actor: &Actor, text: Option<&str>) -> Result<(), AppError>;

    /// Proves that the caller manages the users of the company that the request names, or of their own.
    ///
    /// # Errors
    /// `Forbidden` in another company; `Invalid` when a superadmin names none.
    fn administer<'a>(
        &self,
        caller: &'a Caller,
        company: Option<CompanyId>,
    ) -> Result<UserAdministration<'a>, AppError>;

    /// Proves it for the company of an existing user.
    ///
    /// # Errors
    /// `NotFound(User)` for a user who is not among those that the actor manages.
    fn administer_user<'a>(&self, caller: &'a Caller, user: UserId) -> Result<UserAdministration<'a>, AppError>;

    /// Every rule that a password breaks for a user of this name in the company, as violations of `password`: to be
    /// named together with whatever else is wrong with a registration. The name may itself be no valid one.
    ///
    /// # Errors
    /// `NotFound(Company)` where a superadmin named one that does not exist.
    fn password_violations(
        &self,
        by: &UserAdministration<'_>,
        username: &str,
        password: &Password,
    ) -> Result<Vec<Violation>, AppError>;

    /// Registers a user; `receipt` is kept in the same transaction.
    ///
    /// # Errors
    /// `Forbidden(Grant)` for a role above the actor's own, `Conflict(UsernameTaken)`, `Invalid` with every broken rule.
    fn register(
        &self,
        by: &UserAdministration<'_>,
        registration: &Registration,
        receipt: &dyn Receipt<Member>,
    ) -> Result<Member, AppError>;

    /// The users of the company.
    ///
    /// # Errors
    /// Of the database.
    fn list(
        &self,
        by: &UserAdministration<'_>,
        request: &PageRequest<Creation<UserId>>,
    ) -> Result<Page<Member, Creation<UserId>>, AppError>;

    /// One user.
    ///
    /// # Errors
    /// `NotFound(User)`.
    fn get(&self, by: &UserAdministration<'_>, user: UserId) -> Result<Member, AppError>;

    /// Changes a user. A new role and disabling end the validity of the user's access tokens at once.
    ///
    /// # Errors
    /// `NotFound(User)`, `Forbidden(Grant)`, `Conflict(LastAdmin)`, `PreconditionFailed`.
    fn change(
        &self,
        by: &UserAdministration<'_>,
        user: UserId,
        change: &UserChange,
        expected: Precondition<'_, Member>,
    ) -> Result<Member, AppError>;

    /// Assigns exactly these accounts.
    ///
    /// # Errors
    /// `NotFound(User)`, `Invalid` for handles that the company does not have.
    fn assign(&self, by: &UserAdministration<'_>, user: UserId, handles: &[AccountHandle]) -> Result<Member, AppError>;
}
