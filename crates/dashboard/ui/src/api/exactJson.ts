/** A number as it was written, digit by digit: a number of the browser's own loses the seventeenth. */
export class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON in which `Digits` are numbers. */
export function exactJson(value: unknown): string {
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value)) return `[${value.map(exactJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${exactJson(member)}`).join(",")}}`;
}

const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** No name of what is read. */
const MARK = "\0digits";

/** JSON read so that its numbers are `Digits`. */
export function readExactJson(text: string): unknown {
  const marked = text.replaceAll(TEXT_OR_NUMBER, (part) =>
    part.startsWith('"') ? part : JSON.stringify({ [MARK]: part }),
  );
  return JSON.parse(marked, (_, value: unknown) => {
    const digits = typeof value === "object" && value !== null && MARK in value ? value[MARK] : null;
    return typeof digits === "string" ? new Digits(digits) : value;
  });
}
