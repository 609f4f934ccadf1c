//! `make cluster`: a whole cluster on this machine, with demonstration data, until Ctrl-C.

use std::io::Write;

use atalaya_server::demonstration;
use atalaya_tests::cluster::{Cluster, REPLICAS};

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
    for number in 0..REPLICAS {
        writeln!(out, "  replica {}   {}", number + 1, cluster.replica_url(number))?;
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
    writeln!(out, "\nCtrl-C ends it and leaves nothing behind.")?;
    out.flush()?;
    loop {
        std::thread::park();
    }
}
