//! Variables that are not sent (GraphQL, 6.1.2 and 6.4.1). One that has to be there is missed before anything runs;
//! one with a default has that; of any other nothing is left in the document, so that arguments have their own
//! defaults. The library finds the first while fields run, does not look at the second where a directive asks, and
//! takes the third for `null`.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::Value;

/// Gives variables that are not sent their defaults, and takes those that have none out of the document.
///
/// # Errors
/// The name of one that has to be sent.
pub(crate) fn settle(
    document: &mut ExecutableDocument,
    operation: Option<&str>,
    variables: &mut Variables,
) -> Result<(), Name> {
    let Some(chosen) = chosen(document, operation) else { return Ok(()) };
    let mut left_out = HashSet::new();
    for definition in &chosen.variable_definitions {
        let definition = &definition.node;
        if variables.contains_key(&definition.name.node) {
            continue;
        }
        if let Some(usual) = &definition.default_value {
            variables.insert(definition.name.node.clone(), usual.node.clone());
            continue;
        }
        if !definition.var_type.node.nullable {
            return Err(definition.name.node.clone());
        }
        left_out.insert(definition.name.node.clone());
    }
    let mut leaving = Leaving { left_out, met: HashSet::new() };
    leaving.directives(&mut chosen.directives);
    leaving.selections(&mut chosen.selection_set.node);
    for fragment in document.fragments.values_mut() {
        leaving.directives(&mut fragment.node.directives);
        leaving.selections(&mut fragment.node.selection_set.node);
    }
    // One that nothing asks for stays, for validation to name it.
    if let Some(chosen) = self::chosen(document, operation) {
        chosen.variable_definitions.retain(|definition| !leaving.met.contains(&definition.node.name.node));
    }
    Ok(())
}

fn chosen<'a>(document: &'a mut ExecutableDocument, name: Option<&str>) -> Option<&'a mut OperationDefinition> {
    match (&mut document.operations, name) {
        (DocumentOperations::Single(only), None) => Some(&mut only.node),
        (DocumentOperations::Multiple(all), Some(name)) => all.get_mut(name).map(|operation| &mut operation.node),
        (DocumentOperations::Multiple(all), None) if all.len() == 1 => {
            all.values_mut().next().map(|only| &mut only.node)
        }
        _ => None,
    }
}

/// Takes variables out of a document. It goes as deep as the parser went before.
struct Leaving {
    left_out: HashSet<Name>,
    /// Those that were found.
    met: HashSet<Name>,
}

impl Leaving {
    fn selections(&mut self, set: &mut SelectionSet) {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => {
                    self.directives(&mut field.node.directives);
                    self.arguments(&mut field.node.arguments);
                    self.selections(&mut field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&mut inline.node.directives);
                    self.selections(&mut inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => self.directives(&mut spread.node.directives),
            }
        }
    }

    fn directives(&mut self, directives: &mut [Positioned<Directive>]) {
        for directive in directives {
            self.arguments(&mut directive.node.arguments);
        }
    }

    fn arguments(&mut self, arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>) {
        arguments.retain_mut(|(_, value)| self.keeps(&mut value.node));
    }

    /// Whether there is anything of the value. A field of an object goes as an argument does; in a list `null` stays.
    fn keeps(&mut self, value: &mut Value) -> bool {
        match value {
            Value::Variable(name) if self.left_out.contains(name) => {
                self.met.insert(name.clone());
                return false;
            }
            Value::List(items) => {
                for item in items {
                    if !self.keeps(item) {
                        *item = Value::Null;
                    }
                }
            }
            Value::Object(fields) => fields.retain(|_, field| self.keeps(field)),
            _ => {}
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn arguments(query: &str, variables: &str) -> Result<String, Name> {
        let mut document = parse_query(query).unwrap();
        let mut variables = Variables::from_json(serde_json::from_str(variables).unwrap());
        settle(&mut document, None, &mut variables)?;
        let operation = chosen(&mut document, None).unwrap();
        let Selection::Field(field) = &operation.selection_set.node.items[0].node else { panic!("a field") };
        let of_field = field.node.arguments.iter().map(|(name, value)| format!("{}: {}", name.node, value.node));
        Ok(of_field.collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn what_is_not_sent_is_as_if_it_were_not_written() {
        let query = "query($a: Int, $b: Int = 2) { f(a: $a, b: $b, c: {a: $a, b: 1}, d: [$a, 1]) }";
        assert_eq!(arguments(query, "{}").unwrap(), "b: $b, c: {b: 1}, d: [null, 1]");
        assert_eq!(arguments(query, r#"{"a": null}"#).unwrap(), "a: $a, b: $b, c: {a: $a, b: 1}, d: [$a, 1]");
    }

    #[test]
    fn what_has_to_be_sent_is_missed() {
        assert_eq!(arguments("query($a: Int!) { f(a: $a) }", "{}").unwrap_err().as_str(), "a");
        assert_eq!(arguments("query($a: Int! = 1) { f(a: $a) }", "{}").unwrap(), "a: $a");
    }
}
