import { expect, it, vi } from "vitest";
import { isMendable, mended, type BadCell } from "./mend";
import { sourceOfFile, sourceOfText, type Source } from "./source";

// The keys are made beside requests, which need a session.
vi.mock("../../../api/client", () => ({ api: {}, call: () => undefined }));

const headers = ["fecha", "seguidores"];
const cell = (line: number, text: string, column = "seguidores"): BadCell => ({ line, text, headers, column });
const bytes = async (source: Source | null) =>
  source && new TextDecoder("utf-8", { ignoreBOM: true }).decode(await source.body.arrayBuffer());

it("writes one cell anew and leaves every other byte as it is", async () => {
  const text = '\uFEFFfecha,seguidores\r\n2026-10-01,20335\r\n2026-10-02,1O20362\r\n2026-10-03,"20,418"';
  const source = sourceOfText(text) as Source;
  const next = await mended(source, cell(3, "2026-10-02,1O20362"), "20362");
  expect(await bytes(next)).toBe(text.replace("1O20362", "20362"));
  expect([next?.mends, next?.file, next?.id === source.id]).toEqual([1, null, false]);
});

it("mends the first cell, and quotes a value that has the separator in it", async () => {
  const source = sourceOfText("fecha;seguidores\nayer;5\n2026-10-02;x\n") as Source;
  expect(await bytes(await mended(source, cell(2, "ayer;5", "fecha"), "2026-10-01"))).toContain("\n2026-10-01;5\n");
  expect(await bytes(await mended(source, cell(3, "2026-10-02;x"), "20;3"))).toContain('\n2026-10-02;"20;3"\n');
});

it("changes nothing where the line is not found as it was told", async () => {
  const source = sourceOfText("fecha,seguidores\n2026-10-01,5\n") as Source;
  expect(await mended(source, cell(2, "2026-10-01,6"), "7")).toBeNull();
  expect(await mended(source, cell(9, "2026-10-01,5"), "7")).toBeNull();
});

it("offers nothing for a workbook, a line that was cut, and a column that cannot be told", async () => {
  const source = sourceOfText("fecha,seguidores\n") as Source;
  const workbook = (await sourceOfFile(new File(["PK"], "a.xlsx"))) as Source;
  const sound = cell(2, "2026-10-01,x");
  expect([isMendable(source, sound), isMendable(workbook, sound)]).toEqual([true, false]);
  expect(isMendable(source, cell(2, "2026-10-01,x", "otra"))).toBe(false);
  expect(isMendable(source, cell(2, `2026-10-01,${"9".repeat(200)}`))).toBe(false);
});
