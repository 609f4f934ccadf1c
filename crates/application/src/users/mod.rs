//! The users of a company, as its administrators manage them.

mod service;

use atalaya_domain::access::{Operator, PlatformScope, Role};
use atalaya_domain::account::AccountHandle;
use atalaya_domain::caller::Origin;
use atalaya_domain::id::UserId;
use atalaya_domain::mandate::{Authorized, ManageCompanies, ManageUsers, Mandate};
use atalaya_domain::password::Password;
use atalaya_domain::user::{Email, Member, User, UserChange, Username};

use crate::Precondition;
use crate::error::{AppError, Violation};
use crate::page::{Creation, Page, PageRequest};
use crate::ports::trash::Trashed;
use crate::receipt::Receipt;

pub use service::UserService;

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

/// A password that the program made for a user, to be told once.
#[derive(Debug, Clone)]
pub struct TemporaryPassword {
    /// Whose.
    pub username: Username,
    /// The password.
    pub password: Password,
}

/// The use cases of user administration.
pub trait Users: Send + Sync {
    /// Proves that the caller may give a role, as far as `text` names one: asked before anything else of a request is
    /// judged.
    ///
    /// # Errors
    /// `Forbidden(Grant)` for a role above the caller's own.
    fn may_give(&self, by: &Authorized<ManageUsers>, text: Option<&str>) -> Result<(), AppError>;

    /// Proves that the caller manages the users of the company that an existing user is of.
    ///
    /// # Errors
    /// `NotFound(User)` for a user who is not among those that the caller manages.
    fn mandate_over(&self, by: &Authorized<ManageUsers>, user: UserId) -> Result<Mandate<ManageUsers>, AppError>;

    /// Every rule that a password breaks for a user of this name in the company, as violations of `password`: to be
    /// named together with whatever else is wrong with a registration. The name may itself be no valid one.
    ///
    /// # Errors
    /// `NotFound(Company)` where a superadmin named one that does not exist.
    fn password_violations(
        &self,
        by: &Mandate<ManageUsers>,
        username: &str,
        password: &Password,
    ) -> Result<Vec<Violation>, AppError>;

    /// The mandate under which strangers register themselves as users of the company that the operator opened for that.
    ///
    /// # Errors
    /// `Forbidden(Registration)` where the operator opened none.
    fn open_registration(&self, origin: Origin) -> Result<Mandate<ManageUsers>, AppError>;

    /// Registers a user; `receipt` is kept in the same transaction.
    ///
    /// # Errors
    /// `Forbidden(Grant)` for a role above the actor's own, `Conflict(UsernameTaken)`, `Invalid` with every broken
    /// rule.
    fn register(
        &self,
        by: &Mandate<ManageUsers>,
        registration: &Registration,
        receipt: &dyn Receipt<Member>,
    ) -> Result<Member, AppError>;

    /// Registers a superadmin.
    ///
    /// # Errors
    /// `Conflict(UsernameTaken)`, `Invalid` with every rule that the password breaks; `Forbidden(Grant)` for everybody
    /// but an operator, and for a registration of another role or with accounts.
    fn register_superadmin(&self, by: &Mandate<ManageCompanies>, registration: &Registration)
    -> Result<User, AppError>;

    /// Registers a user of the demonstration, whose password everybody knows. Never in production.
    ///
    /// # Errors
    /// `Forbidden(Grant)` for everybody but an operator, and wherever public passwords are refused;
    /// `Conflict(UsernameTaken)`.
    fn register_demonstration(
        &self,
        by: &Mandate<ManageUsers>,
        registration: &Registration,
    ) -> Result<Member, AppError>;

    /// The user of that name, in whatever company, for somebody at the machine.
    ///
    /// # Errors
    /// `NotFound(User)`.
    fn find(&self, operator: &Operator, username: &Username) -> Result<User, AppError>;

    /// Sets the password of a user whom somebody at the machine names, and ends their sessions. Where `temporary`, the
    /// user has to change it before anything else.
    ///
    /// # Errors
    /// `NotFound(User)`, `Invalid` with every rule that the password breaks.
    fn assign_password(
        &self,
        operator: &Operator,
        username: &Username,
        password: &Password,
        temporary: bool,
    ) -> Result<User, AppError>;

    /// The users of the company.
    ///
    /// # Errors
    /// Of the database.
    fn list(
        &self,
        by: &Mandate<ManageUsers>,
        request: &PageRequest<Creation<UserId>>,
    ) -> Result<Page<Member, Creation<UserId>>, AppError>;

    /// The superadmins, by creation. They belong to no company, and are few.
    ///
    /// # Errors
    /// Of the database.
    fn superadmins(&self, scope: &PlatformScope) -> Result<Vec<User>, AppError>;

    /// One user.
    ///
    /// # Errors
    /// `NotFound(User)`.
    fn get(&self, by: &Mandate<ManageUsers>, user: UserId) -> Result<Member, AppError>;

    /// Changes a user. A new role and disabling end the validity of the user's access tokens at once.
    ///
    /// # Errors
    /// `NotFound(User)`, `Forbidden(Grant)`, `Conflict(LastAdmin)`, `PreconditionFailed`.
    fn change(
        &self,
        by: &Mandate<ManageUsers>,
        user: UserId,
        change: &UserChange,
        expected: Precondition<'_, Member>,
    ) -> Result<Member, AppError>;

    /// Deletes a user, whose sessions end at once. For [`TRASH_KEPT`](crate::ports::trash::TRASH_KEPT) they can be
    /// restored, and their name stays taken.
    ///
    /// # Errors
    /// `NotFound(User)`, `Forbidden(Grant)`, `Conflict(LastAdmin)`, `Conflict(OwnUser)` for the caller,
    /// `PreconditionFailed`.
    fn delete(
        &self,
        by: &Mandate<ManageUsers>,
        user: UserId,
        expected: Precondition<'_, Member>,
    ) -> Result<(), AppError>;

    /// The deleted users who can be restored, the last one first.
    ///
    /// # Errors
    /// Of the database.
    fn trash(&self, by: &Mandate<ManageUsers>) -> Result<Vec<Trashed<Member>>, AppError>;

    /// Restores a deleted user, with their role, their accounts, and whether they may log in.
    ///
    /// # Errors
    /// `NotFound(User)`, also of a user who is there or was deleted for good; `Forbidden(Grant)`.
    fn restore(&self, by: &Mandate<ManageUsers>, user: UserId) -> Result<Member, AppError>;

    /// Assigns exactly these accounts.
    ///
    /// # Errors
    /// `NotFound(User)`, `Invalid` for handles that the company does not have.
    fn assign(&self, by: &Mandate<ManageUsers>, user: UserId, handles: &[AccountHandle]) -> Result<Member, AppError>;

    /// Gives a user a random password that keeps the rules and that they have to change before anything else. Every
    /// session of theirs ends. It is stored as a hash only, and nobody can ask for it again.
    ///
    /// # Errors
    /// `NotFound(User)`; `Forbidden(Grant)` for a role above the caller's own; `Conflict(OwnPassword)` for the caller;
    /// `Unavailable` when too many passwords are being hashed.
    fn issue_temporary_password(&self, by: &Mandate<ManageUsers>, user: UserId) -> Result<TemporaryPassword, AppError>;
}
