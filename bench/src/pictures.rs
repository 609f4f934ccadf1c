//! Forecasts while clients have pictures read without pause. Each picture is another one, so that none is remembered.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle, sleep};
use std::time::{Duration, Instant};

use atalaya_infrastructure::priority::take_lowest;

use crate::client::Client;
use crate::latency::offer;
use crate::process::Process;
use crate::report::{Bar, Figure, progress};
use crate::server::{BANKS, Installation, forecast_path, log_in};
use crate::statistics::percentile;
use crate::{Outcome, Plan};

/// Clients that send pictures, each at once again when it is answered.
const SENDERS: usize = 16;
/// The sides of a picture: four megapixels, as a telephone sends them.
const WIDTH: u32 = 2_304;
const HEIGHT: u32 = 1_728;
/// How long the pictures come before forecasts are timed.
const LEAD: Duration = Duration::from_secs(1);
/// The media type of the forms.
const FORM: &str = "multipart/form-data; boundary=between-the-parts";

/// How pictures were answered.
#[derive(Default)]
struct Read {
    done: u32,
    refused: u32,
    /// How long those took that were read.
    took: Vec<Duration>,
}

/// Alternates phases without and with pictures.
pub(crate) fn measure(installation: &Installation, plan: &Plan) -> Outcome<Vec<Figure>> {
    let (server, _) = installation.start()?;
    let (username, account) = ("admin_interbank", "Interbank");
    let token = log_in(&server, username)?;
    let path = forecast_path(&Client::with_token(server.address(), &token), account)?;
    let paths = [path];
    let forecasts = || offer(&server, &token, &paths, plan.latency_phase);
    let pictures = pictures()?;
    // Not by each sender: sixteen logins at once are more than the server takes.
    let tokens = BANKS.iter().map(|(username, _)| log_in(&server, username)).collect::<Outcome<Vec<_>>>()?;
    let (mut unloaded, mut loaded, mut medians) = (Vec::new(), Vec::new(), Vec::new());
    let (mut done, mut refused, mut slow) = (Vec::new(), Vec::new(), Vec::new());
    let seconds = (plan.latency_phase + LEAD).as_secs_f64();
    for round in 0..plan.latency_rounds {
        progress(&format!("flood of pictures, round {} of {}", round + 1, plan.latency_rounds));
        unloaded.push(percentile(&mut forecasts()?, 99));
        let (mut latencies, mut read) = in_flood(&server, &tokens, &pictures, forecasts)?;
        loaded.push(percentile(&mut latencies, 99));
        medians.push(percentile(&mut latencies, 50));
        done.push(f64::from(read.done) / seconds);
        refused.push(f64::from(read.refused) / seconds);
        slow.push(percentile(&mut read.took, 99));
    }
    let ratios = loaded.iter().zip(&unloaded).map(|(loaded, unloaded)| loaded / unloaded).collect();
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    Ok(vec![
        figure("p99 under a flood of pictures against unloaded", "", ratios, Bar::AtMost(2.0)),
        figure("  p99 unloaded", "ms", unloaded, Bar::None),
        figure("  p99 under a flood of pictures", "ms", loaded, Bar::None),
        figure("  p50 under a flood of pictures", "ms", medians, Bar::None),
        figure("  pictures read, a second", "", done, Bar::AtLeast(1.0)),
        figure("  p99 of a picture that was read", "ms", slow, Bar::None),
        figure("  pictures answered 503, a second", "", refused, Bar::None),
    ])
}

/// A sheet in uneven light with four bars on it: as a PNG, as a photograph in colours, and as one that is sent coarse
/// first.
fn pictures() -> Outcome<[Vec<u8>; 3]> {
    let grain = |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 13 & 7;
    let is_ink = |x: u32, y: u32| (600..1_100).contains(&y) && x > 300 && x % 450 < 60;
    let pixel = |index: u32| {
        let (x, y) = (index % WIDTH, index / WIDTH);
        let paper = 170 + x / 48 + y / 64 + grain(x, y);
        u8::try_from(if is_ink(x, y) { paper / 4 } else { paper })
    };
    let pixels = (0..WIDTH * HEIGHT).map(pixel).collect::<Result<Vec<u8>, _>>()?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&pixels)?;
    let colours: Vec<u8> = pixels.iter().flat_map(|&level| [level, level, level.saturating_sub(9)]).collect();
    let size = (u16::try_from(WIDTH)?, u16::try_from(HEIGHT)?);
    let photograph = |is_progressive| -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 90);
        encoder.set_progressive(is_progressive);
        encoder.encode(&colours, size.0, size.1, jpeg_encoder::ColorType::Rgb)?;
        Ok(bytes)
    };
    Ok([bytes, photograph(false)?, photograph(true)?])
}

/// A form with the picture, and a number behind its end: that makes it another one.
fn form(picture: &[u8], number: u64) -> Vec<u8> {
    let head = "--between-the-parts\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    [head.as_bytes(), picture, &number.to_be_bytes(), b"\r\n--between-the-parts--\r\n"].concat()
}

/// Runs `work` while pictures come, sent with these tokens in turn.
fn in_flood<T>(
    server: &Process,
    tokens: &[String],
    pictures: &[Vec<u8>],
    work: impl FnOnce() -> Outcome<T>,
) -> Outcome<(T, Read)> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let stop = AtomicBool::new(false);
    let stopped = &stop;
    thread::scope(|scope| {
        let send = |(token, picture): (&String, &Vec<u8>)| {
            let picture = picture.clone();
            let client = Client::with_token(server.address(), token);
            move || -> Outcome<Read> {
                // In earnest whoever floods has a machine of their own. With a niceness it would keep its slices.
                if !take_lowest() {
                    return Err("the senders cannot give way".into());
                }
                let mut read = Read::default();
                while !stopped.load(Ordering::Relaxed) {
                    let form = form(&picture, NUMBER.fetch_add(1, Ordering::Relaxed));
                    let begun = Instant::now();
                    match client.send_form("/predict", FORM, form)? {
                        (200, _) => {
                            read.done += 1;
                            read.took.push(begun.elapsed());
                        }
                        (503, _) => read.refused += 1,
                        (status, answer) => return Err(format!("a picture was answered {status}: {answer}").into()),
                    }
                }
                Ok(read)
            }
        };
        let senders: Vec<ScopedJoinHandle<'_, Outcome<Read>>> = tokens
            .iter()
            .cycle()
            .zip(pictures.iter().cycle())
            .take(SENDERS)
            .map(|sent| scope.spawn(send(sent)))
            .collect();
        sleep(LEAD);
        let done = work();
        stop.store(true, Ordering::Relaxed);
        let mut all = Read::default();
        for sender in senders {
            let read = sender.join().map_err(|_| "a thread that sends pictures panicked")??;
            all.done += read.done;
            all.refused += read.refused;
            all.took.extend(read.took);
        }
        Ok((done?, all))
    })
}
