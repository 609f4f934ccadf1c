//! `make cluster`: a whole cluster on this machine, with demonstration data, until Ctrl-C.

use std::io::Write;
use std::time::Duration;

use atalaya_server::demonstration;
use atalaya_tests::cluster::{Cluster, REPLICAS};

/// How often it is looked whether a replica still runs.
const ASK_EVERY: Duration = Duration::from_millis(200);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = std::env::current_exe()?.with_file_name("serve_for_tests");
    let mut out = std::io::stdout();
    writeln!(out, "Starting PostgreSQL, Redis, {REPLICAS} replicas and nginx, and making demonstration data …")?;
    let mut made = Ok(());
    let cluster =
        Cluster::start(&program, &[("ENVIRONMENT", "development")], |core| made = demonstration::create(core));
    made?;
    let user = demonstration::usernames().next().unwrap_or_default();
    writeln!(out, "\n  nginx       {}\n  Docs        {}/docs", cluster.url(), cluster.url())?;
    let ids: Vec<Option<u32>> = (0..REPLICAS).map(|number| cluster.process_id(number)).collect();
    for (number, id) in ids.iter().enumerate() {
        let process = id.map(|id| format!("   process {id}")).unwrap_or_default();
        writeln!(out, "  replica {}   {}{process}", number + 1, cluster.replica_url(number))?;
    }
    writeln!(out, "  PostgreSQL  {}\n  Redis       {}", cluster.database().url(), cluster.redis().url())?;
    let users: Vec<&str> = demonstration::usernames().collect();
    writeln!(out, "  Users       {}, each with the password {}", users.join(", "), demonstration::PASSWORD)?;
    writeln!(out, "\nLimits and quotas are lifted. Log in:\n")?;
    let login = format!(r#"{{"username":"{user}","password":"{}"}}"#, demonstration::PASSWORD);
    writeln!(out, "  curl {}/auth/login -H 'Content-Type: application/json' -d '{login}'", cluster.url())?;
    writeln!(out, "\nCommands of `atalaya`, such as `user create`, on its database:\n")?;
    for (name, value) in cluster.environment() {
        writeln!(out, "  export {name}='{value}'")?;
    }
    if let Some(first) = ids.first().copied().flatten() {
        writeln!(
            out,
            "\nAn experiment: ask again and again in one terminal, and end a replica in another. Nobody notices.\n"
        )?;
        writeln!(
            out,
            "  while sleep 0.2; do curl -s -o /dev/null -w '%{{http_code}} ' {}/health/live; done",
            cluster.url()
        )?;
        writeln!(out, "  kill -9 {first}")?;
    }
    writeln!(out, "\nCtrl-C ends it and leaves nothing behind.")?;
    out.flush()?;
    watch(&cluster, ids, &mut out)
}

/// Says when a replica has ended.
fn watch(cluster: &Cluster, mut ids: Vec<Option<u32>>, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
    loop {
        std::thread::sleep(ASK_EVERY);
        for (number, id) in ids.iter_mut().enumerate() {
            if cluster.process_id(number).is_none()
                && let Some(gone) = id.take()
            {
                let left = (0..REPLICAS).filter(|number| cluster.process_id(*number).is_some()).count();
                let what = if left > 0 { "nginx asks the other one" } else { "None is left to answer" };
                writeln!(out, "\nReplica {} (process {gone}) has ended. {what}.", number + 1)?;
                out.flush()?;
            }
        }
    }
}
