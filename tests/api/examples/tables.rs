//! Tables that a company defines for itself: what is asked of them and answered.

use atalaya_application::receipt::Unkept;
use atalaya_domain::access::Operator;
use atalaya_domain::id::{CompanyId, EntityId};
use atalaya_domain::mandate::{DefineTables, Mandate};
use atalaya_domain::tables::{
    DisplayName, Entity, EntityName, Field, FieldName, FieldType, NewEntity, NewField, Presentation, Rules,
    TableAccess, View,
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSWORD, Story};

const ENTITIES: &str = "/api/metadata/entities";

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

impl Story {
    pub(super) fn tables(&mut self) {
        let visitor = self.app.anonymous().english();
        let login = json!({"username": "ana_torres", "password": PASSWORD});
        let _ = self.send_as(&visitor, "POST /api/auth/login", "/api/auth/login", &login);
        let user = json!({
            "username": "eva_ramos", "email": "eva.ramos@interbank.example", "password": PASSWORD, "role": "User",
        });
        let _ = self.send("POST /api/auth/register", "/api/auth/register", &user);

        // While there is no table: linters take what points to schemas within an example for a fault of the document.
        let _ = self.ask("GET /api/entities/openapi.json", "/api/entities/openapi.json");
        let definition = json!({"name": "campaign", "display_name": "Campañas", "description": "De pago"});
        let entity = id(&self.send("POST /api/metadata/entities", ENTITIES, &definition));
        let path = format!("{ENTITIES}/{entity}");
        let fields = format!("{path}/fields");
        let spend = json!({"name": "gasto", "display_name": "Gasto", "field_type": "NUMBER", "min": 0});
        let spend = id(&self.send("POST /api/metadata/entities/{entity_id}/fields", &fields, &spend));
        let change_field = "PATCH /api/metadata/entities/{entity_id}/fields/{field_id}";
        let _ = self.send(change_field, &format!("{fields}/{spend}"), &json!({"display_name": "Gasto en soles"}));
        let code = json!({
            "name": "código", "display_name": "Código", "field_type": "TEXT", "max_length": 20, "unique": true,
        });
        let _ = self.admin.post(&fields, &code).expect(201);
        let change = json!({"display_name": "Campañas de pago"});
        let _ = self.send("PUT /api/metadata/entities/{entity_id}", &path, &change);
        let _ = self.ask("GET /api/metadata/entities", ENTITIES);
        let _ = self.ask("GET /api/metadata/entities/{entity_id}", &path);
        let _ = self.ask("GET /api/entities", "/api/entities");
        let _ = self.ask("GET /api/entities/{entity_id}", &format!("/api/entities/{entity}"));
        let _ = self.ask("GET /api/entities/{entity_id}/events", &format!("/api/entities/{entity}/events"));

        self.records(&entity);
        self.covariates();
        self.retype(&entity);
        self.trash(&entity, &spend);
    }

    /// Campaigns as a covariate, and what those of the past brought.
    fn covariates(&mut self) {
        let definition = json!({"name": "promo", "display_name": "Campañas de medios"});
        let entity = id(self.admin.post(ENTITIES, &definition).expect(201));
        let day = json!({"name": "día", "display_name": "Día", "field_type": "DATE"});
        let _ = self.admin.post(&format!("{ENTITIES}/{entity}/fields"), &day).expect(201);
        for day in ["2026-07-10", "2026-07-24", "2026-08-07", "2026-08-19", "2026-09-04"] {
            let data = json!({"data": {"día": day}});
            let _ = self.admin.post(&format!("/api/entities/{entity}/records"), &data).expect(201);
        }
        let covariates = json!({"covariates": [{"entity": "promo", "date_field": "día", "aggregate": "flag"}]});
        let _ = self.send("PUT /regression/covariates", "/regression/covariates", &covariates);
        let _ = self.ask("GET /regression/covariates", "/regression/covariates");
        let train = json!({"username": "Interbank", "models": ["theta"]});
        let _ = self.admin.post("/regression/train", &train).expect(200);
        let _ = self.ask("GET /regression/events/{username}", "/regression/events/Interbank");
    }

