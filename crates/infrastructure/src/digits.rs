//! Reading digits on pictures: the reader whose weights are part of the program, and a lane for it, so that a flood of
//! pictures leaves everything else as quick as it was.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use atalaya_application::ports::digits::{CompanyPicture, DigitReader, PictureError};
use atalaya_digits::{
    Area, DamagedWeights, Format, Guess, LONGEST_SIDE, MOST_PIXELS, Reader, Reading, Unreadable, with_pauses,
};
use atalaya_domain::digits::{Candidate, Candidates, DigitReading, PictureArea, ReadDigit};

use crate::giving_way::{Interruptible, Pace};
use crate::lane::{Lane, LaneError};

/// Called again and again while a picture is read, mostly after less than a millisecond of work.
pub type Pause = Box<dyn FnMut() -> ControlFlow<()>>;

/// A reader that can be ended.
pub trait PausingReader: Send + Sync {
    /// What reads, as [`DigitReader::version`].
    fn version(&self) -> &str;

    /// Reads a picture; `None` where a pause broke.
    ///
    /// # Errors
    /// [`PictureError`].
    fn read(&self, picture: &[u8], pause: Pause) -> Option<Result<DigitReading, PictureError>>;
}

/// Reads by the weights that are part of the program.
pub struct EmbeddedReader(Reader);

impl EmbeddedReader {
    /// Opens the weights.
    ///
    /// # Errors
    /// [`DamagedWeights`] where they are not those that were trained.
    pub fn open() -> Result<Self, DamagedWeights> {
        Reader::load().map(Self)
    }
}

impl PausingReader for EmbeddedReader {
    fn version(&self) -> &str {
        self.0.version()
    }

    fn read(&self, picture: &[u8], pause: Pause) -> Option<Result<DigitReading, PictureError>> {
        let reading = with_pauses(pause, || self.0.read(picture))?;
        Some(reading.map(|reading| understood(&reading)).map_err(refused))
    }
}

fn refused(unreadable: Unreadable) -> PictureError {
    match unreadable {
        Unreadable::UnknownFormat => PictureError::Format,
        Unreadable::TooManyPixels { .. } => PictureError::TooManyPixels { most: MOST_PIXELS },
        Unreadable::TooLong { .. } => PictureError::TooLong { most: LONGEST_SIDE },
        Unreadable::Broken => PictureError::Broken,
    }
}

fn candidates(guess: &Guess) -> Candidates {
    let [first, second, third] = guess.alternatives.map(|(digit, probability)| Candidate { digit, probability });
    Candidates { first, others: [second, third] }
}

fn understood(reading: &Reading) -> DigitReading {
    let digit = |found: &atalaya_digits::Digit| {
        let Area { x, y, width, height } = found.area;
        let (candidates, area) = (candidates(&found.guess), PictureArea { x, y, width, height });
        ReadDigit { candidates, area, needs_review: found.needs_review }
    };
    DigitReading {
        width: reading.width,
        height: reading.height,
        digits: reading.digits.iter().map(digit).collect(),
        text: reading.text(),
        first: candidates(reading.first()),
        needs_review: reading.needs_review(),
    }
}

/// Reads by another reader, a few pictures at a time, so that requests go first. While companies wait for each other,
/// all get as many turns.
pub struct LanedDigitReader {
    inner: Arc<dyn PausingReader>,
    lane: Lane,
    giving_way: Interruptible,
}

impl LanedDigitReader {
    /// Pictures that may wait: each holds its bytes, some megabytes, in memory.
    const WAITING: usize = 16;
    /// How long one waits for its turn.
    const PATIENCE: Duration = Duration::from_secs(5);
    /// What a photograph is expected to take until some were read.
    const LASTING: Duration = Duration::from_millis(150);
    /// The most that are read at a time: each is unpacked into many times its own size.
    const MOST_AT_A_TIME: usize = 4;

    /// Reads by `inner`, `at_a_time` pictures at once: 0 counts as 1, and more than 4 as 4.
    #[must_use]
    pub fn new(inner: Arc<dyn PausingReader>, at_a_time: usize) -> Self {
        let lane = Lane::new("digits", at_a_time.min(Self::MOST_AT_A_TIME), Self::WAITING).with_patience(
            Self::PATIENCE,
            Self::WAITING,
            Self::LASTING,
        );
        Self { inner, lane, giving_way: Interruptible::new("digits") }
    }

