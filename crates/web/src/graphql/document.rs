//! What a document asks for, measured before anything of it runs: by a walk of its own, because the library counts
//! neither `__typename` nor duplicates nor how many items a list has.

use std::collections::HashMap;
use std::fmt;

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned, Value as ConstValue, Variables};

use crate::graphql::costs::{Costs, Multiplier, whole};

/// Fields within fields.
pub(crate) const DEPTH: usize = 10;
/// What one request may cost.
pub(crate) const COST: usize = 1_000;
/// Fields under another name than their own.
pub(crate) const ALIASES: usize = 15;
/// How often one answer is asked for within the same braces. Once is what it takes.
pub(crate) const REPEATS: usize = 10;
/// Directives of a whole document.
pub(crate) const DIRECTIVES: usize = 10;
/// Brackets within brackets, which the parser follows on the stack.
pub(crate) const NESTING: usize = 48;
/// Tokens of a document of somebody with a token. The parser takes a few milliseconds for so many.
pub(crate) const TOKENS: usize = 5_000;
/// Tokens of a document of somebody without: enough for a login.
pub(crate) const TOKENS_OF_STRANGERS: usize = 500;
/// Items of a list in an argument that cost as much as one field, each time that the argument is looked at.
const ITEMS_PER_FIELD: usize = 10;
/// Fields and fragments of a whole document, which validation compares with one another.
const SELECTIONS: usize = 1_000;
/// Fields and fragments of all operations of a document, each fragment as often as it is named: the library walks the
/// operations that are not asked for as well.
const VISITS: usize = 4_000;
/// Fragments within fragments.
const FRAGMENTS: usize = 16;
/// Mutations that begin, continue or end a session: they are open to everybody, and each is alone in its request. So a
/// request compares one secret, and nothing runs after the session has ended.
pub(crate) const SESSION: [&str; 3] = ["login", "refresh", "logout"];

/// A limit that a document goes beyond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Excess {
    /// [`DEPTH`], [`NESTING`], or fragments within fragments.
    Depth,
    /// [`COST`].
    Cost,
    /// Tokens, or fields and fragments.
    Size,
    /// [`ALIASES`].
    Aliases,
    /// [`REPEATS`].
    Repeats,
    /// [`DIRECTIVES`].
    Directives,
    /// A mutation of [`SESSION`] is not alone.
    Logins,
}

impl Excess {
    /// The most that the limit allows, where it is a number.
    pub(crate) fn most(self) -> Option<usize> {
        match self {
            Self::Depth => Some(DEPTH),
            Self::Cost => Some(COST),
            Self::Aliases => Some(ALIASES),
            Self::Repeats => Some(REPEATS),
            Self::Directives => Some(DIRECTIVES),
            Self::Logins | Self::Size => None,
        }
    }
}

impl fmt::Display for Excess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Depth => "depth",
            Self::Cost => "cost",
            Self::Size => "size",
            Self::Aliases => "aliases",
            Self::Repeats => "repeats",
            Self::Directives => "directives",
            Self::Logins => "logins",
        })
    }
}

/// A field that an operation begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RootField {
    /// Under which key its answer stands.
    pub(crate) key: String,
    /// Its name.
    pub(crate) name: String,
}

/// What an operation asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measured {
    /// Whether it reads, changes or follows.
    pub(crate) kind: OperationType,
    /// What it costs.
    pub(crate) cost: usize,
    /// What it begins with.
    pub(crate) roots: Vec<RootField>,
    /// Whether it asks for the schema itself.
    pub(crate) introspects: bool,
    /// Whether it is one field that stands in no fragment, as a subscription has to be (GraphQL, 5.2.3.1).
    pub(crate) is_one_field: bool,
}

impl Measured {
    /// Whether all of it may be asked for without a token.
    pub(crate) fn is_open(&self) -> bool {
        self.roots.iter().all(|root| root.name == "__typename" || self.is_of_sessions(root))
    }

