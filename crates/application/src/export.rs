//! Exports: every item of a list, page by page, out of one snapshot.

use std::ops::ControlFlow;

use crate::error::AppError;
use crate::page::{Page, PageRequest};

/// Takes the items of a page. It may block; meanwhile the export keeps its snapshot and its database connection.
/// `Break` ends the export: nobody takes any more.
pub type Sink<'s, T> = dyn FnMut(Vec<T>) -> ControlFlow<()> + 's;

/// What was given out cannot be given out again, so an export that fails on its way is over.
#[derive(Debug, thiserror::Error)]
#[error("an export failed on its way: {0}")]
struct Interrupted(AppError);

/// An export under way. A unit of work may run again after contention, and this sees to it that no item is given out
/// twice.
#[derive(Debug)]
pub(crate) struct Export {
    begun: bool,
    page_size: usize,
}

impl Default for Export {
    /// In the largest pages.
    fn default() -> Self {
        Self::in_pages_of(PageRequest::<()>::MAX_LIMIT)
    }
}

impl Export {
    /// In pages of so many items: of large ones a few are held in memory.
    pub(crate) fn in_pages_of(page_size: usize) -> Self {
        Self { begun: false, page_size }
    }

    /// Gives every page that `read` finds to `sink`, from the first to the last, or until `sink` breaks off.
    ///
    /// # Errors
    /// Those of `read` before the first page was given out; `Internal` afterwards, which no unit of work repeats.
    pub(crate) fn run<T, K>(
        &mut self,
        mut read: impl FnMut(&PageRequest<K>) -> Result<Page<T, K>, AppError>,
        sink: &mut Sink<'_, T>,
    ) -> Result<(), AppError> {
        if self.begun {
            return Err(AppError::internal("the unit of work of an export ran again after it had given out a page"));
        }
        let mut request = PageRequest::new(None, self.page_size);
        loop {
            let page = read(&request);
            let page = if self.begun { page.map_err(|error| AppError::internal(Interrupted(error))) } else { page }?;
            self.begun = true;
            if sink(page.items).is_break() {
                return Ok(());
            }
            match page.next {
                Some(next) => request = PageRequest::new(Some(next), self.page_size),
                None => return Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Part;

    fn numbers(request: &PageRequest<usize>) -> Page<usize, usize> {
        let from = request.after.map_or(0, |last| last + 1);
        let rows = (from..2_500).take(request.limit() + 1).collect();
        Page::from_rows(rows, request, |number| *number)
    }

    #[test]
    fn every_item_is_given_out_once_and_in_order() {
        let mut given = Vec::new();
        let mut sink = |items: Vec<usize>| {
            given.extend(items);
            ControlFlow::Continue(())
        };
        Export::default().run(|request| Ok(numbers(request)), &mut sink).unwrap();
        assert_eq!(given, (0..2_500).collect::<Vec<_>>());
    }

    #[test]
    fn a_sink_that_breaks_off_ends_the_export() {
        let mut pages = 0;
        let mut sink = |_: Vec<usize>| {
            pages += 1;
            ControlFlow::Break(())
        };
        Export::default().run(|request| Ok(numbers(request)), &mut sink).unwrap();
        assert_eq!(pages, 1);
    }

    #[test]
    fn what_was_given_out_is_not_given_out_again() {
        let mut export = Export::default();
        let mut sink = |_: Vec<usize>| ControlFlow::Continue(());
        let away = |_: &PageRequest<usize>| Err::<Page<usize, usize>, _>(AppError::unavailable(Part::Database));
        assert!(matches!(export.run(away, &mut sink), Err(AppError::Unavailable { .. })), "it may run again");
        let second_fails = |request: &PageRequest<usize>| match request.after {
            Some(_) => away(request),
            None => Ok(numbers(request)),
        };
        assert!(matches!(export.run(second_fails, &mut sink), Err(AppError::Internal { .. })));
        assert!(matches!(export.run(|request| Ok(numbers(request)), &mut sink), Err(AppError::Internal { .. })));
    }
}
