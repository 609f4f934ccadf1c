//! How people see a field. Nothing of it decides what a value may be.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::change::Change;
use super::kind::UnknownWord;
use super::names::DisplayName;

words! {
    /// The colour of a choice. Pages choose the tint, so that it can be read on light and on dark.
    ChoiceColor {
        /// Grey.
        Gray = "gray",
        /// Blue.
        Blue = "blue",
        /// Green.
        Green = "green",
        /// Yellow.
        Yellow = "yellow",
        /// Orange.
        Orange = "orange",
        /// Red.
        Red = "red",
        /// Purple.
        Purple = "purple",
        /// Pink.
        Pink = "pink",
    }
}

/// What people read of a field besides its name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Presentation {
    /// What the field is for.
    pub description: Option<String>,
    /// What a choice is called, where that is not the choice itself.
    pub labels: BTreeMap<String, DisplayName>,
    /// The colours of choices.
    pub colors: BTreeMap<String, ChoiceColor>,
}

/// What to change of it; what is not named stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PresentationChange {
    /// What the field is for.
    pub description: Change<String>,
    /// What choices are called, all of them anew.
    pub labels: Option<BTreeMap<String, DisplayName>>,
    /// The colours of choices, all of them anew.
    pub colors: Option<BTreeMap<String, ChoiceColor>>,
}

impl Presentation {
    /// Without what it says of other choices than these.
    #[must_use]
    pub fn of_choices(mut self, choices: &[String]) -> Self {
        self.labels.retain(|choice, _| choices.contains(choice));
        self.colors.retain(|choice, _| choices.contains(choice));
        self
    }
}

impl PresentationChange {
    /// What people read after the change.
    #[must_use]
    pub fn apply(self, before: Presentation) -> Presentation {
        Presentation {
            description: self.description.apply(before.description),
            labels: self.labels.unwrap_or(before.labels),
            colors: self.colors.unwrap_or(before.colors),
        }
    }
}