    /// Whether it begins, continues or ends a session.
    pub(crate) fn handles_a_session(&self) -> bool {
        self.roots.iter().any(|root| self.is_of_sessions(root))
    }

    fn is_of_sessions(&self, root: &RootField) -> bool {
        self.kind == OperationType::Mutation && SESSION.contains(&root.name.as_str())
    }

    /// The name of the root field of that key.
    pub(crate) fn root(&self, key: &str) -> Option<&str> {
        self.roots.iter().find(|root| root.key == key).map(|root| root.name.as_str())
    }
}

/// The operation that is asked for; `None` where that is not said, or there is no such one.
fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(only), None) => Some(&only.node),
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name).map(|operation| &operation.node),
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => all.values().next().map(|only| &only.node),
        (DocumentOperations::Single(_), Some(_)) | (DocumentOperations::Multiple(_), None) => None,
    }
}

/// Measures the operation that is asked for; `None` where there is no such one.
///
/// # Errors
/// The first limit that it goes beyond.
pub(crate) fn measure(
    document: &ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
    costs: &Costs,
) -> Result<Option<Measured>, Excess> {
    bound(document)?;
    let Some(operation) = chosen(document, operation) else { return Ok(None) };
    let root = match operation.ty {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    };
    let set = &operation.selection_set.node;
    let mut walk = Walk { document, operation, variables, costs, visited: 0, cost: 0, aliases: 0 };
    walk.selections(set, root, At { depth: 1, factor: 1, per_item: 1, is_introspection: false })?;
    let mut roots = Vec::new();
    walk.roots(set, &mut roots);
    let introspects = roots.iter().any(|root| matches!(root.name.as_str(), "__schema" | "__type"));
    let is_one_field = matches!(set.items.as_slice(), [only] if matches!(only.node, Selection::Field(_)));
    let measured = Measured { kind: operation.ty, cost: walk.cost, roots, introspects, is_one_field };
    if measured.handles_a_session() && measured.roots.len() > 1 {
        return Err(Excess::Logins);
    }
    Ok(Some(measured))
}

/// Bounds the whole document, whatever of it is asked for: all of it is validated.
fn bound(document: &ExecutableDocument) -> Result<(), Excess> {
    let mut count = Count::default();
    for (_, operation) in document.operations.iter() {
        let OperationDefinition { variable_definitions, directives, selection_set, .. } = &operation.node;
        count.directives(directives);
        for variable in variable_definitions {
            count.directives(&variable.node.directives);
        }
        count.selections(&selection_set.node);
        count.selections += 1 + variable_definitions.len();
    }
    for fragment in document.fragments.values() {
        count.directives(&fragment.node.directives);
        count.selections(&fragment.node.selection_set.node);
        count.selections += 1;
    }
    if count.directives > DIRECTIVES {
        return Err(Excess::Directives);
    }
    if count.repeats > REPEATS {
        return Err(Excess::Repeats);
    }
    if count.selections > SELECTIONS {
        return Err(Excess::Size);
    }
    let mut left = VISITS;
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    for set in operations.chain(fragments) {
        visit(document, set, 0, &mut left)?;
    }
    Ok(())
}

/// Goes where the library goes when it validates, as long as visits are left.
fn visit(document: &ExecutableDocument, set: &SelectionSet, fragments: usize, left: &mut usize) -> Result<(), Excess> {
    if fragments > FRAGMENTS {
        return Err(Excess::Depth);
    }
    for selection in &set.items {
        *left = left.checked_sub(1).ok_or(Excess::Size)?;
        match &selection.node {
            Selection::Field(field) => visit(document, &field.node.selection_set.node, fragments, left)?,
            Selection::InlineFragment(inline) => {
                visit(document, &inline.node.selection_set.node, fragments + 1, left)?;
            }
            Selection::FragmentSpread(spread) => {
                if let Some(named) = document.fragments.get(&spread.node.fragment_name.node) {
                    visit(document, &named.node.selection_set.node, fragments + 1, left)?;
                }
            }
        }
    }
    Ok(())
}

