//! Starts every server, says where they are, and waits to be killed.

use std::io::Write;

use atalaya_test_servers::{Nginx, Postgres, Redis};

fn main() -> std::io::Result<()> {
    let (postgres, redis) = (Postgres::shared().create_database(), Redis::new());
    let nginx = Nginx::new(|site| {
        let (folder, port) = (site.folder.display(), site.port);
        format!("pid {folder}/nginx.pid;\nevents {{}}\nhttp {{ server {{ listen 127.0.0.1:{port}; return 204; }} }}\n")
    });
    let mut out = std::io::stdout();
    writeln!(out, "{}\n{}\n{}", postgres.url(), redis.url(), nginx.url())?;
    out.flush()?;
    loop {
        std::thread::park();
    }
}
