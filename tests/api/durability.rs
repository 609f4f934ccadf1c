//! The real program, killed and stopped while it works.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use atalaya_tests::client::http;
use atalaya_tests::{Client, PASSWORD, Reply, TestApp, TestDatabase, bank};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::program::Program;

const PATH: &str = "/accounts/BCPComunica/observations";
const WRITERS: i64 = 4;
const ROWS_AT_ONCE: i64 = 3;

pub(crate) fn admin(program: &Program) -> Client {
    let nobody = program.anonymous();
    let login = nobody.post("/auth/login", &json!({"username": "admin_bcp", "password": PASSWORD}));
    nobody.bearing(login.expect(200)["access_token"].as_str().unwrap())
}

fn bank_on_disk() -> TestDatabase {
    TestApp::start().with(bank("BCP").account("BCPComunica")).stop()
}

/// The times of one upload. No two uploads share one.
fn times(cycle: i64, writer: i64, upload: i64) -> Vec<String> {
    let start: DateTime<Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    let first = ((cycle * WRITERS + writer) * 100_000 + upload) * ROWS_AT_ONCE;
    let time = |row| (start + TimeDelta::seconds(first + row)).to_rfc3339_opts(SecondsFormat::Secs, true);
    (0..ROWS_AT_ONCE).map(time).collect()
}

fn body(times: &[String]) -> Value {
    let rows: Vec<_> = times.iter().map(|time| json!({"hora": time, "seguidores": 7})).collect();
    json!({"observations": rows})
}

/// Counts what was acknowledged. A server is killed by that and not by the time: a busy machine does less in the same
/// time.
#[derive(Default)]
struct Acknowledged(AtomicUsize);

impl Acknowledged {
    fn one(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits for so many.
    fn wait(&self, count: usize) {
        let begun = Instant::now();
        while self.0.load(Ordering::SeqCst) < count {
            assert!(begun.elapsed() < Duration::from_mins(2), "the server acknowledges nothing");
            std::thread::yield_now();
        }
    }
}

/// Uploads until the server is gone. Says which uploads were acknowledged and how many were tried.
fn upload_until_the_end(
    admin: &Client,
    cycle: i64,
    writer: i64,
    acknowledgements: &Acknowledged,
) -> (Vec<Vec<String>>, i64) {
    let mut acknowledged = Vec::new();
    for upload in 0.. {
        let times = times(cycle, writer, upload);
        match admin.try_post(PATH, &body(&times)) {
            Ok(reply) => {
                let _ = reply.expect(200);
                acknowledged.push(times);
                acknowledgements.one();
            }
            Err(_) => return (acknowledged, upload + 1),
        }
    }
    unreachable!("the server never goes")
}

fn stored(admin: &Client) -> BTreeSet<String> {
    let csv = admin.clone().with("accept", "text/csv").get(PATH).text();
    csv.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
}

#[test]
fn kill_9_loses_no_acknowledged_observation_and_no_half_of_an_upload() {
    let database = bank_on_disk();
    let mut acknowledged = Vec::new();
    let mut tried = Vec::new();
    for cycle in 0..5 {
        let mut server = Program::serve(&database, &[]);
        let admin = admin(&server);
        let acknowledgements = Acknowledged::default();
        std::thread::scope(|scope| {
            let (done, acknowledgements) = (&acknowledgements, &acknowledgements);
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let admin = admin.clone();
                    scope.spawn(move || (writer, upload_until_the_end(&admin, cycle, writer, acknowledgements)))
                })
                .collect();
            // A different moment in every cycle.
            done.wait(5 + 7 * usize::try_from(cycle).unwrap());
            server.kill();
            for writer in writers {
                let (writer, (sure, count)) = writer.join().unwrap();
                acknowledged.extend(sure);
                tried.extend((0..count).map(|upload| times(cycle, writer, upload)));
            }
        });
        drop(server);
        database.assert_sound();
    }
    assert!(acknowledged.len() > 20, "only {} uploads were acknowledged", acknowledged.len());
    let server = Program::serve(&database, &[]);
    let stored = stored(&admin(&server));
    let lost: Vec<_> = acknowledged.iter().flatten().filter(|time| !stored.contains(*time)).collect();
    assert!(lost.is_empty(), "{} acknowledged observations are lost: {lost:?}", lost.len());
    for upload in &tried {
        let there = upload.iter().filter(|time| stored.contains(*time)).count();
        assert!(there == 0 || there == upload.len(), "half of an upload is there: {upload:?}");
    }
}