/// What is counted of a whole document.
#[derive(Default)]
struct Count {
    selections: usize,
    directives: usize,
    /// Of the answer that is asked for most often within the same braces.
    repeats: usize,
}

impl Count {
    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        self.directives += directives.len();
    }

    /// It goes as deep as the parser went before.
    fn selections(&mut self, set: &SelectionSet) {
        let mut asked: HashMap<&str, usize> = HashMap::new();
        for selection in &set.items {
            self.selections += 1;
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => {
                    let times = asked.entry(field.node.response_key().node.as_str()).or_default();
                    *times += 1;
                    self.repeats = self.repeats.max(*times);
                    self.selections += field.node.arguments.len();
                    self.selections(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => self.selections(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

/// Where a walk is.
#[derive(Clone, Copy)]
struct At {
    depth: usize,
    /// How often what stands here is answered.
    factor: usize,
    /// How many items a list that stands here has: of a connection, its `nodes` and `edges` have them, and `pageInfo`
    /// is there once.
    per_item: usize,
    /// Within the schema that is asked for: nothing of anybody is read there.
    is_introspection: bool,
}

/// A walk through an operation, with every fragment as often as it is named: [`bound`] has told that it ends.
struct Walk<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    costs: &'a Costs,
    visited: usize,
    cost: usize,
    aliases: usize,
}

impl<'a> Walk<'a> {
    fn selections(&mut self, set: &'a SelectionSet, owner: &str, at: At) -> Result<(), Excess> {
        for selection in &set.items {
            self.visited += 1;
            if self.visited > SELECTIONS {
                return Err(Excess::Size);
            }
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, owner, at)?,
                Selection::InlineFragment(fragment) => {
                    let fragment = &fragment.node;
                    let on = fragment.type_condition.as_ref().map_or(owner, |on| on.node.on.node.as_str());
                    self.selections(&fragment.selection_set.node, on, at)?;
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                    // Validation names one that there is not.
                    let Some(fragment) = fragment.map(|fragment| &fragment.node) else { continue };
                    let on = fragment.type_condition.node.on.node.as_str();
                    self.selections(&fragment.selection_set.node, on, at)?;
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &'a Field, owner: &str, at: At) -> Result<(), Excess> {
        let name = field.name.node.as_str();
        if at.depth > DEPTH && !at.is_introspection {
            return Err(Excess::Depth);
        }
        self.aliases += usize::from(field.alias.is_some());
        if self.aliases > ALIASES {
            return Err(Excess::Aliases);
        }
        let known = self.costs.find(owner, name);
        let weight = known.map_or(1, |known| known.weight);
        // What stands once is bounded by the size of the request.
        let listed = if at.factor > 1 { self.items_of(field) / ITEMS_PER_FIELD } else { 0 };
        self.cost = self.cost.saturating_add((weight + listed).saturating_mul(at.factor));
        if self.cost > COST {
            return Err(Excess::Cost);
        }
        let items = known.and_then(|known| known.multiplier).map_or(1, |each| self.children(field, each));
        let (times, per_item) =
            if known.is_some_and(|known| known.is_list) { (at.per_item.saturating_mul(items), 1) } else { (1, items) };
        let within = At {
            depth: at.depth + 1,
            factor: at.factor.saturating_mul(times),
            per_item,
            is_introspection: at.is_introspection || matches!(name, "__schema" | "__type"),
        };
        self.selections(&field.selection_set.node, known.map_or("", |known| &known.leads_to), within)
    }

    /// The items of all lists in the arguments of a field.
    fn items_of(&self, field: &Field) -> usize {
        let resolved = |value: &Positioned<async_graphql_value::Value>| {
            let value = value.node.clone();
            value.into_const_with(|name| self.variable(&name).ok_or(())).ok()
        };
        field.arguments.iter().filter_map(|(_, value)| resolved(value)).map(|value| items(&value)).sum()
    }

    /// As how many children those of a field count.
    fn children(&self, field: &Field, each: Multiplier) -> usize {
        let asked = field.get_argument(each.argument).map(|value| value.node.clone());
        let asked = asked.and_then(|value| value.into_const_with(|name| self.variable(&name).ok_or(())).ok());
        let asked = asked.as_ref().and_then(whole);
        asked.unwrap_or(each.usual).div_ceil(each.per_unit)
    }

    fn variable(&self, name: &Name) -> Option<ConstValue> {
        let definitions = &self.operation.variable_definitions;
        let usual = || {
            let definition = definitions.iter().find(|definition| definition.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| value.node.clone())
        };
        self.variables.get(name).cloned().or_else(usual)
    }

    /// The fields that the operation begins with, those of fragments among them.
    fn roots(&self, set: &SelectionSet, found: &mut Vec<RootField>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => found.push(RootField {
                    key: field.node.response_key().node.to_string(),
                    name: field.node.name.node.to_string(),
                }),
                Selection::InlineFragment(fragment) => {
                    self.roots(&fragment.node.selection_set.node, found);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.roots(&fragment.node.selection_set.node, found);
                    }
                }
            }
        }
    }
}

/// The items of all lists in a value.
fn items(value: &ConstValue) -> usize {
    match value {
        ConstValue::List(all) => all.len() + all.iter().map(items).sum::<usize>(),
        ConstValue::Object(fields) => fields.values().map(items).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const SDL: &str = "type Query { me: Account accounts(first: Int! = 20): List }
        type List { nodes: [Account!]! pageInfo: PageInfo! }
        type PageInfo { endCursor: String }
        type Account { handle: String friend: Account forecast(h: Int! = 7): List }
        type Mutation { login: Account refresh: Account logout: Boolean }";

    fn measured(query: &str, variables: &str) -> Result<Option<Measured>, Excess> {
        let variables = Variables::from_json(serde_json::from_str(variables).unwrap());
        measure(&parse_query(query).unwrap(), None, &variables, &Costs::of(SDL).unwrap())
    }

    fn cost(query: &str) -> Result<usize, Excess> {
        measured(query, "{}").map(|found| found.unwrap().cost)
    }

    #[test]
    fn a_list_costs_as_many_children_as_are_asked_for() {
        assert_eq!(cost("{ accounts { nodes { handle } } }"), Ok(1 + 1 + 20));
        assert_eq!(cost("{ accounts(first: 3) { nodes { handle } } }"), Ok(1 + 1 + 3));
        assert_eq!(cost("{ accounts(first: -3) { nodes { handle } } }"), Ok(1 + 1 + 20));
        assert_eq!(cost("{ accounts(first: 3) { pageInfo { endCursor } } }"), Ok(3), "a page is told of once");
        assert_eq!(cost("{ accounts(first: 1000000) { nodes { handle } } }"), Err(Excess::Cost));
        assert_eq!(cost("query($n: Int! = 999) { accounts(first: $n) { nodes { handle } } }"), Err(Excess::Cost));
        let query = "query($n: Int!) { accounts(first: $n) { nodes { handle } } }";
        assert_eq!(measured(query, r#"{"n": 5}"#).unwrap().unwrap().cost, 7);
        assert_eq!(measured(query, r#"{"n": 5000}"#), Err(Excess::Cost));
        let levels = |count: usize| format!("[{}]", "9 ".repeat(count));
        let listed = |count: usize| format!("{{ accounts(first: 3) {{ nodes {{ handle(l: {}) }} }} }}", levels(count));
        assert_eq!((cost(&listed(9)), cost(&listed(20))), (Ok(5), Ok(11)));
        assert_eq!(cost(&listed(50_000)), Err(Excess::Cost));
        let sent = "query($l: [Int!]) { accounts(first: 3) { nodes { handle(l: $l) } } }";
        assert_eq!(measured(sent, &format!(r#"{{"l": [{}1]}}"#, "1,".repeat(19))).unwrap().unwrap().cost, 11);
    }

    #[test]
    fn typenames_duplicates_and_fragments_cost_as_often_as_they_are_written() {
        let typenames = "__typename ".repeat(10);
        assert_eq!(cost(&format!("{{ {typenames} }}")), Ok(10));
        assert_eq!(cost(&format!("{{ {typenames} __typename }}")), Err(Excess::Repeats));
        let inline = |count: usize| format!("{{ {} }}", format!("... {{ {typenames} }} ").repeat(count));
        assert_eq!(cost(&inline(90)), Ok(900));
        assert_eq!(cost(&inline(101)), Err(Excess::Size));
        let bomb = (0..12).map(|n| format!("fragment f{n} on Account {{ ...f{0} ...f{0} }} ", n + 1));
        let bomb = format!("{} fragment f12 on Account {{ handle }}", bomb.collect::<Vec<_>>().concat());
        assert_eq!(cost(&format!("{{ me {{ ...f0 }} }} {bomb}")), Err(Excess::Size));
        let beside = |name| {
            let query = format!("query A {{ __typename }} query B {{ me {{ ...f0 }} }} {bomb}");
            let variables = Variables::default();
            measure(&parse_query(query).unwrap(), name, &variables, &Costs::of(SDL).unwrap())
        };
        assert_eq!(beside(Some("A")), Err(Excess::Size), "an operation beside the one that is asked for");
        assert_eq!(cost(&format!("{{ me {{ handle }} }} {bomb}")), Err(Excess::Size), "fragments that nobody names");
    }

    #[test]
    fn fragments_that_name_themselves_are_too_deep() {
        let query = "{ me { ...a } } fragment a on Account { ...b } fragment b on Account { ...a }";
        assert_eq!(cost(query), Err(Excess::Depth));
        assert_eq!(cost("{ ...a } fragment a on Query { ...a }"), Err(Excess::Depth));
    }

    #[test]
    fn depth_aliases_directives_and_logins_are_bounded() {
        let deep =
            |levels: usize| format!("{{ me {{ {} handle {} }} }}", "friend { ".repeat(levels), "}".repeat(levels));
        assert_eq!(cost(&deep(8)), Ok(10));
        assert_eq!(cost(&deep(9)), Err(Excess::Depth));
        let aliases = |count: usize| (0..count).map(|n| format!("a{n}: __typename ")).collect::<Vec<_>>().concat();
        assert_eq!(cost(&format!("{{ {} }}", aliases(15))), Ok(15));
        assert_eq!(cost(&format!("{{ {} }}", aliases(16))), Err(Excess::Aliases));
        let directives = "@skip(if: false) ".repeat(11);
        assert_eq!(cost(&format!("{{ __typename {directives} }}")), Err(Excess::Directives));
        for not_alone in [
            "mutation { login { handle } login { handle } }",
            "mutation { login { handle } refresh { handle } }",
            "mutation { logout logout }",
            "mutation { logout train }",
            "mutation { login { handle } ...a } fragment a on Mutation { train }",
        ] {
            assert_eq!(cost(not_alone), Err(Excess::Logins), "{not_alone}");
        }
    }

    #[test]
    fn whoever_is_nobody_may_ask_for_what_is_open_alone() {
        let open = |query: &str| measured(query, "{}").unwrap().unwrap().is_open();
        assert!(open("mutation { login { handle } }") && open("{ __typename }"));
        assert!(!open("{ me { handle } }") && !open("{ login }") && !open("mutation { train }"));
        let found = measured("{ mine: me { handle } }", "{}").unwrap().unwrap();
        assert_eq!((found.root("mine"), found.root("me")), (Some("me"), None));
    }
}
