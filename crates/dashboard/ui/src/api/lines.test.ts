import { expect, it } from "vitest";
import { countLines } from "./lines";

const table = (...parts: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(new TextEncoder().encode(part));
      controller.close();
    },
  });

it("counts the rows of a table without its header, however it is cut on its way", async () => {
  expect(await countLines(table("hora,segui", "dores\n2026-01-01,5", "\n2026-01-02,6\n"))).toBe(2);
  expect(await countLines(table("hora,seguidores\n"))).toBe(0);
  expect(await countLines(table())).toBe(0);
});
