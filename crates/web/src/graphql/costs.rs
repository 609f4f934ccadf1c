//! What each field of the schema costs, read from the schema itself: no list by hand but that of what is dearer than a
//! field.

use std::collections::HashMap;

use async_graphql::Value as ConstValue;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};
use async_graphql::parser::{Error, parse_schema};

/// Fields that cost more than one, because of what is computed or changed for them.
const DEARER: [(&str, &str, usize); 20] = [
    ("Account", "observations", 20),
    ("Account", "predict", 2),
    ("Account", "forecast", 2),
    ("Account", "comparison", 5),
    ("Account", "accuracy", 50),
    ("Account", "anomalies", 50),
    ("Account", "versions", 20),
    ("Mutation", "login", 100),
    ("Mutation", "refresh", 50),
    ("Mutation", "trainAccount", 50),
    ("Mutation", "createAccount", 20),
    ("Mutation", "uploadObservations", 20),
    ("Mutation", "logout", 10),
    ("Mutation", "cancelJob", 10),
    ("Mutation", "createRecord", 20),
    ("Mutation", "updateRecord", 20),
    ("Mutation", "deleteRecord", 20),
    ("Query", "records", 10),
    ("Subscription", "jobProgress", 50),
    ("Subscription", "observationAdded", 50),
];

/// Arguments that say how many children a field has, and how many of them cost as much as one.
const COUNTED: [(&str, usize); 2] = [("first", 1), ("h", 30)];

/// How often the children of a field are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Multiplier {
    /// The argument that says it.
    pub(crate) argument: &'static str,
    /// How many children cost as much as one.
    pub(crate) per_unit: usize,
    /// How many there are where the argument is left out.
    pub(crate) usual: usize,
}

/// What a field costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldCost {
    /// The type of its children.
    pub(crate) leads_to: String,
    /// Of the field itself.
    pub(crate) weight: usize,
    /// Whether it answers several of them.
    pub(crate) is_list: bool,
    /// How often its children are answered; `None` for once.
    pub(crate) multiplier: Option<Multiplier>,
}

/// What every field of a schema costs.
#[derive(Debug)]
pub(crate) struct Costs(HashMap<String, HashMap<String, FieldCost>>);

impl Costs {
    /// Reads a schema.
    ///
    /// # Errors
    /// Where it is none.
    pub(crate) fn of(sdl: &str) -> Result<Self, Error> {
        let mut types = HashMap::new();
        for definition in parse_schema(sdl)?.definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let TypeKind::Object(object) = definition.node.kind else { continue };
            let owner = definition.node.name.node.to_string();
            let cost = |field: &FieldDefinition| (field.name.node.to_string(), FieldCost::of(&owner, field));
            types.insert(owner.clone(), object.fields.iter().map(|field| cost(&field.node)).collect());
        }
        Ok(Self(types))
    }

    /// What a field costs; `None` for one that there is not, which nothing is done for.
    pub(crate) fn find(&self, owner: &str, field: &str) -> Option<&FieldCost> {
        self.0.get(owner)?.get(field)
    }
}

impl FieldCost {
    fn of(owner: &str, field: &FieldDefinition) -> Self {
        let dearer = DEARER.iter().find(|(of, name, _)| *of == owner && *name == field.name.node.as_str());
        let multiplier = COUNTED.iter().find_map(|(name, per_unit)| {
            let argument = field.arguments.iter().find(|argument| argument.node.name.node.as_str() == *name)?;
            let usual = argument.node.default_value.as_ref().and_then(|value| whole(&value.node)).unwrap_or(1);
            Some(Multiplier { argument: name, per_unit: *per_unit, usual })
        });
        Self {
            leads_to: named(&field.ty.node),
            weight: dearer.map_or(1, |(.., weight)| *weight),
            is_list: matches!(field.ty.node.base, BaseType::List(_)),
            multiplier,
        }
    }
}

/// A number of items that is none below one.
pub(crate) fn whole(value: &ConstValue) -> Option<usize> {
    let ConstValue::Number(number) = value else { return None };
    let most = || number.as_f64().filter(|number| *number > 0.0).map(|_| usize::MAX);
    number.as_u64().and_then(|number| usize::try_from(number).ok()).or_else(most).map(|number| number.max(1))
}

/// The type that a field leads to, whatever lists it is in.
fn named(field: &Type) -> String {
    match &field.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(items) => named(items),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::document::SESSION;
    use crate::graphql::schema::GraphqlSchema;

    #[test]
    fn a_schema_says_what_its_fields_lead_to_and_how_often() {
        let sdl = "type Query { accounts(first: Int! = 20, after: String): [Account!]! }
            type Account { forecast(h: Int! = 7): [Day!]! handle: String! }
            type Day { date: String! }";
        let costs = Costs::of(sdl).unwrap();
        let accounts = costs.find("Query", "accounts").unwrap();
        assert_eq!((accounts.leads_to.as_str(), accounts.weight), ("Account", 1));
        assert_eq!(accounts.multiplier, Some(Multiplier { argument: "first", per_unit: 1, usual: 20 }));
        let forecast = costs.find("Account", "forecast").unwrap();
        assert_eq!((forecast.leads_to.as_str(), forecast.weight), ("Day", 2));
        assert_eq!(forecast.multiplier.map(|each| (each.per_unit, each.usual)), Some((30, 7)));
        assert_eq!(costs.find("Query", "nothing"), None);
    }

    /// A field that was renamed would cost one, and a login that was would be open to nobody.
    #[test]
    fn every_field_that_is_named_here_is_one_of_the_schema() {
        let costs = GraphqlSchema::new(true).unwrap().costs;
        for (owner, field, weight) in DEARER {
            assert_eq!(costs.find(owner, field).map(|cost| cost.weight), Some(weight), "{owner}.{field}");
        }
        assert!(SESSION.iter().all(|field| costs.find("Mutation", field).is_some()));
        let changes = costs.0.get("Mutation").unwrap();
        assert!(changes.values().all(|cost| cost.weight >= 10), "what changes something costs more: {changes:?}");
    }

    #[test]
    fn what_is_no_number_of_items_is_none() {
        let number = |text: &str| whole(&serde_json::from_str(text).unwrap());
        assert_eq!((number("5"), number("0"), number("-5"), number("\"5\"")), (Some(5), Some(1), None, None));
        assert_eq!(number("1e300"), Some(usize::MAX));
    }
}
