/** The answer of `POST /predict`, until docs/openapi.json has it. */
export interface DigitsWire {
  schemas: {
    DigitsResponse: {
      /** The first digit. Of a picture without digits some digit, with a low probability. */
      prediccion: number;
      /** Of the first digit, from 0 to 1. */
      probabilidad: number;
      /** Whether the same bytes were read a short time ago, so that the answer is from memory. */
      cached: boolean;
      /** Of the first digit, the most probable first. */
      alternativas: DigitsWire["schemas"]["DigitAlternative"][];
      /** In reading order. */
      digitos: DigitsWire["schemas"]["DigitView"][];
      /** Every digit, rows apart by a space. */
      lectura: string;
      /** Whether a person should look at it. */
      revisar: boolean;
      /** Width and height of the picture as it is shown, in pixels: in these are the boxes. */
      ancho: number;
      alto: number;
      model_version: string;
      millis: number;
    };
    DigitView: {
      digito: number;
      probabilidad: number;
      /** Left, top, width and height. */
      caja: [number, number, number, number];
      alternativas: DigitsWire["schemas"]["DigitAlternative"][];
      revisar: boolean;
    };
    DigitAlternative: { digito: number; probabilidad: number };
  };
}