/// What the server acknowledged of one session.
#[derive(Default)]
struct Story {
    access: String,
    /// Refresh tokens, oldest first: all but the last were used, each by the next.
    tokens: Vec<String>,
    /// Whether its end was acknowledged.
    ended: bool,
    /// Whether the server was gone before it answered to the last request.
    in_doubt: bool,
}

fn refresh(client: &Client, token: &str) -> reqwest::Result<Reply> {
    client.try_post("/auth/refresh", &json!({"refresh_token": token}))
}

impl Story {
    /// Logs in, refreshes some times, and logs out, replays a used token, or goes on living.
    fn tell(&mut self, nobody: &Client, number: usize) -> reqwest::Result<()> {
        let body = json!({"username": "admin_bcp", "password": PASSWORD, "refresh": "body"});
        let login = loop {
            let login = nobody.try_post("/auth/login", &body)?;
            // The hashing lane of a busy machine is full now and then.
            if login.status != 503 {
                break login;
            }
        };
        login.expect(200)["access_token"].as_str().unwrap().clone_into(&mut self.access);
        self.tokens.push(login.json["refresh_token"].as_str().unwrap().to_owned());
        for _ in 0..2 + number % 3 {
            let next = refresh(nobody, self.tokens.last().unwrap())?;
            self.tokens.push(next.expect(200)["refresh_token"].as_str().unwrap().to_owned());
        }
        match number % 3 {
            0 => {
                let newest = json!({"refresh_token": self.tokens.last().unwrap()});
                let _ = nobody.try_post("/auth/logout", &newest)?.expect(204);
                self.ended = true;
            }
            1 => {
                let _ = refresh(nobody, &self.tokens[0])?.expect(401);
                self.ended = true;
            }
            _ => {}
        }
        Ok(())
    }

    /// What must hold after a kill, whatever the moment.
    fn check(&self, nobody: &Client, number: usize) {
        let Some((newest, used)) = self.tokens.split_last() else { return };
        if self.ended {
            let _ = nobody.clone().bearing(&self.access).get("/auth/me").problem(401, "TOKEN_REVOKED");
            for token in &self.tokens {
                let _ = refresh(nobody, token).unwrap().problem(401, "REFRESH_TOKEN_INVALID");
            }
            return;
        }
        // Half of the living show that nothing acknowledged is lost, the others that nothing used comes back.
        if !self.in_doubt && number.is_multiple_of(2) {
            let _ = refresh(nobody, newest).unwrap().expect(200);
        }
        for token in used.iter().rev() {
            let again = refresh(nobody, token).unwrap();
            let child = again.json["refresh_token"].as_str();
            assert!(
                again.status == 401 || (again.status == 200 && child == Some(newest)),
                "a used token rotated again: {}",
                again.text()
            );
        }
    }
}

/// Begins one session after the other until the server is gone.
fn sessions_until_the_end(nobody: &Client, acknowledged: &Acknowledged) -> Vec<Story> {
    let mut stories = Vec::new();
    loop {
        let mut story = Story::default();
        let told = story.tell(nobody, stories.len());
        story.in_doubt = told.is_err();
        if story.ended {
            acknowledged.one();
        }
        stories.push(story);
        if told.is_err() {
            return stories;
        }
    }
}