    fn records(&mut self, entity: &str) {
        let path = format!("/api/entities/{entity}/records");
        let data = json!({"data": {"gasto": 999.99, "código": "MAYO"}});
        let record = id(&self.send("POST /api/entities/{entity_id}/records", &path, &data));
        let one = format!("{path}/{record}");
        let _ = self.ask("GET /api/entities/{entity_id}/records/{record_id}", &one);
        let put = json!({"data": {"gasto": 1200}});
        let _ = self.send("PUT /api/entities/{entity_id}/records/{record_id}", &one, &put);
        let clear = json!({"data": {"gasto": null}});
        let _ = self.send("PATCH /api/entities/{entity_id}/records/{record_id}", &one, &clear);
        let revisions = format!("{one}/revisions");
        let _ = self.ask("GET /api/entities/{entity_id}/records/{record_id}/revisions", &revisions);
        let revert = "POST /api/entities/{entity_id}/records/{record_id}/revert";
        let _ = self.send(revert, &format!("{one}/revert"), &json!({"revision": 2}));
        let bulk = json!({
            "create": [{"data": {"gasto": 40, "código": "JUNIO"}}],
            "update": [{"id": record, "data": {"gasto": 1250.5}}],
        });
        let _ = self.send("POST /api/entities/{entity_id}/records:bulk", &format!("{path}:bulk"), &bulk);
        let _ = self.ask("GET /api/entities/{entity_id}/records", &format!("{path}?sort=-gasto"));
        let query = json!({"filter": {"or": [
            {"field": "gasto", "op": "gte", "value": 1000}, {"field": "código", "op": "is_null", "value": true},
        ]}, "sort": ["-gasto"]});
        let _ = self.send("POST /api/entities/{entity_id}/records:query", &format!("{path}:query"), &query);
        let view = json!({"name": "Las caras", "shared": true, "sort": ["-gasto"], "fields": ["código", "gasto"],
            "filter": {"field": "gasto", "op": "gte", "value": 1000}});
        let views = format!("/api/entities/{entity}/views");
        let view = id(&self.send("POST /api/entities/{entity_id}/views", &views, &view));
        let _ = self.ask("GET /api/entities/{entity_id}/views", &views);
        let one = format!("{views}/{view}");
        let _ = self.ask("GET /api/entities/{entity_id}/views/{view_id}", &one);
        let other = json!({"name": "Todas", "sort": ["gasto"]});
        let _ = self.send("PUT /api/entities/{entity_id}/views/{view_id}", &one, &other);
        assert_eq!(self.admin.delete(&one).status, 204);
        let totals = json!({"group_by": [{"field": "código"}], "measures": [
            {"measure": "count"}, {"measure": "sum", "field": "gasto"},
        ]});
        let _ = self.send("POST /api/entities/{entity_id}/records:aggregate", &format!("{path}:aggregate"), &totals);
        self.files(&path);
        self.relations(entity, &record);
    }

    /// An import, and an export as CSV and as lines of JSON.
    fn files(&mut self, path: &str) {
        let csv = "código;gasto;nota\nJULIO;1.234,50;x\nJUNIO;40;y\n";
        let operation = "POST /api/entities/{entity_id}/records:import";
        let reply = self.admin.post_csv(&format!("{path}:import?upsert_key=c%C3%B3digo"), csv);
        assert_eq!(reply.status, 200, "{}", reply.text());
        self.recorder.answer(operation, Some(&json!(csv)), &reply);
        let errors = self.admin.clone().with("accept", "text/csv");
        let reply = errors.post_csv(&format!("{path}:import?dry_run=true"), "código;gasto\nAGOSTO;x\n");
        self.recorder.answer(operation, None, &reply);
        for format in ["csv", "jsonl"] {
            let reply = self.admin.get(&format!("{path}:export?sort=-gasto&format={format}"));
            assert_eq!(reply.status, 200, "{}", reply.text());
            self.recorder.answer("GET /api/entities/{entity_id}/records:export", None, &reply);
        }
    }

    fn relations(&mut self, entity: &str, record: &str) {
        let event = json!({"name": "event", "display_name": "Eventos"});
        let event = id(self.admin.post(ENTITIES, &event).expect(201));
        let relation = json!({
            "name": "campaña", "display_name": "Campaña", "field_type": "RELATION",
            "target_entity_id": entity, "target_display_field": "código",
        });
        let _ = self.admin.post(&format!("{ENTITIES}/{event}/fields"), &relation).expect(201);
        let pointing = json!({"data": {"campaña": record}});
        let _ = self.admin.post(&format!("/api/entities/{event}/records"), &pointing).expect(201);
        let lookup = format!("{ENTITIES}/{entity}/lookup?search=may");
        let _ = self.ask("GET /api/metadata/entities/{entity_id}/lookup", &lookup);
        let relationships = format!("{ENTITIES}/{entity}/relationships");
        let _ = self.ask("GET /api/metadata/entities/{entity_id}/relationships", &relationships);
        let in_use = self.admin.delete(&format!("/api/entities/{entity}/records/{record}"));
        self.refused(&in_use, 409, "RECORD_IN_USE");
        let _ = self.admin.delete(&format!("{ENTITIES}/{event}"));
    }

