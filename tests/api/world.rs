//! Two banks and everybody who may knock: the stage of the authorization matrix.

use std::sync::atomic::{AtomicU32, Ordering};

use atalaya_domain::access::Role;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::picture::{FORM, drawn, form};
use atalaya_tests::{Client, Reply, TestApp, bank};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::Value;

use crate::samples::{PICTURE, Sample};

/// Followers of the bank that nobody else may see: every number of its accounts lies in this million.
pub(crate) const CANARY_FOLLOWERS: u64 = 777_000_000;

/// Somebody who knocks at the canary bank's door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Nobody,
    Garbage,
    Expired,
    /// A viewer of the bank without any account.
    LooseViewer,
    /// A user of the bank without any account.
    LooseUser,
    /// An administrator of the bank whose password has to be changed first.
    Temporary,
    /// The administrator of another bank.
    Neighbour,
    Superadmin,
    Viewer,
    User,
    Admin,
}

impl Who {
    pub(crate) const ALL: [Self; 11] = [
        Self::Nobody,
        Self::Garbage,
        Self::Expired,
        Self::LooseViewer,
        Self::LooseUser,
        Self::Temporary,
        Self::Neighbour,
        Self::Superadmin,
        Self::Viewer,
        Self::User,
        Self::Admin,
    ];

    /// The role; none without a token that counts.
    pub(crate) fn role(self) -> Option<Role> {
        match self {
            Self::Nobody | Self::Garbage | Self::Expired => None,
            Self::LooseViewer | Self::Viewer => Some(Role::Viewer),
            Self::LooseUser | Self::User => Some(Role::User),
            Self::Temporary | Self::Neighbour | Self::Admin => Some(Role::Admin),
            Self::Superadmin => Some(Role::Superadmin),
        }
    }

    fn username(self) -> &'static str {
        match self {
            Self::LooseViewer => "canary_loose_viewer",
            Self::LooseUser => "canary_loose_user",
            Self::Temporary => "canary_temporary",
            Self::Neighbour => "admin_vecino",
            Self::Superadmin => "root",
            Self::Viewer => "canary_viewer",
            Self::User => "canary_user",
            _ => "admin_canary",
        }
    }
}

/// What a request may name.
#[derive(Debug, Clone)]
pub(crate) struct Names {
    admin: &'static str,
    company: i64,
    account: &'static str,
    spare: &'static str,
    user: i64,
    username: &'static str,
    /// A user who does nothing else than lose their password.
    forgetful: i64,
    /// A job that has ended; none is called so where it is empty.
    pub(crate) job: String,
    /// An entity type, its field `nombre` and one of its records; none is called so where they are empty.
    pub(crate) table: [String; 3],
}

/// The id of nothing.
const NOBODYS: &str = "0198c0de-0000-7000-8000-000000000000";

/// What a request may name that is made for it.
const SPARES: [&str; 6] =
    ["<spare_entity>", "<spare_field>", "<spare_record>", "<deleted_entity>", "<deleted_field>", "<deleted_record>"];

/// The same of the bank itself.
const SPARE_ACCOUNTS: [&str; 2] = ["<spare_account>", "<deleted_account>"];
const SPARE_USERS: [&str; 2] = ["<spare_user>", "<deleted_user>"];

/// Names of nothing.
pub(crate) const ABSENT: Names = Names {
    admin: "no_such_admin",
    company: 999_999,
    account: "no_such_account",
    spare: "no_such_account",
    user: 999_999,
    username: "",
    forgetful: 999_999,
    job: String::new(),
    table: [String::new(), String::new(), String::new()],
};

/// The stage.
pub(crate) struct World {
    pub(crate) app: TestApp,
    /// The bank that is knocked at.
    pub(crate) canary: Names,
    /// The bank next door.
    pub(crate) neighbour: Names,
    expired: String,
    fresh: AtomicU32,
}

impl World {
    pub(crate) fn new() -> Self {
        let assigned = ["canary_account", "canary_spare"];
        let canary = bank("Canary")
            .trained_account("canary_account", daily_history(60, CANARY_FOLLOWERS))
            .trained_account("canary_spare", daily_history(60, CANARY_FOLLOWERS))
            .user("canary_user", &assigned)
            .viewer("canary_viewer", &assigned)
            .user("canary_loose_user", &[])
            .viewer("canary_loose_viewer", &[])
            .admin("canary_temporary")
            .user("canary_target", &[])
            .user("canary_forgetful", &[]);
        let neighbour = bank("Vecino")
            .trained_account("vecino_cuenta", daily_history(60, 5_000))
            .trained_account("vecino_otra", daily_history(60, 6_000))
            .user("vecino_usuario", &[])
            .user("vecino_olvidadizo", &[]);
        let app = TestApp::start().with(canary).with(neighbour).with_superadmin("root");
        let expired = app.login("admin_canary").token().to_owned();
        app.clock.advance(TimeDelta::minutes(31));
        let canary =
            names(&app, ["admin_canary", "canary_account", "canary_spare", "canary_target", "canary_forgetful"]);
        let temporary = user_of(&app.login("admin_canary"), "canary_temporary").0;
        let demand = serde_json::json!({"must_change_password": true});
        let _ = app.login("admin_canary").patch(&format!("/auth/users/{temporary}"), &demand).expect(200);
        let neighbour =
            names(&app, ["admin_vecino", "vecino_cuenta", "vecino_otra", "vecino_usuario", "vecino_olvidadizo"]);
        Self { app, canary, neighbour, expired, fresh: AtomicU32::new(0) }
    }

