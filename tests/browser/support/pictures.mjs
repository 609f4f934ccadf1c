// Pictures of numbers, and what a server could find in them.

const STEP = 120;
const HEIGHT = 200;

/** A picture of a number on paper, as the browser writes it. */
export async function pictureOf(
  { page },
  text,
  { type = "image/png", width = STEP * text.length, height = HEIGHT } = {},
) {
  const base64 = await page.evaluate(
    async (paper) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: paper.width, height: paper.height });
      const pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, paper.width, paper.height);
      pen.fillStyle = "#112";
      pen.font = "140px sans-serif";
      [...paper.text].forEach((digit, at) => pen.fillText(digit, 20 + paper.step * at, 150));
      return canvas.toDataURL(paper.type).split(",")[1];
    },
    { text, type, width, height, step: STEP },
  );
  return { name: "ficha de Ana Quispe.png", mimeType: type, buffer: Buffer.from(base64, "base64") };
}

/** An answer about such a picture. Each digit may be another one, too. */
export function answerOf(digits) {
  const digitos = digits.map(({ digito, probabilidad, other, revisar = false }, at) => ({
    digito,
    probabilidad,
    caja: [STEP * at + 20, 40, 80, 115],
    alternativas: [
      { digito, probabilidad },
      { digito: other, probabilidad: 1 - probabilidad },
      { digito: 8, probabilidad: 0 },
    ],
    revisar,
  }));
  const [{ digito, probabilidad, alternativas }] = digitos;
  return {
    prediccion: digito,
    probabilidad,
    cached: true,
    alternativas,
    digitos,
    lectura: digits.map((one) => one.digito).join(""),
    revisar: digitos.some(({ revisar }) => revisar),
    ancho: STEP * digits.length,
    alto: HEIGHT,
    model_version: "digits-1-0a1b2c3d",
    millis: 4,
  };
}
