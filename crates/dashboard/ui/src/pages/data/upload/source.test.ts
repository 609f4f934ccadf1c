import { describe, expect, it, vi } from "vitest";
import { isWorkbook, readAgain, readAs, sourceOfFile, sourceOfText, type Source } from "./source";

const read = async (name: string, content: string) => (await sourceOfFile(new File([content], name))) as Source;

// The keys are made beside requests, which need a session.
vi.mock("../../../api/client", () => ({ api: {}, call: () => undefined }));

describe("sourceOfFile", () => {
  it("tells a workbook by its name, and takes all else for text", async () => {
    expect(isWorkbook(await read("Datos.XLSX", "PK"))).toBe(true);
    const text = await read("datos.csv", "fecha,seguidores\n");
    expect([isWorkbook(text), text.body.type, text.name]).toEqual([false, "text/csv", "datos.csv"]);
  });

  it("sends nothing that is empty or too large", async () => {
    expect(await sourceOfFile(new File([], "a.csv"))).toBe("empty");
    expect(await sourceOfFile(new File([new Uint8Array(16 * 1024 * 1024 + 1)], "a.csv"))).toBe("tooLarge");
  });

  it("says that a file cannot be read", async () => {
    const file = new File(["x"], "a.csv");
    file.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
    expect(await sourceOfFile(file)).toBe("unreadable");
  });
});

it("gives the same bytes another id when they are read in another way, so that no answer is repeated for them", () => {
  const source = sourceOfText("fecha;seguidores\n01/02/2026;5") as Source;
  const again = readAs(source, { order: "dd/mm/yyyy" });
  expect([again.order, again.body === source.body, again.id === source.id]).toEqual(["dd/mm/yyyy", true, false]);
  expect(sourceOfText("  \n")).toBe("empty");
});

it("reads a file once more where it can be read, and asks for it where it changed", async () => {
  const source = await read("datos.csv", "fecha,seguidores\n");
  expect((await readAgain({ ...source, order: "dd/mm/yyyy" }))?.order).toBe("dd/mm/yyyy");
  const file = new File(["fecha,seguidores\n"], "datos.csv");
  file.arrayBuffer = () => Promise.resolve(new ArrayBuffer(3));
  expect(await readAgain({ ...source, file })).toBeNull();
});