    pub(crate) fn client(&self, who: Who) -> Client {
        match who {
            Who::Nobody => self.app.anonymous(),
            Who::Garbage => self.app.anonymous().bearing("not.a.token"),
            Who::Expired => self.app.anonymous().bearing(&self.expired),
            _ => self.app.login(who.username()),
        }
    }

    /// `who` makes a request about what `names` names.
    pub(crate) fn ask(&self, who: Who, sample: &Sample, names: &Names) -> Reply {
        let suffix = if who == Who::Superadmin { sample.superadmin } else { "" };
        let path = format!("{}{suffix}", sample.path);
        self.ask_by(&self.client(who), who, sample.operation, (&path, sample.body), names)
    }

    /// `client`, who is `who`, makes a request with another path and body than those of the sample.
    pub(crate) fn ask_by(
        &self,
        client: &Client,
        who: Who,
        operation: &str,
        (path, body): (&str, &str),
        names: &Names,
    ) -> Reply {
        let (method, _) = operation.split_once(' ').unwrap();
        let path = self.fill(path, names, who);
        let method: Method = method.parse().unwrap();
        if body.is_empty() {
            client.ask(method, &path)
        } else {
            let (media, body) = match body {
                PICTURE => (FORM, form("digits.png", &drawn("7"))),
                body if body.starts_with(['{', '[']) => ("application/json", self.fill(body, names, who).into()),
                body => ("text/csv", self.fill(body, names, who).into()),
            };
            client.send(method, &path, media, body)
        }
    }

    pub(crate) fn fill(&self, text: &str, names: &Names, who: Who) -> String {
        let mut text = text.to_owned();
        let mut put = |name: &str, value: &dyn Fn() -> String| {
            if text.contains(name) {
                text = text.replace(name, &value());
            }
        };
        put("<admin>", &|| names.admin.to_owned());
        put("<account>", &|| names.account.to_owned());
        put("<spare>", &|| names.spare.to_owned());
        put("<company>", &|| names.company.to_string());
        put("<user>", &|| names.user.to_string());
        put("<forgetful>", &|| names.forgetful.to_string());
        put("<job>", &|| if names.job.is_empty() { NOBODYS.to_owned() } else { names.job.clone() });
        for (name, id) in ["<entity>", "<field>", "<record>"].into_iter().zip(&names.table) {
            put(name, &|| if id.is_empty() { NOBODYS.to_owned() } else { id.clone() });
        }
        for name in SPARES {
            put(name, &|| self.spare(name, names));
        }
        for name in SPARE_ACCOUNTS {
            put(name, &|| self.spare_account(name, names));
        }
        for name in SPARE_USERS {
            put(name, &|| self.spare_user(name, names));
        }
        put("<fresh>", &|| format!("nuevo{}", self.fresh.fetch_add(1, Ordering::Relaxed)));
        put("<view>", &|| self.view_of(who, names));
        let owner = match who {
            Who::Neighbour if names.company != self.neighbour.company => "admin_canary",
            who => who.username(),
        };
        put("<session>", &|| self.session_of(if names.username.is_empty() { "" } else { owner }));
        put("<user_session>", &|| self.session_of(names.username));
        text
    }

    /// Something of the bank's table that nothing else needs, in the trash where it is called so.
    fn spare(&self, name: &str, names: &Names) -> String {
        let [entity, ..] = &names.table;
        if entity.is_empty() {
            return NOBODYS.to_owned();
        }
        let admin = self.app.login(names.admin);
        let number = self.fresh.fetch_add(1, Ordering::Relaxed);
        let path = match name.split_once('_').unwrap().1 {
            "entity>" => "/api/metadata/entities".to_owned(),
            "field>" => format!("/api/metadata/entities/{entity}/fields"),
            _ => format!("/api/entities/{entity}/records"),
        };
        let body = serde_json::json!({
            "name": format!("{}{number}", names.admin), "display_name": names.admin, "field_type": "TEXT",
            "data": {"nombre": names.admin},
        });
        let id = admin.post(&path, &body).expect(201)["id"].as_str().unwrap().to_owned();
        if name.starts_with("<deleted") {
            assert_eq!(admin.delete(&format!("{path}/{id}")).status, 204);
        }
        id
    }

