import { beforeEach, expect, it, vi } from "vitest";
import type { DigitsRead } from "../../api/digits";
import type { SessionState } from "../../session/session";
import type { Picture } from "./picture";

let state: SessionState;
const listeners = new Set<() => void>();
vi.mock("../../session/session", () => ({
  session: { state: () => state, subscribe: (listener: () => void) => listeners.add(listener) },
}));
vi.mock("./decode", () => ({ draw: () => Promise.resolve({ canvas: "small" }) }));

const signedIn = (username: string) => ({ is: "in", who: { username } }) as SessionState;
function change(next: SessionState) {
  state = next;
  for (const listener of listeners) listener();
}

const picture = (id: string): Picture => ({ id, blob: new Blob([id]), name: "digits.png", isDrawing: false });
const answer = { lectura: "4" } as DigitsRead;

async function newVisit() {
  vi.resetModules();
  listeners.clear();
  return (await import("./visit")).visit;
}

beforeEach(() => {
  state = signedIn("ana");
});

it("keeps what was read, the newest first, with small copies", async () => {
  const visit = await newVisit();
  await visit.add(picture("a"), answer);
  await visit.add(picture("b"), answer);
  expect(visit.state().kept.map(({ id, thumbnail }) => [id, thumbnail])).toEqual([
    ["b", "small"],
    ["a", "small"],
  ]);
  expect(visit.state().shown).toBe("b");
  visit.remove("b");
  expect(visit.state()).toMatchObject({ shown: null, kept: [{ id: "a" }] });
});

it("keeps no more pictures than a telephone has room for", async () => {
  const visit = await newVisit();
  for (let at = 0; at < 25; at++) await visit.add(picture(`${at}`), answer);
  expect(visit.state().kept.length).toBe(20);
  expect(visit.state().kept[0]?.id).toBe("24");
});

it.each<[string, SessionState]>([
  ["a logout", { is: "out", why: "left" }],
  ["the session's end", { is: "out", why: "ended" }],
  ["somebody else", signedIn("luis")],
])("is empty after %s", async (_, next) => {
  const visit = await newVisit();
  await visit.add(picture("a"), answer);
  change(next);
  expect(visit.state()).toEqual({ kept: [], shown: null });
});

it("goes on when a token is renewed", async () => {
  const visit = await newVisit();
  await visit.add(picture("a"), answer);
  change(signedIn("ana"));
  expect(visit.state().kept.length).toBe(1);
});

it("shows nobody the picture of who was there before, however late its copy is drawn", async () => {
  const visit = await newVisit();
  const adding = visit.add(picture("a"), answer);
  change(signedIn("luis"));
  await adding;
  expect(visit.state().kept).toEqual([]);
});
