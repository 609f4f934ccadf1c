import { describe, expect, it } from "vitest";
import type { RowProblem } from "../../../api/observations";
import { linesOf, piecesOf } from "./errorLines";

const problem = (line: number | null, column: string): RowProblem => ({
  line,
  column,
  field: "seguidores",
  code: "not_a_count",
  message: "…",
  text: line === null ? null : `text of ${line}`,
});

const marked = (text: string, headers: string[], columns: string[]) =>
  piecesOf(text, headers, columns)
    .map((piece) => (piece.isBad ? `[${piece.text}]` : piece.text))
    .join("");

describe("linesOf", () => {
  it("tells each line once, in the order of the file, and the whole table first", () => {
    const lines = linesOf([problem(7, "a"), problem(3, "a"), problem(7, "b"), problem(null, "c")]);
    expect(lines.map(({ line, problems }) => [line, problems.length])).toEqual([
      [null, 1],
      [3, 1],
      [7, 2],
    ]);
    expect(lines[2]?.text).toBe("text of 7");
  });
});

describe("piecesOf", () => {
  it("marks the cell of the column", () => {
    expect(marked("2026-08-24,15O112,11498", ["fecha", "seguidores", "posts"], ["seguidores"])).toBe(
      "2026-08-24,[15O112],11498",
    );
  });

  it("finds columns in any letter case, as the API tells its own names", () => {
    expect(marked("x;5", ["Hora", "Seguidores"], ["hora"])).toBe("[x];5");
  });

  it("marks several cells of a line", () => {
    expect(marked("x\ty\t3", ["a", "b", "c"], ["a", "b"])).toBe("[x]\t[y]\t3");
  });

  it("takes a separator within quotes for a part of the cell", () => {
    expect(marked('2026-01-01,"1,5",3', ["a", "b", "c"], ["b"])).toBe('2026-01-01,["1,5"],3');
  });

  it("marks the first cells of a line that was cut", () => {
    const text = `x,${"9".repeat(198)}`;
    expect(marked(text, ["a", "b", "c"], ["a"])).toBe(`[x],${"9".repeat(198)}`);
  });

  it("marks nothing where the cells cannot be told", () => {
    expect(marked("one,two", ["a", "b", "c"], ["a"])).toBe("one,two");
    expect(marked("one,two", ["a", "b"], ["z"])).toBe("one,two");
  });
});
