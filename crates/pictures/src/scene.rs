//! What a picture is made of, independent of the format it is written in. Pixels count from the upper left corner.

use crate::font::{self, Weight};
use crate::words::clean;

/// Width of every picture.
pub(crate) const WIDTH: f64 = 960.0;
/// Room that stays free on every side.
pub(crate) const MARGIN: f64 = 28.0;

/// Characters of a title that are kept, more than can be seen.
const LONGEST_TITLE: usize = 400;

/// Near black, for texts and what was observed.
pub(crate) const INK: Colour = Colour(34, 34, 34);
/// For texts that stand back; on white its contrast is 5.7 to 1.
pub(crate) const GREY: Colour = Colour(102, 102, 102);
/// For lines that help to read the others.
pub(crate) const PALE: Colour = Colour(221, 221, 221);
pub(crate) const WHITE: Colour = Colour(255, 255, 255);
/// Blue and vermilion of the palette of Okabe & Ito (2008), which no colour blindness confuses.
pub(crate) const BLUE: Colour = Colour(0, 114, 178);
/// A tone darker than in the palette, so that texts in it have a contrast of 4.6 to 1.
pub(crate) const VERMILION: Colour = Colour(196, 78, 0);

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// A colour and how opaque it is, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Paint {
    pub(crate) colour: Colour,
    pub(crate) opacity: f64,
}

impl Colour {
    pub(crate) fn solid(self) -> Paint {
        Paint { colour: self, opacity: 1.0 }
    }

    pub(crate) fn mix(self, opacity: f64) -> Paint {
        Paint { colour: self, opacity }
    }
}

/// A place: pixels from the left, pixels from the top.
pub(crate) type Point = (f64, f64);

/// Which part of a text lies at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text of one line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) words: String,
    pub(crate) x: f64,
    /// Where letters stand.
    pub(crate) baseline: f64,
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) colour: Colour,
    pub(crate) anchor: Anchor,
}

/// One thing that is drawn, over those before it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Rectangle { corner: Point, width: f64, height: f64, paint: Paint },
    Line { points: Vec<Point>, width: f64, colour: Colour, dash: Option<f64> },
    Area { points: Vec<Point>, paint: Paint },
    Circle { centre: Point, radius: f64, fill: Colour, stroke: Option<Colour> },
    Text(Text),
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scene {
    pub(crate) height: f64,
    /// Its name, and what it shows in a sentence, for readers who do not see it.
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) shapes: Vec<Shape>,
}

impl Text {
    /// Regular, in [`INK`], from `x` on.
    pub(crate) fn new(words: &str, x: f64, baseline: f64, size: f64) -> Self {
        let (weight, colour, anchor) = (Weight::Regular, INK, Anchor::Start);
        Self { words: clean(words), x, baseline, size, weight, colour, anchor }
    }

    pub(crate) fn bold(self) -> Self {
        Self { weight: Weight::SemiBold, ..self }
    }

    pub(crate) fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    pub(crate) fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    pub(crate) fn width(&self) -> f64 {
        font::width(&self.words, self.weight) * self.size
    }

    /// Where its first letter begins.
    pub(crate) fn left(&self) -> f64 {
        match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - self.width() / 2.0,
            Anchor::End => self.x - self.width(),
        }
    }

    pub(crate) fn right(&self) -> f64 {
        self.left() + self.width()
    }
}

impl Scene {
    /// An empty picture. Its height is told when everything is laid out.
    pub(crate) fn new(title: &str) -> Self {
        let title: String = title.chars().take(LONGEST_TITLE).collect();
        Self { height: 0.0, title: clean(&title), description: String::new(), shapes: Vec::new() }
    }

    pub(crate) fn text(&mut self, text: Text) {
        self.shapes.push(Shape::Text(text));
    }

    pub(crate) fn line(&mut self, points: Vec<Point>, width: f64, colour: Colour) {
        self.shapes.push(Shape::Line { points, width, colour, dash: None });
    }

    pub(crate) fn dashed(&mut self, from: Point, to: Point, colour: Colour) {
        self.shapes.push(Shape::Line { points: vec![from, to], width: 1.5, colour, dash: Some(4.0) });
    }

    pub(crate) fn rectangle(&mut self, corner: Point, width: f64, height: f64, paint: Paint) {
        self.shapes.push(Shape::Rectangle { corner, width, height, paint });
    }

    pub(crate) fn area(&mut self, points: Vec<Point>, paint: Paint) {
        self.shapes.push(Shape::Area { points, paint });
    }

    pub(crate) fn circle(&mut self, centre: Point, radius: f64, fill: Colour) {
        self.shapes.push(Shape::Circle { centre, radius, fill, stroke: None });
    }

    /// A circle with an outline.
    pub(crate) fn ring(&mut self, centre: Point, radius: f64, fill: Colour, stroke: Colour) {
        self.shapes.push(Shape::Circle { centre, radius, fill, stroke: Some(stroke) });
    }

    /// Lines of a text below one another, the first one's letters on `baseline`; the baseline of the line after them.
    pub(crate) fn paragraph(&mut self, lines: &[String], baseline: f64, like: &Text) -> f64 {
        let height = (like.size * 1.35).round();
        let mut baseline = baseline;
        for words in lines {
            self.text(Text { words: words.clone(), baseline, ..like.clone() });
            baseline += height;
        }
        baseline
    }
}
