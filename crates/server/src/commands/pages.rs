//! Lists of the use cases that come page by page, as a whole.

use atalaya_application::AppError;
use atalaya_application::page::{Page, PageRequest};
use atalaya_domain::access::Operator;
use atalaya_domain::company::Company;

use crate::compose::Core;

/// Every item of a list.
pub(super) fn every<T, K>(list: impl Fn(&PageRequest<K>) -> Result<Page<T, K>, AppError>) -> Result<Vec<T>, AppError> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = list(&PageRequest::new(after, PageRequest::<K>::MAX_LIMIT))?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(items);
        }
    }
}

/// Every company, by creation.
pub(super) fn every_company(core: &Core) -> Result<Vec<Company>, AppError> {
    let platform = Operator::at_the_machine().platform();
    every(|request| core.use_cases.companies.list(&platform, request))
}
