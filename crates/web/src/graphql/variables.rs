//! Variables that are not sent (GraphQL, 6.1.2 and 6.4.1): one that has to be there is missed before anything runs, and
//! of one that may be left out nothing is left in the document, so that arguments have their defaults. The library
//! finds the first while fields run, and takes the second for `null`.

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::Value;

/// Takes variables that are not sent, and have no default, out of the document of an operation.
///
/// # Errors
/// The name of one that has to be sent.
pub(crate) fn leave_out(
    document: &mut ExecutableDocument,
    operation: Option<&str>,
    variables: &Variables,
) -> Result<(), Name> {
    let Some(chosen) = chosen(document, operation) else { return Ok(()) };
    let mut left_out = Vec::new();
    for definition in &chosen.variable_definitions {
        let definition = &definition.node;
        if definition.default_value.is_some() || variables.contains_key(&definition.name.node) {
            continue;
        }
        if !definition.var_type.node.nullable {
            return Err(definition.name.node.clone());
        }
        left_out.push(definition.name.node.clone());
    }
    if left_out.is_empty() {
        return Ok(());
    }
    chosen.variable_definitions.retain(|definition| !left_out.contains(&definition.node.name.node));
    of_directives(&mut chosen.directives, &left_out);
    of_selections(&mut chosen.selection_set.node, &left_out);
    for fragment in document.fragments.values_mut() {
        of_directives(&mut fragment.node.directives, &left_out);
        of_selections(&mut fragment.node.selection_set.node, &left_out);
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

/// It goes as deep as the parser went before.
fn of_selections(set: &mut SelectionSet, left_out: &[Name]) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                of_directives(&mut field.node.directives, left_out);
                of_arguments(&mut field.node.arguments, left_out);
                of_selections(&mut field.node.selection_set.node, left_out);
            }
            Selection::InlineFragment(inline) => {
                of_directives(&mut inline.node.directives, left_out);
                of_selections(&mut inline.node.selection_set.node, left_out);
            }
            Selection::FragmentSpread(spread) => of_directives(&mut spread.node.directives, left_out),
        }
    }
}

fn of_directives(directives: &mut [Positioned<Directive>], left_out: &[Name]) {
    for directive in directives {
        of_arguments(&mut directive.node.arguments, left_out);
    }
}

fn of_arguments(arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>, left_out: &[Name]) {
    arguments.retain_mut(|(_, value)| keeps(&mut value.node, left_out));
}

/// Whether there is anything of the value. A field of an object goes as an argument does; in a list `null` stays.
fn keeps(value: &mut Value, left_out: &[Name]) -> bool {
    match value {
        Value::Variable(name) => return !left_out.contains(name),
        Value::List(items) => {
            for item in items {
                if !keeps(item, left_out) {
                    *item = Value::Null;
                }
            }
        }
        Value::Object(fields) => fields.retain(|_, field| keeps(field, left_out)),
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn arguments(query: &str, variables: &str) -> Result<String, Name> {
        let mut document = parse_query(query).unwrap();
        let variables = Variables::from_json(serde_json::from_str(variables).unwrap());
        leave_out(&mut document, None, &variables)?;
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
