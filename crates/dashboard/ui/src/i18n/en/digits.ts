const many = (count: number, one: string, more: string) => (count === 1 ? one : more);

export const digits = {
  title: "Read digits",
  lead: "From a photo or scan of a handwritten number, or from what you write here. Pictures are not stored.",
  input: "Where the number comes from",
  modes: { image: "Picture", draw: "Write by hand" },

  zone: {
    drop: "Drop a picture here, or choose one",
    give: "Take a photo, or choose a picture",
    over: "Drop the picture to read it",
    note: "PNG, JPEG or GIF, up to 8 MB and 25 megapixels.",
    paste: "You can also paste it with Ctrl + V.",
    choose: "Choose a picture",
    photo: "Take a photo",
    pasteButton: "Paste",
    looking: "Checking the file",
  },

  draw: {
    here: "Write here",
    pad: (strokes: number) =>
      strokes === 0 ? "Blank sheet" : `Sheet with ${strokes} ${many(strokes, "stroke", "strokes")}`,
    how: "Write with a mouse, a finger or a pen. It cannot be done with the keyboard: choose or paste a picture under “Picture” instead.",
    read: "Read",
    undo: "Undo",
    clear: "Clear all",
  },

  faults: {
    empty: "The file is empty. Choose another one.",
    kind: "This file is not a picture that can be read. Choose a PNG, JPEG or GIF.",
    convertible: "This kind of picture cannot be read as it is: PNG, JPEG and GIF are accepted.",
    unreadable: "The file could not be opened. If you changed or moved it after you chose it, choose it again.",
    tooHeavy: (size: string) => `The picture is ${size}. The maximum is 8 MB.`,
    tooLarge: (megapixels: string) => `The picture has ${megapixels} megapixels. The maximum is 25.`,
    several: "Give one picture at a time.",
    noPicture: "What you gave holds no picture.",
    notShrunk:
      "This browser cannot open the picture to make a copy. Open it with another program, save it again, and choose it once more.",
    shrink: "Make it smaller and read it",
    convert: "Convert it and read it",
  },

  reading: "Reading",
  readAt: (time: string) => `read at ${time}`,
  yourPicture: "Your picture",
  yourDrawing: "What you wrote",
  picture: "The picture",
  cannotShow: "This browser cannot show the picture.",
  nothingYet: "The number will appear here, with how sure each digit is.",
  noneFound: "No digit was found",
  advice: {
    near: "Move closer: the number should fill a good part of the photo.",
    light: "Look for even light, without the shadow of your hand.",
    apart: "Digits that stand apart are read better.",
  },

  unread: "This picture has not been read yet.",
  read: "Read",
  discard: "Discard",
  sending: { sending: (share: string) => `Sending: ${share}`, reading: "Reading the digits" },
  failed: {
    gone: "The server cannot be reached. The picture is still here: try again when the connection is back.",
    inTime: (time: string) => `You can try again in ${time}. The picture is still here.`,
    atTime: (time: string) => `You can try again at ${time}. The picture is still here.`,
    onDay: (moment: string) => `You can try again on ${moment}. The picture is still here.`,
  },

  review: {
    one: "Check this digit",
    some: (count: number, text: string) => `Check ${text} ${many(count, "digit", "digits")}`,
    whole: "Check the reading: the picture is doubtful",
    none: "No doubtful digit",
  },
  fromMemory: "read before, from memory",

  boxes: "Digits in the picture",
  walk: "Point at a digit to see what else it may be; with the keyboard, ← and →.",
  tap: "Tap a digit to see what else it may be.",
  view: "Which part is shown",
  near: "The digits",
  whole: "Whole picture",

  sureness: { verySure: "very sure", sure: "sure", unsure: "not very sure", doubtful: "doubtful" },
  sure: (word: string, share: string) => `${word}, ${share}`,
  bounds: { over: (share: string) => `>\u00a0${share}`, under: (share: string) => `<\u00a0${share}` },
  other: (digit: string, share: string) => `${digit} (${share})`,
  digitOf: (place: number, of: number, digit: string) => `Digit ${place} of ${of}, ${digit}`,
  orElse: (others: string) => `It may also be ${others}`,
  table: {
    digit: "Digit",
    sureness: "How sure",
    others: "It may also be",
    none: "no other",
    all: (count: string) => `Show all ${count} digits`,
  },
  madeBy: (model: string, millis: string) => `Model ${model} · ${millis} ms`,

  visit: {
    title: "Read on this visit",
    note: "It is on this page only: it is deleted when your session ends.",
    clear: "Clear",
    unread: "Unread picture",
    none: "no digits",
    review: "to be checked",
    remove: (name: string) => `Remove ${name}`,
  },
};
