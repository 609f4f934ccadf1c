//! The picture of a form.

use std::cell::Cell;
use std::ffi::OsStr;
use std::path::Path;
use std::rc::Rc;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web::{Bytes, BytesMut};
use actix_web::{Error, FromRequest, HttpRequest};
use atalaya_application::AppError;
use atalaya_application::error::PictureFault;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::{Stream, StreamExt, unfold};

use crate::http::admission::Needs;
use crate::http::body::{Interruption, Pieces};
use crate::http::description::{Describe, Description, SharedRefusal};
use crate::http::extract::{Permitted, part};
use crate::http::places::Place;
use crate::http::problem::{Kind, Problem};
use crate::http::state::HttpState;

/// The largest picture, in bytes.
pub(crate) const PICTURE_LIMIT: usize = 8 * 1024 * 1024;
/// The largest form: the picture, its frame, and what else a client may send along.
const FORM_LIMIT: usize = PICTURE_LIMIT + 64 * 1024;
/// The most parts of a form: what clients send along are a few fields.
const MOST_PARTS: usize = 20;
/// The name of the part that has the picture.
const PART: &str = "file";
/// How the names of pictures end, in small letters.
const ENDINGS: [&str; 4] = ["png", "jpg", "jpeg", "gif"];

/// The picture of a form (RFC 7578), of somebody who may have it read. A form without one, and what is no form, lacks
/// it. The place is taken after the permission and before the form is read, so that only so many pictures are held in
/// memory at a time.
pub(crate) struct PictureForm<P> {
    /// Who sent it.
    pub(crate) by: Permitted<P>,
    /// Held until the picture was read.
    pub(crate) place: Place,
    /// The picture.
    pub(crate) picture: Bytes,
}

impl<P: Needs> Describe for PictureForm<P> {
    fn describe(description: &mut Description) {
        Permitted::<P>::describe(description);
        description.refusals.extend([SharedRefusal::TOO_SLOW, SharedRefusal::TOO_LARGE, SharedRefusal::INVALID]);
    }
}

impl<P: Needs> FromRequest for PictureForm<P> {
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<Self, Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let by = Permitted::from_request(request, &mut Payload::None);
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let by: Permitted<P> = by.await?;
            let place = part::<HttpState>(&request)?.pictures.place(&by)?;
            let picture = read(&request, payload).await?;
            Ok(Self { by, place, picture })
        })
    }
}

/// Reads the form to its end, and of its parts keeps the picture.
async fn read(request: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let pieces = Pieces::of(request, payload, FORM_LIMIT).map_err(refused)?;
    let interrupted = Rc::new(Cell::new(None));
    // Whatever the reader of forms says of a body that broke off: this is why.
    let unreadable = || interrupted.get().map_or(Problem::Http(Kind::IMAGE_MISSING), refused);
    let mut form = Multipart::new(request.headers(), stream(pieces, Rc::clone(&interrupted)));
    let (mut picture, mut parts) = (None, 0);
    while let Some(part) = form.next().await {
        parts += 1;
        if parts > MOST_PARTS {
            return Err(Problem::Http(Kind::IMAGE_MISSING));
        }
        let mut part = part.map_err(|_| unreadable())?;
        let Some(name) = file_name(&part).filter(|_| picture.is_none()) else { continue };
        if name.is_empty() {
            return Err(Problem::Http(Kind::IMAGE_UNNAMED));
        }
        if !is_name_of_a_picture(&name) {
            return Err(AppError::Picture(PictureFault::Format).into());
        }
        let mut bytes = BytesMut::new();
        while let Some(piece) = part.next().await {
            let piece = piece.map_err(|_| unreadable())?;
            if bytes.len() + piece.len() > PICTURE_LIMIT {
                return Err(refused(Interruption::TooLarge));
            }
            bytes.extend_from_slice(&piece);
        }
        picture = Some(bytes.freeze());
    }
    picture.ok_or(Problem::Http(Kind::IMAGE_MISSING))
}

fn refused(interruption: Interruption) -> Problem {
    match interruption {
        Interruption::TooLarge => Problem::PictureTooLarge { limit: PICTURE_LIMIT },
        Interruption::TooSlow => Problem::Http(Kind::REQUEST_TIMEOUT),
        Interruption::Broken => Problem::Http(Kind::IMAGE_MISSING),
    }
}

/// The pieces as the reader of forms takes them, which asks on after their end; why they end early is noted, because it
/// has no words for it.
fn stream(
    pieces: Pieces,
    interrupted: Rc<Cell<Option<Interruption>>>,
) -> impl Stream<Item = Result<Bytes, PayloadError>> {
    unfold((pieces, interrupted), |(mut pieces, interrupted)| async move {
        let piece = match pieces.next().await {
            Ok(piece) => Ok(piece?),
            Err(why) => {
                interrupted.set(Some(why));
                Err(PayloadError::Incomplete(None))
            }
        };
        Some((piece, (pieces, interrupted)))
    })
    .fuse()
}

/// The name of the file that the part with the picture has; `None` of any other part, and of one that is no file.
fn file_name(part: &Field) -> Option<String> {
    let disposition = part.content_disposition().filter(|_| part.name() == Some(PART))?;
    let extended = disposition.get_filename_ext().and_then(|name| String::from_utf8(name.value.clone()).ok());
    extended.or_else(|| disposition.get_filename().map(ToOwned::to_owned))
}

fn is_name_of_a_picture(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase);
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_picture_ends_as_one_in_whatever_letters() {
        for name in ["a.png", "a.JPG", "a.b.Jpeg", "número 7.gif", "../a.png", ".a.png"] {
            assert!(is_name_of_a_picture(name), "{name}");
        }
        for name in ["png", ".png", "a.png.exe", "a.", "a.pn", "a.png ", "a.svg", "a.pdf", "a/b"] {
            assert!(!is_name_of_a_picture(name), "{name}");
        }
    }
}
