const many = (count: number, one: string, more: string) => (count === 1 ? one : more);

export const digits = {
  title: "Leer dígitos",
  lead: "De una foto o un escaneo de un número escrito a mano, o de lo que usted escriba aquí. Las imágenes no se guardan.",
  input: "De dónde sale el número",
  modes: { image: "Imagen", draw: "Escribir a mano" },

  zone: {
    drop: "Suelte aquí una imagen o elija una",
    give: "Tome una foto o elija una imagen",
    over: "Suelte la imagen para leerla",
    note: "PNG, JPEG o GIF de hasta 8 MB y 25 megapíxeles.",
    paste: "También puede pegarla con Ctrl + V.",
    choose: "Elegir imagen",
    photo: "Tomar foto",
    pasteButton: "Pegar",
    looking: "Revisando el archivo",
  },

  draw: {
    here: "Escriba aquí",
    pad: (strokes: number) =>
      strokes === 0 ? "Hoja en blanco" : `Hoja con ${strokes} ${many(strokes, "trazo", "trazos")}`,
    how: "Se escribe con el ratón, el dedo o un lápiz digital. Con el teclado no es posible: elija o pegue una imagen en «Imagen».",
    read: "Leer",
    undo: "Deshacer",
    clear: "Borrar todo",
  },

  faults: {
    empty: "El archivo está vacío. Elija otro.",
    kind: "El archivo no es una imagen que se pueda leer. Elija una en PNG, JPEG o GIF.",
    convertible: "Esta clase de imagen no se puede leer como está: se aceptan PNG, JPEG y GIF.",
    unreadable: "No se pudo abrir el archivo. Si lo cambió o lo movió después de elegirlo, elíjalo otra vez.",
    tooHeavy: (size: string) => `La imagen pesa ${size}. El máximo es 8 MB.`,
    tooLarge: (megapixels: string) => `La imagen tiene ${megapixels} megapíxeles. El máximo es 25.`,
    several: "Entregue una sola imagen cada vez.",
    noPicture: "Lo que usted entregó no contiene ninguna imagen.",
    notShrunk:
      "Este navegador no puede abrir la imagen para hacer una copia. Ábrala con otro programa, guárdela de nuevo y elíjala otra vez.",
    shrink: "Reducirla y leerla",
    convert: "Convertirla y leerla",
  },

  reading: "Lectura",
  readAt: (time: string) => `leída a las ${time}`,
  yourPicture: "Su imagen",
  yourDrawing: "Lo que escribió",
  picture: "La imagen",
  cannotShow: "Este navegador no puede mostrar la imagen.",
  nothingYet: "Aquí aparecerán el número y qué tan seguro es cada dígito.",
  noneFound: "No se encontró ningún dígito",
  advice: {
    near: "Acérquese: que el número ocupe buena parte de la foto.",
    light: "Busque luz pareja, sin la sombra de la mano.",
    apart: "Los dígitos separados entre sí se leen mejor.",
  },

  unread: "Esta imagen todavía no se ha leído.",
  read: "Leer",
  discard: "Descartar",
  sending: { sending: (share: string) => `Enviando: ${share}`, reading: "Leyendo los dígitos" },
  failed: {
    gone: "No hay conexión con el servidor. La imagen sigue aquí: intente de nuevo cuando la conexión vuelva.",
    inTime: (time: string) => `Podrá intentar de nuevo en ${time}. La imagen sigue aquí.`,
    atTime: (time: string) => `Podrá intentar de nuevo a las ${time}. La imagen sigue aquí.`,
    onDay: (moment: string) => `Podrá intentar de nuevo el ${moment}. La imagen sigue aquí.`,
  },

  review: {
    one: "Revise este dígito",
    some: (count: number, text: string) => `Revise ${text} ${many(count, "dígito", "dígitos")}`,
    whole: "Revise la lectura: la imagen es dudosa",
    none: "Ningún dígito dudoso",
  },
  fromMemory: "leído antes, de memoria",

  boxes: "Dígitos en la imagen",
  walk: "Señale un dígito para ver qué más podría ser; con el teclado, ← y →.",
  tap: "Toque un dígito para ver qué más podría ser.",
  view: "Qué parte se ve",
  near: "Los dígitos",
  whole: "Toda la imagen",

  sureness: { verySure: "muy seguro", sure: "seguro", unsure: "poco seguro", doubtful: "dudoso" },
  sure: (word: string, share: string) => `${word}, ${share}`,
  bounds: { over: (share: string) => `>\u00a0${share}`, under: (share: string) => `<\u00a0${share}` },
  other: (digit: string, share: string) => `${digit} (${share})`,
  digitOf: (place: number, of: number, digit: string) => `Dígito ${place} de ${of}, ${digit}`,
  orElse: (others: string) => `También podría ser ${others}`,
  table: {
    digit: "Dígito",
    sureness: "Qué tan seguro",
    others: "También podría ser",
    none: "ningún otro",
    all: (count: string) => `Ver los ${count} dígitos`,
  },
  madeBy: (model: string, millis: string) => `Modelo ${model} · ${millis} ms`,

  visit: {
    title: "Leído en esta visita",
    note: "Solo está en esta página: se borra cuando su sesión termina.",
    clear: "Vaciar",
    unread: "Imagen sin leer",
    none: "sin dígitos",
    review: "por revisar",
    remove: (name: string) => `Quitar ${name}`,
  },
};