    /// A text that becomes a number, once it is one everywhere.
    fn retype(&mut self, entity: &str) {
        let fields = format!("{ENTITIES}/{entity}/fields");
        let records = format!("/api/entities/{entity}/records");
        let clicks = json!({"name": "clics", "display_name": "Clics", "field_type": "TEXT"});
        let clicks = id(self.admin.post(&fields, &clicks).expect(201));
        let _ = self.admin.post(&records, &json!({"data": {"gasto": 1, "clics": "120"}})).expect(201);
        let wrong = id(self.admin.post(&records, &json!({"data": {"gasto": 2, "clics": "muchos"}})).expect(201));
        let operation = "POST /api/metadata/entities/{entity_id}/fields/{field_id}/retype";
        let (path, whole) = (format!("{fields}/{clicks}/retype"), json!({"field_type": "INTEGER", "min": 0}));
        let _ = self.send(operation, &format!("{path}?dry_run=true"), &whole);
        assert_eq!(self.admin.delete(&format!("{records}/{wrong}")).status, 204);
        let _ = self.admin.post(&path, &whole).expect(200);
        assert_eq!(self.admin.delete(&format!("{fields}/{clicks}")).status, 204);

        let visit = json!({"name": "visit", "display_name": "Visitas"});
        let visit = id(self.admin.post(ENTITIES, &visit).expect(201));
        let fields = format!("{ENTITIES}/{visit}/fields");
        let page = json!({"name": "página", "display_name": "Página", "field_type": "TEXT"});
        let page = id(self.admin.post(&fields, &page).expect(201));
        let csv = format!("página\n{}", "1\n".repeat(5_001));
        let _ = self.admin.post_csv(&format!("/api/entities/{visit}/records:import"), csv).expect(200);
        let asked = self.admin.post(&format!("{fields}/{page}/retype"), &json!({"field_type": "INTEGER"}));
        assert_eq!(asked.status, 202, "{}", asked.text());
        self.recorder.answer(operation, None, &asked);
        let crossing = self.admin.delete(&format!("{fields}/{page}"));
        self.refused(&crossing, 409, "FIELD_BEING_RETYPED");
        let _ = self.admin.ask(Method::POST, &format!("/jobs/{}/cancel", id(asked.expect(202)))).expect(200);
        assert_eq!(self.admin.delete(&format!("{ENTITIES}/{visit}")).status, 204);
    }

    fn trash(&mut self, entity: &str, field: &str) {
        let records = format!("/api/entities/{entity}/records");
        let record = id(self.admin.post(&records, &json!({"data": {"gasto": 5}})).expect(201));
        assert_eq!(self.admin.delete(&format!("{records}/{record}")).status, 204);
        let trash = format!("/api/entities/{entity}/trash");
        let _ = self.ask("GET /api/entities/{entity_id}/trash", &trash);
        let restore = "POST /api/entities/{entity_id}/trash/{record_id}/restore";
        let _ = self.ask(restore, &format!("{trash}/{record}/restore"));
        assert_eq!(self.admin.delete(&format!("{ENTITIES}/{entity}/fields/{field}")).status, 204);
        let trash = format!("{ENTITIES}/{entity}/trash");
        let _ = self.ask("GET /api/metadata/entities/{entity_id}/trash", &trash);
        let restore = "POST /api/metadata/entities/{entity_id}/trash/{field_id}/restore";
        let _ = self.ask(restore, &format!("{trash}/{field}/restore"));
        assert_eq!(self.admin.delete(&format!("{ENTITIES}/{entity}")).status, 204);
        let _ = self.ask("GET /api/metadata/trash", "/api/metadata/trash");
        let restore = "POST /api/metadata/trash/{entity_id}/restore";
        let _ = self.ask(restore, &format!("/api/metadata/trash/{entity}/restore"));
        self.refusals_of_tables(entity, field);
    }

