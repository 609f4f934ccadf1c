//! Pages: the lists of the use cases as connections with cursors.

use async_graphql::OutputType;
use async_graphql::connection::{Connection, Edge};
use atalaya_application::error::Violation;
use atalaya_application::page::{Page, PageRequest};

use crate::api::cursor::{self, Cursor};
use crate::api::parse::Rules;
use crate::graphql::refusal::Refusal;

/// A page as a connection.
pub(crate) type Pages<T> = Connection<String, T>;

/// Which page of a list.
///
/// # Errors
/// `VALIDATION_FAILED` for a size that no page has, and for what is no cursor of the list.
pub(crate) fn page<K: Cursor>(first: i32, after: Option<&str>) -> Result<PageRequest<K>, Refusal> {
    let mut rules = Rules::default();
    let most = PageRequest::<K>::MAX_LIMIT;
    let size = rules.take(match usize::try_from(first) {
        Ok(size @ 1..) if size <= most => Ok(size),
        Ok(1..) => Err(Violation::new("first", "too_large").with("max", &most)),
        _ => Err(Violation::new("first", "too_small").with("min", &1)),
    });
    let after =
        after.and_then(|text| rules.take(cursor::parse(text).ok_or_else(|| Violation::new("after", "not_a_cursor"))));
    Ok(rules.finish(size.map(|size| PageRequest::new(after, size)))?)
}

/// A page that was read, each item with the cursor after which the next one begins.
pub(crate) fn connection<T, K: Cursor, N: OutputType>(
    page: Page<T, K>,
    request: &PageRequest<K>,
    key: impl Fn(&T) -> K,
    node: impl Fn(T) -> N,
) -> Pages<N> {
    let mut pages = Connection::new(request.after.is_some(), page.next.is_some());
    pages.edges.extend(page.items.into_iter().map(|item| {
        let cursor = key(&item).write();
        Edge::new(cursor, node(item))
    }));
    pages
}
