//! Queries made up from the schema, sound and broken: whatever they are, none is a fault of the server.
//!
//! `ATALAYA_TEST_QUERIES` says how many (5,000 on each database in the gate), `ATALAYA_TEST_SEED` from which seed.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, Type, TypeKind, TypeSystemDefinition};
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{TestApp, bank};
use serde_json::json;

/// A generator of numbers (SplitMix64): the same seed gives the same queries.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % most as u64).unwrap()
    }

    fn one_in(&mut self, most: usize) -> bool {
        self.below(most) == 0
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// The types of the schema.
struct Types {
    objects: BTreeMap<String, Vec<FieldDefinition>>,
    enums: BTreeMap<String, Vec<String>>,
    inputs: BTreeMap<String, Vec<(String, Type)>>,
}

impl Types {
    fn read() -> Self {
        let sdl = atalaya_web::GraphqlSchema::new(true).unwrap().sdl();
        let mut types = Self { objects: BTreeMap::new(), enums: BTreeMap::new(), inputs: BTreeMap::new() };
        for definition in parse_schema(sdl).unwrap().definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let name = definition.node.name.node.to_string();
            match definition.node.kind {
                TypeKind::Object(object) => {
                    let fields = object.fields.into_iter().map(|field| field.node);
                    types.objects.insert(name, fields.collect());
                }
                TypeKind::Enum(words) => {
                    let words = words.values.into_iter().map(|word| word.node.value.node.to_string());
                    types.enums.insert(name, words.collect());
                }
                TypeKind::InputObject(input) => {
                    let fields = input.fields.into_iter();
                    let fields = fields.map(|field| (field.node.name.node.to_string(), field.node.ty.node));
                    types.inputs.insert(name, fields.collect());
                }
                _ => {}
            }
        }
        types
    }

    /// A value of a type, or of another one.
    fn value(&self, wanted: &Type, chance: &mut Chance) -> String {
        const ODD: [&str; 10] =
            ["null", "-1", "0", "2147483648", "1e400", "\"\"", "{}", "[]", "\"\\u0000\\u202e%{x}'; DROP\"", "NOPE"];
        if chance.one_in(12) {
            return chance.of(&ODD).to_owned();
        }
        match &wanted.base {
            BaseType::List(items) => {
                let items: Vec<String> = (0..chance.below(4)).map(|_| self.value(items, chance)).collect();
                format!("[{}]", items.join(", "))
            }
            BaseType::Named(name) => self.named(name, chance),
        }
    }

    fn named(&self, name: &str, chance: &mut Chance) -> String {
        if let Some(words) = self.enums.get(name) {
            return words[chance.below(words.len())].clone();
        }
        if let Some(fields) = self.inputs.get(name) {
            let mut given = Vec::new();
            for (field, kind) in fields {
                if !kind.nullable || chance.one_in(2) {
                    given.push(format!("{field}: {}", self.value(kind, chance)));
                }
            }
            return format!("{{{}}}", given.join(", "));
        }
        match name {
            "Int" if chance.one_in(8) => "$n".to_owned(),
            "Int" | "Count" => chance.of(&["1", "2", "7", "30", "95", "1000", "999999999"]).to_owned(),
            "Boolean" => chance.of(&["true", "false"]).to_owned(),
            "Float" => "1.5".to_owned(),
            "Date" => chance.of(&["\"2026-08-30\"", "\"1999-02-30\"", "\"9999-12-31\"", "\"hoy\""]).to_owned(),
            "Moment" => chance.of(&["\"2026-01-01 10:00\"", "\"2026-01-01T00:00:00Z\"", "\"x\""]).to_owned(),
            "JSON" => chance
                .of(&["{nombre: \"x\"}", "{field: \"nombre\", op: \"eq\", value: 5}", "{and: [{or: []}]}", "5"])
                .to_owned(),
            "ID" => chance.of(&["\"1\"", "7", "\"0198c0de-0000-7000-8000-000000000000\"", "\"x\""]).to_owned(),
            _ => chance.of(&["\"uno\"", "\"dos\"", "\"admin_bcp\"", "\"Una-Clave-2026\"", "\"%\"", "\"ñ\""]).to_owned(),
        }
    }

    fn selection(&self, owner: &str, depth: usize, chance: &mut Chance) -> String {
        let fields = &self.objects[owner];
        let mut chosen = Vec::new();
        for _ in 0..=chance.below(3) {
            let field = &fields[chance.below(fields.len())];
            chosen.push(self.field(field, depth, chance));
        }
        if chance.one_in(6) {
            chosen.push("__typename".to_owned());
        }
        if chance.one_in(20) {
            chosen.push("nothing".to_owned());
        }
        if chance.one_in(10) {
            chosen.push(format!("... on {owner} @include(if: true) {{ __typename }}"));
        }
        format!("{{ {} }}", chosen.join(" "))
    }

    fn field(&self, field: &FieldDefinition, depth: usize, chance: &mut Chance) -> String {
        let mut given = Vec::new();
        for argument in &field.arguments {
            if (!argument.node.ty.node.nullable && argument.node.default_value.is_none()) || chance.one_in(2) {
                given.push(format!("{}: {}", argument.node.name.node, self.value(&argument.node.ty.node, chance)));
            }
        }
        let arguments = if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) };
        let alias = if chance.one_in(5) { format!("a{}: ", chance.below(100)) } else { String::new() };
        let leads_to = leads_to(&field.ty.node);
        let goes_on = depth < 9 && self.objects.contains_key(&leads_to);
        let below = if goes_on { self.selection(&leads_to, depth + 1, chance) } else { String::new() };
        format!("{alias}{}{arguments} {below}", field.name.node)
    }

    fn query(&self, chance: &mut Chance) -> String {
        let (word, root) = if chance.one_in(4) { ("mutation", "Mutation") } else { ("query", "Query") };
        let selection = self.selection(root, 1, chance);
        let variable =
            if selection.contains("$n") { chance.of(&["($n: Int! = 7)", "($n: Int!)", "($n: Int)", ""]) } else { "" };
        let mut text = match chance.below(4) {
            0 => format!("{word} Q{variable} {{ ...a ...a }} fragment a on {root} {selection}"),
            _ => format!("{word} Q{variable} {selection}"),
        };
        // Some are not even GraphQL.
        if chance.one_in(15) {
            let cut = chance.below(text.len());
            text.truncate(text.floor_char_boundary(cut));
        }
        text
    }
}

