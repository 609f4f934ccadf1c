//! The same forest, fitted by scikit-learn on one core of this machine.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::Outcome;

/// What Python runs: the rows come by standard input, the target last, and the seconds of the quickest of three fits go
/// out.
const SCRIPT: &str = "
import sys, time
try:
    import numpy
    from sklearn.ensemble import RandomForestRegressor
except ImportError:
    sys.exit(3)
table = numpy.loadtxt(sys.stdin, delimiter=',')
x, y = table[:, :-1], table[:, -1]
seconds = []
for _ in range(3):
    model = RandomForestRegressor(n_estimators=int(sys.argv[1]), max_features=int(sys.argv[2]), n_jobs=1, random_state=1)
    begun = time.perf_counter()
    model.fit(x, y)
    seconds.append(time.perf_counter() - begun)
print(min(seconds))
";
/// How the script says that a package is missing.
const MISSING: i32 = 3;

/// Seconds of a fit; `None` where there is no such Python or no scikit-learn in it.
pub(crate) fn forest(python: &Path, x: &[Vec<f64>], y: &[f64], trees: u16, tried: usize) -> Outcome<Option<f64>> {
    let (trees, tried) = (trees.to_string(), tried.to_string());
    let mut command = Command::new(python);
    command
        .args(["-c", SCRIPT, &trees, &tried])
        .envs(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"].map(|name| (name, "1")));
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let Ok(mut running) = started else { return Ok(None) };
    // One that exits at once does not read; its exit code says why.
    let written = running.stdin.take().map(|mut input| input.write_all(table(x, y).as_bytes()));
    let output = running.wait_with_output()?;
    if output.status.code() == Some(MISSING) {
        return Ok(None);
    }
    written.transpose()?;
    if !output.status.success() {
        return Err(format!("{} could not fit the forest: {}", python.display(), output.status).into());
    }
    Ok(Some(String::from_utf8(output.stdout)?.trim().parse()?))
}

fn table(x: &[Vec<f64>], y: &[f64]) -> String {
    let mut text = String::new();
    for (row, target) in x.iter().zip(y) {
        for cell in row {
            let _ = write!(text, "{cell},");
        }
        let _ = writeln!(text, "{target}");
    }
    text
}
