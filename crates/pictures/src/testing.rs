//! What holds of every picture, read back from its SVG.

use roxmltree::{Document, Node};

use crate::Drawing;

/// A text with the edges of its box.
#[derive(Debug, Clone)]
pub(crate) struct Boxed {
    pub(crate) words: String,
    pub(crate) left: f64,
    pub(crate) right: f64,
    pub(crate) top: f64,
    pub(crate) bottom: f64,
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

/// The texts of a picture.
pub(crate) fn boxes(svg: &str) -> Vec<Boxed> {
    let document = Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.has_tag_name("text"));
    let boxed = |node: Node<'_, '_>| {
        let [x, baseline, size, width] = ["x", "y", "font-size", "textLength"].map(|name| number(node, name));
        let left = match node.attribute("text-anchor") {
            Some("middle") => x - width / 2.0,
            Some("end") => x - width,
            _ => x,
        };
        let words = node.text().unwrap_or_default().to_owned();
        Boxed { words, left, right: left + width, top: baseline - size * 0.74, bottom: baseline + size * 0.2 }
    };
    texts.map(boxed).collect()
}

/// The words of a picture's texts.
pub(crate) fn texts(drawing: &Drawing) -> Vec<String> {
    boxes(&drawing.svg()).into_iter().map(|text| text.words).collect()
}

/// Nothing is clipped, no text meets another, every text is a text and no key, and there is a PNG of twice the size.
pub(crate) fn check(drawing: &Drawing) {
    let svg = drawing.svg();
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    let (width, height) = (number(root, "width"), number(root, "height"));
    let inside = |x: f64, y: f64| (-0.01..=width + 0.01).contains(&x) && (-0.01..=height + 0.01).contains(&y);
    let boxes = boxes(&svg);
    for (place, text) in boxes.iter().enumerate() {
        assert!(inside(text.left, text.top) && inside(text.right, text.bottom), "clipped: {text:?}\n{svg}");
        for other in boxes.iter().skip(place + 1) {
            let meets = text.left < other.right
                && other.left < text.right
                && text.top < other.bottom
                && other.top < text.bottom;
            assert!(!meets, "{text:?} meets {other:?}\n{svg}");
        }
        let is_key = ["served.", "unit.", "pace.", "mark.", "foot.", "backtest.", "holiday.", "month.m", "%{"];
        assert!(!is_key.iter().any(|key| text.words.contains(key)), "{text:?}");
    }
    for line in document.descendants().filter(|node| node.has_tag_name("polyline") || node.has_tag_name("polygon")) {
        for point in line.attribute("points").unwrap().split(' ').filter(|point| !point.is_empty()) {
            let (x, y) = point.split_once(',').unwrap();
            assert!(inside(x.parse().unwrap(), y.parse().unwrap()), "{point} is outside\n{svg}");
        }
    }
    for circle in document.descendants().filter(|node| node.has_tag_name("circle")) {
        let [x, y, radius] = ["cx", "cy", "r"].map(|name| number(circle, name));
        assert!(inside(x - radius, y - radius) && inside(x + radius, y + radius), "{circle:?}\n{svg}");
    }
}
