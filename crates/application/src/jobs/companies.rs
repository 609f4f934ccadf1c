//! Work for every company.

use atalaya_domain::access::Operator;
use atalaya_domain::company::Company;
use atalaya_domain::id::CompanyId;

use crate::error::AppError;
use crate::page::{Creation, PageRequest};
use crate::ports::platform::PlatformStore;

/// Does some work for every company, one after the other. What fails for one of them keeps no other from its turn.
///
/// # Errors
/// The first one of `work`; those of the database.
pub(super) fn for_every_company(
    platform: &dyn PlatformStore,
    mut work: impl FnMut(&Company) -> Result<(), AppError>,
) -> Result<(), AppError> {
    let scope = Operator::at_the_machine().platform();
    let (mut outcome, mut next) = (Ok(()), None);
    loop {
        let request = PageRequest::new(next, PageRequest::<Creation<CompanyId>>::MAX_LIMIT);
        let page = platform.query(|view| view.companies(&scope).page(&request))?;
        for company in &page.items {
            outcome = outcome.and(work(company));
        }
        next = page.next;
        if next.is_none() {
            return outcome;
        }
    }
}
