//! Reading handwritten digits on a picture.

use actix_web::http::StatusCode;
use actix_web::web;
use atalaya_application::UseCases;
use atalaya_application::digits::DigitsAnswer;
use atalaya_domain::digits::{Candidate, Candidates, PictureArea, ReadDigit};
use atalaya_domain::mandate::ReadDigits;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::blocking;
use crate::http::kept_words::{KeptMember, KeptWords, Told};
use crate::http::picture_form::PictureForm;
use crate::http::problem::{Kind, Problem};
use crate::http::respond::{Answered, InKeptWords, Keeps};

/// What clients of before read where a picture is refused.
pub(crate) struct PictureWords;

impl Keeps for PictureWords {
    const WORDS: KeptWords = KeptWords {
        member: KeptMember::Error,
        texts: &[
            (Told::Kind(Kind::IMAGE_MISSING), "No se encontró el archivo en la solicitud."),
            (Told::Kind(Kind::IMAGE_UNNAMED), "No se seleccionó ningún archivo."),
            (
                Told::Kind(Kind::IMAGE_TYPE),
                "Tipo de archivo no permitido. Por favor, sube una imagen PNG, JPG, JPEG o GIF.",
            ),
            (Told::Status(401), "Unauthorized access"),
            (Told::Status(429), "Has superado el límite de solicitudes. Por favor, intenta nuevamente más tarde."),
        ],
    };
}

/// A picture to read.
#[derive(ToSchema)]
pub(crate) struct PictureUpload {
    /// PNG, JPEG or GIF by its content and by the end of its name: at most 8 MiB and 25 megapixels.
    #[schema(value_type = String, format = Binary)]
    #[expect(dead_code, reason = "it describes what the reader of forms reads")]
    file: Vec<u8>,
}

/// A digit that may stand there.
#[derive(Serialize, ToSchema)]
pub(crate) struct CandidateView {
    /// The digit.
    #[schema(minimum = 0, maximum = 9)]
    digito: u8,
    /// How likely it is that one. Of what is said with 0.9, nine in ten are right.
    #[schema(minimum = 0, maximum = 1)]
    probabilidad: f32,
}

impl From<Candidate> for CandidateView {
    fn from(Candidate { digit, probability }: Candidate) -> Self {
        Self { digito: digit, probabilidad: probability }
    }
}

/// A digit that was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct DigitView {
    /// The digit.
    #[schema(minimum = 0, maximum = 9)]
    digito: u8,
    /// How likely it is that one.
    #[schema(minimum = 0, maximum = 1)]
    probabilidad: f32,
    /// Where: from the left and from the top, width and height, in pixels of the picture as people see it.
    #[schema(min_items = 4, max_items = 4)]
    caja: Vec<u32>,
    /// The three likeliest digits, the likeliest first.
    #[schema(min_items = 3, max_items = 3)]
    alternativas: Vec<CandidateView>,
    /// Whether a person should look.
    revisar: bool,
}

impl From<&ReadDigit> for DigitView {
    fn from(found: &ReadDigit) -> Self {
        let PictureArea { x, y, width, height } = found.area;
        Self {
            digito: found.candidates.first.digit,
            probabilidad: found.candidates.first.probability,
            caja: vec![x, y, width, height],
            alternativas: alternatives(&found.candidates),
            revisar: found.needs_review,
        }
    }
}

fn alternatives(candidates: &Candidates) -> Vec<CandidateView> {
    candidates.all().map(CandidateView::from).into()
}

/// What was read on a picture.
#[derive(Serialize, ToSchema)]
pub(crate) struct DigitsResponse {
    /// The first digit; of a picture without any, some digit with a low `probabilidad`.
    #[schema(minimum = 0, maximum = 9)]
    prediccion: u8,
    /// How likely it is that one.
    #[schema(minimum = 0, maximum = 1)]
    probabilidad: f32,
    /// Whether somebody of the company had the same picture read within the last hour.
    cached: bool,
    /// The three likeliest digits for the first, the likeliest first.
    #[schema(min_items = 3, max_items = 3)]
    alternativas: Vec<CandidateView>,
    /// Every digit, row by row from the left.
    digitos: Vec<DigitView>,
    /// The digits as a text, with one blank between two rows; empty where none was found.
    #[schema(example = "40712")]
    lectura: String,
    /// Whether a person should look.
    revisar: bool,
    /// The width of the picture as people see it, in pixels: `caja` is measured in it.
    #[schema(minimum = 1)]
    ancho: u32,
    /// Its height.
    #[schema(minimum = 1)]
    alto: u32,
    /// What read it.
    #[schema(example = "digits-1-0a1b2c3d")]
    model_version: String,
    /// How long reading took, waiting for a turn included, in milliseconds.
    #[schema(minimum = 0)]
    millis: u64,
}

impl From<DigitsAnswer> for DigitsResponse {
    fn from(answer: DigitsAnswer) -> Self {
        let DigitsAnswer { reading, was_remembered, version, took } = answer;
        Self {
            prediccion: reading.first.first.digit,
            probabilidad: reading.first.first.probability,
            cached: was_remembered,
            alternativas: alternatives(&reading.first),
            digitos: reading.digits.iter().map(DigitView::from).collect(),
            lectura: reading.text,
            revisar: reading.needs_review,
            ancho: reading.width,
            alto: reading.height,
            model_version: version,
            millis: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// Read the digits on a picture.
///
/// A photograph, scan or drawing of handwritten digits, as the part `file` of a form. The picture is not kept. What was
/// read is remembered for an hour, for the company alone.
#[utoipa::path(
    post,
    path = "/predict",
    tag = "digits",
    request_body(content = PictureUpload, content_type = "multipart/form-data"),
    responses((status = 200, body = DigitsResponse))
)]
pub(crate) async fn read_digits(
    PictureForm { by, place, picture }: PictureForm<ReadDigits>,
    use_cases: web::Data<UseCases>,
) -> Result<InKeptWords<PictureWords, Answered<DigitsResponse>>, Problem> {
    let by = by.mandate()?;
    let use_cases = use_cases.into_inner();
    let answer = blocking::call(move || {
        let _place = place;
        use_cases.digits.read(&by, &picture)
    });
    Ok(Answered(StatusCode::OK, DigitsResponse::from(answer.await?)).into())
}
