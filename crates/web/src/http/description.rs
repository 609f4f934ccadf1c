//! What the types in a handler's signature add to the description of its operation: the permission that it needs, the
//! headers that it reads, the statuses by which it may be refused, whether its answer is polled, and whether it has
//! texts for people. A handler lists none of them.

use std::collections::BTreeSet;

use actix_web::{HttpRequest, HttpResponse, web};
use atalaya_domain::access::Permission;
use utoipa::ToResponse;
use utoipa::openapi::{Ref, RefOr, Response};

use crate::http::kept_words::KeptWords;

/// A refusal that operations share: its status, what the document calls it, and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SharedRefusal {
    /// The HTTP status, which is its own.
    pub(crate) status: u16,
    /// Its name among the components of the document.
    pub(crate) name: &'static str,
    /// What it means for every operation that has it.
    pub(crate) meaning: &'static str,
}

macro_rules! shared_refusals {
    ($($constant:ident = $status:literal $name:literal $meaning:literal;)*) => {
        impl SharedRefusal {
            $(
                #[doc = concat!("Status ", stringify!($status), ".")]
                pub(crate) const $constant: Self = Self { status: $status, name: $name, meaning: $meaning };
            )*

            /// All of them, by status.
            pub(crate) const ALL: &[Self] = &[$(Self::$constant,)*];
        }
    };
}

shared_refusals! {
    UNREADABLE = 400 "Unreadable" "The request cannot be read";
    UNAUTHENTICATED = 401 "Unauthenticated" "No token or credentials, or none that are valid";
    FORBIDDEN = 403 "Forbidden" "Role or ownership forbids it";
    NOT_FOUND = 404 "NotFound" "Nothing of that kind among one's own";
    NOT_ACCEPTABLE = 406 "NotAcceptable" "`Accept-Encoding` rules out every encoding of the answer";
    TOO_SLOW = 408 "TooSlow" "The body did not come in time";
    CONFLICT = 409 "Conflict" "The present state does not allow it";
    CHANGED = 412 "Changed" "The resource changed since it was read";
    TOO_LARGE = 413 "TooLarge" "The body is over its limit";
    MEDIA_TYPE = 415 "MediaType" "A media type that the route does not read";
    INVALID = 422 "Invalid" "The data break rules; `errors` names each";
    UNCONDITIONAL = 428 "Unconditional" "The state that was seen has to be told";
    LIMITED = 429 "Limited" "Too many requests; `Retry-After` says when to try again";
    HEADERS_TOO_LARGE = 431 "HeadersTooLarge" "More than 96 headers, or more than 128 KiB of them";
    FAULT = 500 "Fault" "A fault of the server";
    UNAVAILABLE = 503 "Unavailable" "A part is away or full; `Retry-After` says when to try again";
}

/// A header that an operation reads where it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OptionalHeader {
    /// Its name, as the document spells it.
    pub(crate) name: &'static str,
    /// What it is for, as the document says.
    pub(crate) description: &'static str,
}

/// What is known of an operation from its handler's signature.
#[derive(Debug)]
pub(crate) struct Description {
    /// Whether its method is GET.
    pub(crate) is_read: bool,
    /// What it needs of its caller; `None` where everybody may ask.
    pub(crate) permission: Option<Permission>,
    /// What it reads of the head besides what every operation reads.
    pub(crate) headers: Vec<OptionalHeader>,
    /// By what it may be refused, besides what every operation may be refused by.
    pub(crate) refusals: BTreeSet<SharedRefusal>,
    /// Whether dashboards poll it: the answer has an `ETag`, and is 304 where its reader has it.
    pub(crate) is_polled: bool,
    /// Whether the answer has texts for people, in the language that it names.
    pub(crate) is_localised: bool,
    /// Words that clients of before look for in the body of a failure.
    pub(crate) kept_words: Option<KeptWords>,
}

impl Description {
    /// Of an operation with such arguments and such an answer.
    pub(crate) fn of<Args: Describe, Answer: Describe>(is_read: bool) -> Self {
        let (headers, refusals) = (Vec::new(), BTreeSet::new());
        let mut description = Self {
            is_read,
            permission: None,
            headers,
            refusals,
            is_polled: false,
            is_localised: false,
            kept_words: None,
        };
        Args::describe(&mut description);
        Answer::describe(&mut description);
        description
    }
}

/// An extractor, or an answer, that says what it adds to the description of an operation.
pub(crate) trait Describe {
    /// Adds it to what the types before have added.
    fn describe(description: &mut Description);
}

/// A text of the path is taken as it is; what it names is looked for by the handler.
impl<T> Describe for web::Path<T> {
    fn describe(_: &mut Description) {}
}

/// Nothing is read.
impl Describe for () {
    fn describe(_: &mut Description) {}
}

/// Part of the program, not of the request.
impl<T: ?Sized> Describe for web::Data<T> {
    fn describe(_: &mut Description) {}
}

impl Describe for HttpRequest {
    fn describe(_: &mut Description) {}
}

/// Of what it may be, its handler says.
impl Describe for web::Payload {
    fn describe(_: &mut Description) {}
}

/// Every parameter is an optional text; what it means is checked as a rule.
impl<T> Describe for web::Query<T> {
    fn describe(description: &mut Description) {
        description.refusals.insert(SharedRefusal::INVALID);
    }
}

/// The refusal of a request that names something that is not there, where no parameter of the operation shows it.
pub(crate) struct NotFound;

impl<'r> ToResponse<'r> for NotFound {
    fn response() -> (&'r str, RefOr<Response>) {
        (SharedRefusal::NOT_FOUND.name, Ref::from_response_name(SharedRefusal::NOT_FOUND.name).into())
    }
}

/// What refuses says so itself.
impl<T: Describe, E> Describe for Result<T, E> {
    fn describe(description: &mut Description) {
        T::describe(description);
    }
}

/// An answer of which only the attributes of the handler say something.
impl Describe for HttpResponse {
    fn describe(_: &mut Description) {}
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
describe_tuples!(A B C D E F);
