//! What an operation's extractors add to its description: the permission that it needs, the headers that it reads and
//! the statuses by which it may be refused. A handler lists none of them: its arguments say them.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, web};
use atalaya_domain::access::Permission;
use utoipa::ToResponse;
use utoipa::openapi::{Ref, RefOr, Response};

/// A header that an operation reads where it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OptionalHeader {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it is for, as the document says.
    pub(crate) description: &'static str,
}

/// What is known of an operation from the types of its handler's arguments.
#[derive(Debug)]
pub(crate) struct Description {
    /// Whether its method is GET.
    pub(crate) is_read: bool,
    /// What it needs of its caller; `None` where everybody may ask.
    pub(crate) permission: Option<Permission>,
    /// What it reads of the head besides what every operation reads.
    pub(crate) headers: Vec<OptionalHeader>,
    /// The statuses of its refusals, besides those that every operation has.
    pub(crate) statuses: BTreeSet<u16>,
}

impl Description {
    /// Of an operation whose arguments are `Args`.
    pub(crate) fn of<Args: Describe>(is_read: bool) -> Self {
        let mut description = Self { is_read, permission: None, headers: Vec::new(), statuses: BTreeSet::new() };
        Args::describe(&mut description);
        description
    }
}

/// An extractor that says what it adds to the description of an operation.
pub(crate) trait Describe {
    /// Adds it.
    fn describe(description: &mut Description);
}

/// A text of the path is taken as it is; what it names is looked for by the handler.
impl<T> Describe for web::Path<T> {
    fn describe(_: &mut Description) {}
}

/// Part of the program, not of the request.
impl<T: ?Sized> Describe for web::Data<T> {
    fn describe(_: &mut Description) {}
}

impl Describe for HttpRequest {
    fn describe(_: &mut Description) {}
}

/// Every parameter is an optional text; what it means is checked as a rule.
impl<T> Describe for web::Query<T> {
    fn describe(description: &mut Description) {
        description.statuses.insert(422);
    }
}

/// The refusal of a request that names something that is not there, where no parameter of the operation shows it.
pub(crate) struct NotFound;

impl<'r> ToResponse<'r> for NotFound {
    fn response() -> (&'r str, RefOr<Response>) {
        ("NotFound", Ref::from_response_name("NotFound").into())
    }
}

macro_rules! describe_tuples {
    ($($name:ident)*) => {
        impl<$($name: Describe),*> Describe for ($($name,)*) {
            fn describe(description: &mut Description) {
                $($name::describe(description);)*
            }
        }
    };
}

describe_tuples!(A);
describe_tuples!(A B);
describe_tuples!(A B C);
describe_tuples!(A B C D);
describe_tuples!(A B C D E);