#[test]
fn kill_9_brings_back_no_ended_session_and_no_used_refresh_token() {
    let database = bank_on_disk();
    let mut stories = Vec::new();
    for cycle in 0..5 {
        let mut program = Program::serve(&database, &[]);
        let nobody = program.anonymous();
        let ended = Acknowledged::default();
        let told: Vec<Story> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..3).map(|_| scope.spawn(|| sessions_until_the_end(&nobody, &ended))).collect();
            // A different moment in every cycle.
            ended.wait(2 + cycle);
            program.kill();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
        });
        drop(program);
        database.assert_sound();
        let program = Program::serve(&database, &[]);
        let nobody = program.anonymous();
        told.iter().enumerate().for_each(|(number, story)| story.check(&nobody, number));
        stories.extend(told);
    }
    let ended = stories.iter().filter(|story| story.ended).count();
    assert!(ended > 5 && stories.len() > 10, "{ended} of {} sessions were ended", stories.len());
    let program = Program::serve(&database, &[]);
    let nobody = program.anonymous();
    stories.iter().filter(|story| story.ended).for_each(|story| story.check(&nobody, 0));
    database.assert_sound();
}

#[test]
fn requests_in_flight_at_sigterm_are_finished() {
    let database = bank_on_disk();
    let mut server = Program::serve(&database, &[]);
    let token = admin(&server).token().to_owned();
    let mut halves: Vec<(TcpStream, String)> = (0..8)
        .map(|writer| {
            let body = body(&times(0, writer, 0)).to_string();
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
            let (first, rest) = body.split_at(body.len() / 2);
            write!(
                stream,
                "POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
                 Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
                body.len()
            )
            .unwrap();
            // From here on the server has the request.
            let mut go_on = [0; 25];
            stream.read_exact(&mut go_on).unwrap();
            assert_eq!(String::from_utf8_lossy(&go_on), "HTTP/1.1 100 Continue\r\n\r\n");
            stream.write_all(first.as_bytes()).unwrap();
            (stream, rest.to_owned())
        })
        .collect();
    server.terminate();
    let begun = Instant::now();
    let ready = || http().get(format!("http://{}/health/ready", server.address)).send();
    while ready().is_ok_and(|reply| reply.status() == 200) {
        assert!(begun.elapsed() < Duration::from_mins(2), "the server takes no notice of SIGTERM");
        std::thread::sleep(Duration::from_millis(10));
    }
    for (stream, rest) in &mut halves {
        stream.write_all(rest.as_bytes()).unwrap();
    }
    for (mut stream, _) in halves {
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 200");
    }
    let status = server.wait();
    assert!(status.success(), "{status}");
    assert_eq!(database.rows("observations"), 8 * ROWS_AT_ONCE);
    database.assert_sound();
}

