//! What was read.

/// Digits of a picture, in reading order, and the size of the picture in which their areas are measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The digits, from left to right, row by row.
    pub digits: Vec<Digit>,
    /// Width of the picture as it is shown, in pixels.
    pub width: u32,
    /// Height of the picture as it is shown, in pixels.
    pub height: u32,
    /// How many digits each row has; together as many as there are.
    pub(crate) rows: Vec<usize>,
    /// The picture itself gives doubts: what was left out might have been a digit.
    pub(crate) doubtful: bool,
    /// What is answered of a page without digits.
    pub(crate) blank: Guess,
}

impl Reading {
    /// The digits as a text; rows are joined by one space.
    #[must_use]
    pub fn text(&self) -> String {
        let mut digits = self.digits.iter();
        let rows = self.rows.iter().map(|&length| -> String {
            digits.by_ref().take(length).map(|digit| char::from(b'0' + digit.guess.digit() % 10)).collect()
        });
        rows.collect::<Vec<_>>().join(" ")
    }

    /// What the first digit is; of a page without digits some digit, with a low probability.
    #[must_use]
    pub fn first(&self) -> &Guess {
        self.digits.first().map_or(&self.blank, |digit| &digit.guess)
    }

    /// Whether a person should look: at one of the digits, or because nothing was found, or because of the picture.
    #[must_use]
    pub fn needs_review(&self) -> bool {
        self.doubtful || self.digits.is_empty() || self.digits.iter().any(|digit| digit.needs_review)
    }
}

/// One digit of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Digit {
    /// What it is, most probably.
    pub guess: Guess,
    /// Where it stands.
    pub area: Area,
    /// Whether a person should look at it.
    pub needs_review: bool,
}

/// The three most probable digits of ten, most probable first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess {
    /// Digits, 0 to 9, and their calibrated probabilities, 0 to 1.
    pub alternatives: [(u8, f32); 3],
}

impl Guess {
    /// The three best of ten probabilities.
    pub(crate) fn of(probabilities: &[f32; 10]) -> Self {
        let mut ranked: Vec<(u8, f32)> = (0..10).zip(probabilities.iter().copied()).collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        let mut best = ranked.into_iter();
        Self { alternatives: std::array::from_fn(|_| best.next().unwrap_or((0, 0.0))) }
    }

    /// The most probable digit, 0 to 9.
    #[must_use]
    pub fn digit(&self) -> u8 {
        let [(digit, _), ..] = self.alternatives;
        digit
    }

    /// How probable it is, 0 to 1.
    #[must_use]
    pub fn probability(&self) -> f32 {
        let [(_, probability), ..] = self.alternatives;
        probability
    }
}

/// A rectangle in the picture as it is shown, in pixels from its upper left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// At least 1.
    pub width: u32,
    /// At least 1.
    pub height: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digit(which: u8) -> Digit {
        let guess = Guess { alternatives: [(which, 0.9), (0, 0.05), (1, 0.05)] };
        Digit { guess, area: Area { x: 0, y: 0, width: 1, height: 1 }, needs_review: false }
    }

    fn reading(digits: &[u8], rows: &[usize]) -> Reading {
        let digits = digits.iter().map(|&which| digit(which)).collect();
        let blank = Guess { alternatives: [(1, 0.1), (0, 0.1), (2, 0.1)] };
        Reading { digits, width: 9, height: 9, rows: rows.to_vec(), doubtful: false, blank }
    }

    #[test]
    fn rows_are_joined_by_one_space() {
        assert_eq!(reading(&[4, 0, 7, 1, 2], &[5]).text(), "40712");
        assert_eq!(reading(&[4, 0, 7, 1, 2], &[2, 3]).text(), "40 712");
        assert_eq!(reading(&[], &[]).text(), "");
    }

    #[test]
    fn a_page_without_digits_has_a_first_guess_and_needs_a_look() {
        let page = reading(&[], &[]);
        assert!(page.needs_review());
        assert!(page.first().probability() < 0.2);
    }

    #[test]
    fn one_doubtful_digit_is_enough_for_a_look() {
        let mut page = reading(&[1, 2], &[2]);
        assert!(!page.needs_review());
        assert_eq!(page.first().digit(), 1);
        page.digits[1].needs_review = true;
        assert!(page.needs_review());
    }

    #[test]
    fn the_three_most_probable_digits_are_kept_in_order() {
        let guess = Guess::of(&[0.0, 0.3, 0.0, 0.5, 0.0, 0.0, 0.0, 0.0, 0.15, 0.05]);
        assert_eq!(guess.alternatives, [(3, 0.5), (1, 0.3), (8, 0.15)]);
    }
}