fn leads_to(wanted: &Type) -> String {
    match &wanted.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(items) => leads_to(items),
    }
}

fn number(name: &str, usual: u64) -> u64 {
    let told = std::env::var_os(name);
    told.map_or(usual, |text| text.to_str().and_then(|text| text.parse().ok()).expect("a number"))
}

#[test]
fn no_query_of_the_schema_is_a_fault() {
    let quotas = [("QUOTA_USER", "all:1000000/hour"), ("QUOTA_COMPANY", "all:1000000/hour")];
    let bcp = bank("BCP").trained_account("uno", daily_history(60, 5_000)).account("dos");
    let app = TestApp::configured(&quotas).with(bcp).with_superadmin("root");
    let people = ["admin_bcp", "root"];
    let mut clients = [app.login(people[0]), app.login(people[1]), app.anonymous()];
    let (types, seed) = (Types::read(), number("ATALAYA_TEST_SEED", 20_261_130));
    let mut chance = Chance(seed);
    let (mut executed, mut told) = (0, BTreeMap::<String, usize>::new());
    let queries = number("ATALAYA_TEST_QUERIES", 5_000);
    for _ in 0..queries {
        let query = types.query(&mut chance);
        let who = usize::from(chance.one_in(5)) + usize::from(chance.one_in(10));
        let number = [json!(3), json!(-1), json!(4_000_000_000_u64), json!("x"), json!(null)][chance.below(5)].clone();
        let variables = if chance.one_in(3) { json!({}) } else { json!({"n": number}) };
        let reply = clients[who].post("/graphql", &json!({"query": query, "variables": variables}));
        // A query may have ended the session.
        if reply.status == 401 && who < people.len() {
            clients[who] = app.login(people[who]);
        }
        assert!(reply.status < 500, "seed {seed}: {query}\n{}", reply.text());
        for error in reply.json["errors"].as_array().into_iter().flatten() {
            let status = error["extensions"]["status"].as_u64().unwrap();
            let code = error["extensions"]["code"].as_str().unwrap();
            let is_busy = matches!(code, "JOBS_OVERLOADED" | "HASHING_OVERLOADED");
            assert!(status < 500 || is_busy, "seed {seed}: {query}\n{}", reply.text());
            *told.entry(code.to_owned()).or_default() += 1;
        }
        executed += u64::from(reply.json["data"].is_object());
    }
    assert!(executed > queries / 5, "of {queries} queries {executed} were executed: {told:?}");
}

#[test]
fn queries_of_one_seed_are_the_same() {
    let (types, mut one, mut other) = (Types::read(), Chance(7), Chance(7));
    let made = |chance: &mut Chance| (0..20).map(|_| types.query(chance)).collect::<Vec<_>>();
    assert_eq!(made(&mut one), made(&mut other));
}