    /// How many pictures were read at a priority that gets on, because the machine was busy.
    #[must_use]
    pub fn lifted(&self) -> u64 {
        self.giving_way.lifted()
    }

    /// How many pictures are being read or wait.
    #[must_use]
    pub fn depth(&self) -> u64 {
        self.lane.depth()
    }
}

impl DigitReader for LanedDigitReader {
    fn version(&self) -> &str {
        self.inner.version()
    }

    fn read(&self, picture: &CompanyPicture<'_>) -> Result<DigitReading, PictureError> {
        // What is no picture needs no turn to be told so.
        if Format::of(picture.bytes()).is_none() {
            return Err(PictureError::Format);
        }
        let read = |mut pace: Pace| self.inner.read(picture.bytes(), Box::new(move || pace.pause()));
        let outcome = self.lane.turn_for(picture.company()).and_then(|_turn| self.giving_way.run(read));
        outcome.unwrap_or_else(|error| match error {
            LaneError::Full(_) | LaneError::Late(_) => Err(PictureError::Busy),
            broken => Err(PictureError::Failed(broken.to_string())),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{self, Receiver};
    use std::thread;

    use atalaya_domain::access::Operator;
    use atalaya_domain::id::CompanyId;
    use atalaya_domain::mandate::{Mandate, ReadDigits};

    use super::*;
    use crate::testing::reading;

    /// The first bytes of every PNG.
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

    /// Reads nothing before it is told to.
    struct Patient {
        go: Mutex<Receiver<()>>,
    }

    impl PausingReader for Patient {
        fn version(&self) -> &'static str {
            "patient"
        }

        fn read(&self, _picture: &[u8], _pause: Pause) -> Option<Result<DigitReading, PictureError>> {
            let _ended = self.go.lock().unwrap().recv();
            Some(Ok(reading("7")))
        }
    }

    fn sent_by(company: i64) -> Mandate<ReadDigits> {
        Operator::at_the_machine().mandate(CompanyId::new(company))
    }

    #[test]
    fn one_picture_too_many_is_refused_and_what_is_none_needs_no_turn() {
        let (go, gone) = mpsc::channel();
        let reader = LanedDigitReader::new(Arc::new(Patient { go: Mutex::new(gone) }), 1);
        let by = sent_by(1);
        let read = |bytes| reader.read(&CompanyPicture::new(&by, "patient", bytes));
        thread::scope(|scope| {
            for _ in 0..=LanedDigitReader::WAITING {
                // Of those who wait on a slow machine some may give up.
                scope.spawn(|| read(PNG));
            }
            while reader.depth() <= LanedDigitReader::WAITING as u64 {
                thread::yield_now();
            }
            assert_eq!(read(PNG), Err(PictureError::Busy));
            assert_eq!(read(b"%PDF-1.7"), Err(PictureError::Format));
            drop(go);
        });
        assert_eq!(reader.depth(), 0);
        assert_eq!(read(PNG), Ok(reading("7")));
    }

    #[test]
    fn a_bank_whose_pictures_fill_the_lane_keeps_no_other_out() {
        let (go, gone) = mpsc::channel();
        let mut reader = LanedDigitReader::new(Arc::new(Patient { go: Mutex::new(gone) }), 1);
        // Nobody gives up, however busy this machine is.
        reader.lane =
            reader.lane.with_patience(Duration::from_mins(5), LanedDigitReader::WAITING, LanedDigitReader::LASTING);
        let (many, few) = (sent_by(1), sent_by(2));
        let read = |by| reader.read(&CompanyPicture::new(by, "patient", PNG));
        thread::scope(|scope| {
            let sent: Vec<_> = (0..=LanedDigitReader::WAITING).map(|_| scope.spawn(|| read(&many))).collect();
            while reader.depth() <= LanedDigitReader::WAITING as u64 {
                thread::yield_now();
            }
            assert_eq!(read(&many), Err(PictureError::Busy));
            let other = scope.spawn(|| read(&few));
            while !sent.iter().any(thread::ScopedJoinHandle::is_finished) {
                // Nothing was read yet: one of those who wait gives up its place.
                thread::yield_now();
            }
            // The turn that was begun before, and the next.
            go.send(()).unwrap();
            go.send(()).unwrap();
            assert_eq!(other.join().unwrap(), Ok(reading("7")));
            drop(go);
        });
    }
}
