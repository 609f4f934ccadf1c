//! The route table: which paths there are, by which pattern, with which methods. It is that of the OpenAPI document, so
//! the two cannot disagree.

use std::collections::HashMap;

use actix_web::HttpRequest;
use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use atalaya_domain::access::Permission;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{OpenApi, PathItem};

use crate::http::documentation::permission;

/// Every path pattern with its methods.
pub struct RouteTable {
    rows: Vec<Row>,
    /// Each pattern with the methods that change something.
    patterns: HashMap<String, Vec<&'static str>>,
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
        let patterns = document.paths.paths.iter().map(|(path, item)| (path.clone(), changing_methods(item))).collect();
        Self { rows, patterns }
    }

    /// Whether an operation changes something, or logs somebody in or out; `pattern` is one of this table's.
    pub(crate) fn changes(&self, method: &Method, pattern: &str) -> bool {
        self.patterns.get(pattern).is_some_and(|methods| methods.contains(&method.as_str()))
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
    let named = [("POST", &item.post), ("PUT", &item.put), ("PATCH", &item.patch), ("DELETE", &item.delete)];
    let changes = |operation: &Operation| !permission(operation).is_some_and(Permission::only_reads);
    let changing = named.into_iter().filter(|(_, operation)| operation.as_ref().is_some_and(changes));
    changing.map(|(name, _)| name).collect()
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
