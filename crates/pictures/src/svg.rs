//! A scene as SVG 1.1.
//!
//! Each text tells the width that it was laid out for (`textLength`), so that nothing meets or is cut off where the
//! reader's font is another one.

use std::fmt::Write;

use crate::font::Weight;
use crate::scene::{Anchor, Colour, Paint, Point, Scene, Shape, Text, WIDTH};

const FONTS: &str = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

/// Writes a scene.
pub(crate) fn write(scene: &Scene) -> String {
    let (width, height) = (number(WIDTH), number(scene.height));
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FONTS}\">\n"
    );
    element(&mut svg, format_args!("<title>{}</title>", escaped(&scene.title)));
    element(&mut svg, format_args!("<desc>{}</desc>", escaped(&scene.description)));
    element(&mut svg, format_args!("<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"));
    for shape in &scene.shapes {
        write_shape(&mut svg, shape);
    }
    svg.push_str("</svg>\n");
    svg
}

fn write_shape(svg: &mut String, shape: &Shape) {
    match shape {
        Shape::Rectangle { corner, width, height, paint } => {
            let ((x, y), width, height) = (pair(*corner), number(*width), number(*height));
            let fill = fill(*paint);
            element(svg, format_args!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{fill}/>"));
        }
        Shape::Line { points, width, colour, dash } => {
            let dash = dash.map(|dash| format!(" stroke-dasharray=\"{0} {0}\"", number(dash))).unwrap_or_default();
            let (points, width, stroke) = (list(points), number(*width), hexadecimal(*colour));
            element(
                svg,
                format_args!(
                    "<polyline points=\"{points}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" \
                     stroke-linejoin=\"round\"{dash}/>"
                ),
            );
        }
        Shape::Area { points, paint } => {
            element(svg, format_args!("<polygon points=\"{}\"{}/>", list(points), fill(*paint)));
        }
        Shape::Circle { centre, radius, fill: inside, stroke } => {
            let stroke = stroke.map(|stroke| format!(" stroke=\"{}\" stroke-width=\"1.5\"", hexadecimal(stroke)));
            let ((x, y), radius, stroke) = (pair(*centre), number(*radius), stroke.unwrap_or_default());
            let fill = fill(inside.solid());
            element(svg, format_args!("<circle cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{fill}{stroke}/>"));
        }
        Shape::Text(text) => write_text(svg, text),
    }
}

fn write_text(svg: &mut String, text: &Text) {
    let anchor = match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = match text.weight {
        Weight::Regular => "",
        Weight::SemiBold => " font-weight=\"600\"",
    };
    let (x, y) = pair((text.x, text.baseline));
    let (size, length, fill) = (number(text.size), number(text.width()), fill(text.colour.solid()));
    let words = escaped(&text.words);
    element(
        svg,
        format_args!(
            "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" textLength=\"{length}\" \
             lengthAdjust=\"spacingAndGlyphs\"{weight}{anchor}{fill}>{words}</text>"
        ),
    );
}

fn element(svg: &mut String, element: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(svg, "{element}");
}

fn fill(Paint { colour, opacity }: Paint) -> String {
    let opacity = if opacity < 1.0 { format!(" fill-opacity=\"{}\"", number(opacity)) } else { String::new() };
    format!(" fill=\"{}\"{opacity}", hexadecimal(colour))
}

fn hexadecimal(Colour(red, green, blue): Colour) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn list(points: &[Point]) -> String {
    let points = points.iter().map(|point| {
        let (x, y) = pair(*point);
        format!("{x},{y}")
    });
    points.collect::<Vec<_>>().join(" ")
}

fn pair((x, y): Point) -> (String, String) {
    (number(x), number(y))
}

/// Two digits after the point at most, which is finer than anybody sees.
fn number(value: f64) -> String {
    let written = format!("{value:.2}");
    let short = written.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            other => escaped.push(other),
        }
    }
    escaped
}
