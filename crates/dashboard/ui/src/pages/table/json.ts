const TEXT_OR_MARK = /"(?:[^"\\]|\\.)*"|\{\s*\}|\[\s*\]|[{}[\],:]/g;
const STEP = "  ";

/** A JSON text with a line for each member. Its numbers keep their digits, which `JSON.parse` would not. */
export function indented(json: string): string {
  let depth = 0;
  const line = () => `\n${STEP.repeat(depth)}`;
  return json.replaceAll(TEXT_OR_MARK, (part) => {
    switch (part) {
      case "{":
      case "[":
        depth += 1;
        return part + line();
      case "}":
      case "]":
        depth -= 1;
        return line() + part;
      case ",":
        return part + line();
      case ":":
        return ": ";
      default:
        return part;
    }
  });
}

/** Whether a text is a JSON value that a field keeps; `null` is none. */
export function isJson(text: string): boolean {
  try {
    return JSON.parse(text) !== null;
  } catch {
    return false;
  }
}
