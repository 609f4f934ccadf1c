//! Cells: what was typed, and what a program had stored as a number or a date.

use super::{DateEvidence, NumberFault, NumberForm, Separators};

/// A cell; without blanks around it, unless its text is read with every blank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    text: String,
    kind: CellKind,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// A text as somebody typed it: the rest of its column tells how numbers and dates are written.
    Written,
    /// A number of a workbook, with a decimal point and nothing between thousands.
    Number,
    /// A date or a time of a workbook, as `YYYY-MM-DD` or `YYYY-MM-DD HH:MM:SS`.
    Time,
    /// Nothing that a value could be made of: an error such as `#N/A`, a truth value, a duration, or a formula without
    /// a stored result.
    Unusable,
}

impl Cell {
    /// A text as it was typed.
    pub(super) fn written(text: String) -> Self {
        Self { text, kind: CellKind::Written }
    }

    /// A cell whose text is in the form of its kind.
    pub(super) fn of(kind: CellKind, text: String) -> Self {
        Self { text, kind }
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What it holds.
    #[must_use]
    pub fn kind(&self) -> CellKind {
        self.kind
    }

    /// Tells `separators` of it, where it shows how numbers of its column are written.
    pub fn note_number(&self, separators: &mut Separators) {
        if self.kind == CellKind::Written {
            separators.note(self.text.trim());
        }
    }

    /// Tells `evidence` of it, where it shows how dates of its column are written.
    pub fn note_date(&self, evidence: &mut DateEvidence) {
        if self.kind == CellKind::Written {
            evidence.note(self.text.trim());
        }
    }

    /// A finite number; `column` is how the numbers of its column are written.
    ///
    /// # Errors
    /// [`NumberFault`] says which.
    pub fn number(&self, column: NumberForm) -> Result<f64, NumberFault> {
        self.form(column)?.number(&self.text)
    }

    /// A whole number that is not below zero.
    ///
    /// # Errors
    /// [`NumberFault`] says which.
    pub fn whole(&self, column: NumberForm) -> Result<u64, NumberFault> {
        self.form(column)?.whole(&self.text)
    }

    fn form(&self, column: NumberForm) -> Result<NumberForm, NumberFault> {
        match self.kind {
            CellKind::Written => Ok(column),
            CellKind::Number => Ok(NumberForm::PLAIN),
            CellKind::Time | CellKind::Unusable => Err(NumberFault::NotANumber),
        }
    }
}