    fn refusals_of_tables(&mut self, entity: &str, spend: &str) {
        let admin = self.admin.clone();
        let unknown = "019905d2-6f00-7000-8000-000000000099";
        let (definition, records) = (format!("{ENTITIES}/{entity}"), format!("/api/entities/{entity}/records"));
        let one = id(admin.post(&records, &json!({"data": {"código": "AGOSTO"}})).expect(201));
        let field = |name: &str| json!({"name": name, "display_name": name, "field_type": "TEXT"});
        let fields = format!("{definition}/fields");
        let registration = json!({"username": "nadie", "email": "nadie@example.com", "password": PASSWORD});
        let replies = [
            (admin.get(&format!("{records}?filter[nada]=1")), 400, "INVALID_FILTER"),
            (admin.get(&format!("/api/entities/{entity}/views/{unknown}")), 404, "VIEW_NOT_FOUND"),
            (self.app.anonymous().english().post("/api/auth/register", &registration), 403, "REGISTRATION_CLOSED"),
            (admin.get(&format!("{ENTITIES}/{unknown}")), 404, "ENTITY_NOT_FOUND"),
            (admin.delete(&format!("{fields}/{unknown}")), 404, "FIELD_NOT_FOUND"),
            (admin.get(&format!("{records}/{unknown}")), 404, "RECORD_NOT_FOUND"),
            (admin.post(&format!("{records}/{one}/revert"), &json!({"revision": 9})), 404, "REVISION_NOT_FOUND"),
            (admin.post(ENTITIES, &json!({"name": "Campaign", "display_name": "X"})), 409, "ENTITY_EXISTS"),
            (admin.post(&fields, &field("Gasto")), 409, "FIELD_EXISTS"),
            (admin.post(&fields, &field("id")), 409, "FIELD_NAME_RESERVED"),
            (admin.post(&records, &json!({"data": {"código": "AGOSTO"}})), 409, "VALUE_TAKEN"),
        ];
        let views = format!("/api/entities/{entity}/views");
        for number in 0..View::MOST {
            let _ = admin.post(&views, &json!({"name": format!("Vista {number}")})).expect(201);
        }
        self.refused(&admin.post(&views, &json!({"name": "Otra más"})), 409, "TOO_MANY_VIEWS");
        let stricter = admin.patch(&format!("{fields}/{spend}"), &json!({"is_required": true}));
        self.refused(&stricter, 409, "RECORDS_BREAK_RULE");
        for (reply, status, code) in replies {
            self.refused(&reply, status, code);
        }
        self.refusals_by_settings(entity);
        self.fill_up(EntityId::new(entity.parse().unwrap()));
        let full = admin.post(&fields, &field("más"));
        self.refused(&full, 409, "TOO_MANY_FIELDS");
        let full = admin.post(ENTITIES, &json!({"name": "more", "display_name": "Más"}));
        self.refused(&full, 409, "TOO_MANY_ENTITIES");
        let restored = admin.ask(Method::POST, &format!("/api/metadata/trash/{unknown}/restore"));
        let _ = restored.problem(409, "TOO_MANY_ENTITIES");
    }

    fn refusals_by_settings(&mut self, entity: &str) {
        let admin = self.admin.clone();
        let (definition, records) = (format!("{ENTITIES}/{entity}"), format!("/api/entities/{entity}/records"));
        let one = id(admin.post(&records, &json!({"data": {"código": "SETIEMBRE"}})).expect(201));
        let name = json!({"name": "sede", "display_name": "Sede", "field_type": "TEXT"});
        let place = id(admin.post(&format!("{definition}/fields"), &name).expect(201));
        let settings = json!({
            "access": {"user": "read"}, "require_if_match": true, "unique_together": [["código", "sede"]],
        });
        let _ = admin.put(&definition, &settings).expect(200);
        let user = self.app.login("ana_torres").english();
        let replies = [
            (user.post(&records, &json!({"data": {}})), 403, "TABLE_READ_ONLY"),
            (admin.delete(&format!("{definition}/fields/{place}")), 409, "FIELD_IN_UNIQUE_SET"),
            (admin.put(&format!("{records}/{one}"), &json!({"data": {}})), 428, "PRECONDITION_REQUIRED"),
        ];
        for (reply, status, code) in replies {
            self.refused(&reply, status, code);
        }
    }

    /// Gives the company as many entity types as it may have, and one of them as many fields.
    fn fill_up(&self, entity: EntityId) {
        let company = self.admin.get("/auth/me").expect(200)["empresa_id"].as_i64().unwrap();
        let by: Mandate<DefineTables> = Operator::at_the_machine().mandate(CompanyId::new(company));
        let tables = &self.app.core.use_cases.tables;
        let display_name = DisplayName::parse("X").unwrap();
        for number in tables.list(&by).unwrap().len()..Entity::MOST {
            let name = EntityName::parse(&format!("e{number}")).unwrap();
            let new = NewEntity {
                name,
                display_name: display_name.clone(),
                description: None,
                access: TableAccess::default(),
                requires_if_match: false,
            };
            let _ = tables.create(&by, &new, &Unkept).unwrap();
        }
        for number in tables.find(&by, entity).unwrap().fields.len()..Field::MOST {
            let new = NewField {
                name: FieldName::parse(&format!("f{number}")).unwrap(),
                display_name: display_name.clone(),
                kind: FieldType::Text,
                required: false,
                max_length: None,
                target: None,
                rules: Rules::default(),
                presentation: Presentation::default(),
            };
            let _ = tables.add_field(&by, entity, &new, &Unkept).unwrap();
        }
    }
}
