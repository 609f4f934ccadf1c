/** The answer of `POST /predict`, as crates/web/src/api/digits.rs describes it, until docs/openapi.json has it. */
export interface DigitsWire {
  schemas: {
    DigitsResponse: {
      /** The first digit; of a picture without any, some digit with a low `probabilidad`. */
      prediccion: number;
      probabilidad: number;
      /** Whether somebody of the company had the same picture read within the last hour. */
      cached: boolean;
      /** The three likeliest digits for the first, the likeliest first. */
      alternativas: DigitsWire["schemas"]["CandidateView"][];
      /** Every digit, row by row from the left. */
      digitos: DigitsWire["schemas"]["DigitView"][];
      /** The digits as a text, with one blank between two rows; empty where none was found. */
      lectura: string;
      /** Whether a person should look. */
      revisar: boolean;
      /** The size of the picture as people see it, in pixels: `caja` is measured in it. */
      ancho: number;
      alto: number;
      model_version: string;
      millis: number;
    };
    DigitView: {
      digito: number;
      probabilidad: number;
      /** From the left and from the top, width and height. */
      caja: number[];
      alternativas: DigitsWire["schemas"]["CandidateView"][];
      revisar: boolean;
    };
    CandidateView: { digito: number; probabilidad: number };
  };
}