    /// An account of the bank that nothing else needs, deleted where it is called so.
    fn spare_account(&self, name: &str, names: &Names) -> String {
        if names.table[0].is_empty() {
            return names.account.to_owned();
        }
        let admin = self.app.login(names.admin);
        let handle = format!("{}{}", names.spare, self.fresh.fetch_add(1, Ordering::Relaxed));
        let _ = admin.post("/accounts", &serde_json::json!({"cuenta": handle, "nombre": "Una"})).expect(201);
        if name.starts_with("<deleted") {
            assert_eq!(admin.delete(&format!("/accounts/{handle}")).status, 204);
        }
        handle
    }

    /// A user of the bank whom nothing else needs, deleted where they are called so.
    fn spare_user(&self, name: &str, names: &Names) -> String {
        if names.table[0].is_empty() {
            return names.user.to_string();
        }
        let admin = self.app.login(names.admin);
        let username = format!("{}{}", names.username, self.fresh.fetch_add(1, Ordering::Relaxed));
        let user = serde_json::json!({"username": username, "password": "Una-Clave-2026"});
        let id = admin.post("/auth/register", &user).expect(201)["id_usuario"].to_string();
        if name.starts_with("<deleted") {
            assert_eq!(admin.delete(&format!("/auth/users/{id}")).status, 204);
        }
        id
    }

    /// A view of the bank's table that is the asker's own, where they are of the bank and the table is there for them.
    fn view_of(&self, who: Who, names: &Names) -> String {
        let [entity, ..] = &names.table;
        if entity.is_empty() {
            return NOBODYS.to_owned();
        }
        let keeps_own = matches!(who, Who::Viewer | Who::User | Who::LooseViewer | Who::LooseUser);
        let is_here = names.company == self.canary.company;
        let owner = self.app.login(if keeps_own && is_here { who.username() } else { names.admin });
        let path = format!("/api/entities/{entity}/views");
        let views = owner.get(&path);
        if views.status == 404 {
            return NOBODYS.to_owned();
        }
        let view = match views.expect(200).as_array().unwrap().iter().find(|view| view["own"] == true) {
            Some(own) => own.clone(),
            None => owner.post(&path, &serde_json::json!({"name": "Una"})).expect(201).clone(),
        };
        view["id"].as_str().unwrap().to_owned()
    }

    /// A new session of that user; an id that no session has where there is no user.
    fn session_of(&self, username: &str) -> String {
        if username.is_empty() {
            return NOBODYS.to_owned();
        }
        let sessions = self.app.login(username).get("/auth/sessions");
        let current = |session: &&Value| session["current"] == true;
        let sessions = sessions.json["sessions"].as_array().unwrap();
        sessions.iter().find(current).unwrap()["id"].as_str().unwrap().to_owned()
    }
}

/// The ids of a user and of their company.
fn user_of(admin: &Client, username: &str) -> (i64, i64) {
    let users = admin.get("/auth/users");
    let user = users.json["users"].as_array().unwrap().iter().find(|user| user["username"] == username).unwrap();
    (user["id_usuario"].as_i64().unwrap(), user["empresa_id"].as_i64().unwrap())
}

fn names(app: &TestApp, [admin, account, spare, username, forgetful]: [&'static str; 5]) -> Names {
    let client = app.login(admin);
    let ((user, company), (forgetful, _)) = (user_of(&client, username), user_of(&client, forgetful));
    let wish = serde_json::json!({"username": account, "models": ["linear_regression"]});
    let job = client.clone().with("prefer", "respond-async").post("/regression/train", &wish);
    let job = job.expect(202)["id"].as_str().unwrap().to_owned();
    let cancelled = client.post(&format!("/jobs/{job}/cancel"), &serde_json::json!({}));
    assert!(cancelled.expect(200)["finished_at"].is_string(), "{}", cancelled.text());
    let define =
        |path: &str, body: serde_json::Value| client.post(path, &body).expect(201)["id"].as_str().unwrap().to_owned();
    let entity = define("/api/metadata/entities", serde_json::json!({"name": admin, "display_name": admin}));
    let field = serde_json::json!({"name": "nombre", "display_name": "Nombre", "field_type": "TEXT"});
    let field = define(&format!("/api/metadata/entities/{entity}/fields"), field);
    let record = define(&format!("/api/entities/{entity}/records"), serde_json::json!({"data": {"nombre": admin}}));
    let table = [entity, field, record];
    Names { admin, company, account, spare, user, username, forgetful, job, table }
}
