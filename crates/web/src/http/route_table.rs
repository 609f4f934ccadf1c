//! The route table: which paths there are, by which pattern, with which methods. It is that of the OpenAPI document, so
//! the two cannot disagree.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use atalaya_domain::access::Permission;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, PathItem};

use crate::http::documentation::{kept_words, permission};
use crate::http::kept_words::ShownWords;

/// Every path pattern with its methods.
pub struct RouteTable {
    rows: Vec<Row>,
    /// Each pattern with what is known of its operations.
    patterns: HashMap<String, Known>,
}

/// What is known of the operations of a pattern.
struct Known {
    /// The methods that change something.
    changing: Vec<&'static str>,
    /// The words that failures keep, by method.
    words: Vec<(&'static str, ShownWords)>,
}

/// A path pattern, and the methods of the operations at it.
pub(crate) struct Row {
    pattern: String,
    definition: ResourceDef,
    /// Its methods, as `Allow` lists them.
    pub(crate) methods: String,
}

impl RouteTable {
    /// The table of the document.
    #[must_use]
    pub fn new(document: &OpenApi) -> Self {
        let row = |(path, item): (&String, &PathItem)| Row {
            pattern: path.clone(),
            definition: ResourceDef::new(path.as_str()),
            methods: methods(item),
        };
        let rows: Vec<Row> = document.paths.paths.iter().map(row).collect();
        let known = |item| Known { changing: changing_methods(item), words: words_by_method(item) };
        let patterns = document.paths.paths.iter().map(|(path, item)| (path.clone(), known(item))).collect();
        Self { rows, patterns }
    }

    /// Whether an operation changes something, or logs somebody in or out; `pattern` is one of this table's.
    pub(crate) fn changes(&self, method: &Method, pattern: &str) -> bool {
        self.patterns.get(pattern).is_some_and(|known| known.changing.contains(&method.as_str()))
    }

    /// The words that the failures of an operation keep; `pattern` is one of this table's.
    pub(crate) fn kept_words(&self, method: &Method, pattern: &str) -> Option<&ShownWords> {
        let words = &self.patterns.get(pattern)?.words;
        words.iter().find(|(known, _)| *known == method.as_str()).map(|(_, words)| words)
    }

    /// The row of a path.
    pub(crate) fn find(&self, path: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.definition.is_match(path))
    }

    /// The pattern of a request's path; `None` where there is none. Only what the table holds is ever given, so that no
    /// client can invent one.
    ///
    /// What the router took out of the path is put back first: matching every pattern once more is for the rare paths
    /// of which that leaves doubt.
    pub(crate) fn pattern(&self, request: &HttpRequest) -> Option<&str> {
        let info = request.match_info();
        let mut segments: Vec<String> = info.as_str().split('/').map(ToOwned::to_owned).collect();
        let mut from = 0;
        for (name, value) in info.iter() {
            let place = segments.iter().skip(from).position(|segment| segment == value);
            if let Some(segment) = place.and_then(|place| segments.get_mut(from + place)) {
                *segment = format!("{{{name}}}");
                from += place.unwrap_or_default() + 1;
            }
        }
        match self.patterns.get_key_value(&segments.join("/")) {
            Some((pattern, _)) => Some(pattern),
            None => self.find(info.as_str()).map(|row| row.pattern.as_str()),
        }
    }
}

/// The methods of a path that change something, or log somebody in or out.
fn changing_methods(item: &PathItem) -> Vec<&'static str> {
    let changes = |operation: &Operation| !permission(operation).is_some_and(Permission::only_reads);
    let changing = operations(item).filter(|(name, operation)| *name != "GET" && changes(operation));
    changing.map(|(name, _)| name).collect()
}

/// The words that the failures of the operations of a path keep.
fn words_by_method(item: &PathItem) -> Vec<(&'static str, ShownWords)> {
    operations(item).filter_map(|(name, operation)| Some((name, kept_words(operation)?))).collect()
}

/// The operations of a path by method.
fn operations(item: &PathItem) -> impl Iterator<Item = (&'static str, &Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    let named = [("GET", get), ("POST", post), ("PUT", put), ("PATCH", patch), ("DELETE", delete)];
    named.into_iter().filter_map(|(name, operation)| Some((name, operation.as_ref()?)))
}

fn methods(item: &PathItem) -> String {
    let named = [
        ("GET", item.get.is_some()),
        ("HEAD", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    let present: Vec<&str> = named.into_iter().filter_map(|(name, present)| present.then_some(name)).collect();
    present.join(", ")
}