#[test]
fn kill_9_in_a_retype_leaves_all_or_nothing_and_the_job_is_done_in_the_end() {
    const ROWS: usize = 6_000;
    let database = bank_on_disk();
    let rows: Vec<String> = (0..ROWS).map(|row| row.to_string()).collect();
    let csv = format!("n\n{}\n", rows.join("\n"));
    let (mut path, mut job) = (String::new(), String::new());
    for cycle in 0..4_u64 {
        let mut server = Program::serve(&database, &[]);
        let admin = admin(&server);
        if cycle == 0 {
            let entity = admin.post("/api/metadata/entities", &json!({"name": "campaign", "display_name": "c"}));
            let entity = entity.expect(201)["id"].as_str().unwrap().to_owned();
            let fields = format!("/api/metadata/entities/{entity}/fields");
            let new = admin.post(&fields, &json!({"name": "n", "display_name": "n", "field_type": "TEXT"}));
            let field = format!("{fields}/{}", new.expect(201)["id"].as_str().unwrap());
            path = format!("/api/entities/{entity}/records");
            let _ = admin.post_csv(&format!("{path}:import"), csv.clone()).expect(200);
            let asked = admin.post(&format!("{field}/retype"), &json!({"field_type": "NUMBER"}));
            job = format!("/jobs/{}", asked.expect(202)["id"].as_str().unwrap());
        }
        let page = admin.get(&format!("{path}?page_size=100")).expect(200).clone();
        let values: Vec<&Value> = page["items"].as_array().unwrap().iter().map(|each| &each["data"]["n"]).collect();
        let numbers = values.iter().filter(|value| value.is_number()).count();
        assert!([0, values.len()].contains(&numbers), "half of a retype is seen");
        if cycle < 3 {
            std::thread::sleep(Duration::from_millis(200 * cycle));
            server.kill();
            drop(server);
            database.assert_sound();
            continue;
        }
        let begun = Instant::now();
        while admin.get(&job).expect(200)["state"] != "succeeded" {
            assert!(begun.elapsed() < Duration::from_mins(3), "{}", admin.get(&job).text());
            std::thread::sleep(Duration::from_millis(200));
        }
        let sorted = admin.get(&format!("{path}?sort=-n&page_size=2")).expect(200).clone();
        let first: Vec<&Value> = sorted["items"].as_array().unwrap().iter().map(|each| &each["data"]["n"]).collect();
        assert_eq!((first, &sorted["total"]), (vec![&json!(ROWS - 1), &json!(ROWS - 2)], &json!(ROWS)));
    }
}

/// Sends `body`, which writes so many records of a table, again and again to that path below its records, while the
/// server is killed in the middle: each time all of them are there, or none.
fn assert_whole_after_kill_9(rows: usize, below: &str, (kind, body): (&'static str, &[u8])) {
    let database = bank_on_disk();
    let mut path = String::new();
    let mut acknowledged = 0;
    for cycle in 0..3 {
        let mut server = Program::serve(&database, &[]);
        let admin = admin(&server);
        if cycle == 0 {
            let entity = admin.post("/api/metadata/entities", &json!({"name": "campaign", "display_name": "c"}));
            let entity = entity.expect(201)["id"].as_str().unwrap().to_owned();
            let field = json!({"name": "nombre", "display_name": "n", "field_type": "TEXT"});
            let _ = admin.post(&format!("/api/metadata/entities/{entity}/fields"), &field).expect(201);
            path = format!("/api/entities/{entity}/records");
        }
        let acknowledgements = Acknowledged::default();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let send =
                    || admin.try_send(reqwest::Method::POST, &format!("{path}{below}"), Some((kind, body.to_vec())));
                let kept = |reply: &Reply| assert!(reply.status == 200, "{}", reply.text());
                std::iter::from_fn(|| send().ok().inspect(kept).inspect(|_| acknowledgements.one())).count()
            });
            // In the middle of the next one, wherever that is.
            acknowledgements.wait(1 + cycle);
            std::thread::sleep(Duration::from_millis(30 * u64::try_from(cycle).unwrap()));
            server.kill();
            acknowledged += writer.join().unwrap();
        });
        drop(server);
        database.assert_sound();
    }
    let server = Program::serve(&database, &[]);
    let total = admin(&server).get(&path).expect(200)["total"].as_u64().unwrap();
    let written = usize::try_from(total).unwrap() / rows;
    assert_eq!(usize::try_from(total).unwrap() % rows, 0, "half of it is there");
    assert!((acknowledged..=acknowledged + 3).contains(&written), "{written} of {acknowledged} are there");
}

#[test]
fn kill_9_leaves_no_half_of_an_import() {
    let csv = format!("nombre\n{}", "n\n".repeat(5_000));
    assert_whole_after_kill_9(5_000, ":import", ("text/csv", csv.as_bytes()));
}

#[test]
fn kill_9_leaves_no_half_of_a_bulk() {
    let new: Vec<Value> = (0..1_000).map(|number| json!({"data": {"nombre": format!("n{number}")}})).collect();
    let body = json!({"create": new}).to_string();
    assert_whole_after_kill_9(1_000, ":bulk", ("application/json", body.as_bytes()));
}
