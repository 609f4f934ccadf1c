import { expect, it } from "vitest";
import { boundsOf, cutOf, ink, PEN } from "./strokes";

it("cuts a drawing to its strokes, the pen and a margin", () => {
  const cut = cutOf([
    [400, 200, 500, 300],
    [450, 100, 451, 350],
  ]);
  const around = PEN / 2 + 60;
  expect(cut).toEqual({ x: 400 - around, y: 100 - around, width: 100 + 2 * around, height: 250 + 2 * around });
});

it("cuts white beyond the edge of the paper, too, so that no digit touches the picture's edge", () => {
  expect(cutOf([[0, 0, 10, 10]])).toMatchObject({ x: -73, y: -73 });
});

it("has nothing to send of a blank paper", () => {
  expect(boundsOf([])).toBe(null);
  expect(cutOf([])).toBe(null);
  expect(cutOf([[]])).toBe(null);
});

/** A canvas that notes what is drawn on it. */
function notes() {
  const calls: string[] = [];
  const note =
    (name: string) =>
    (...values: unknown[]) =>
      void calls.push([name, ...values].join(" "));
  const pen = {
    beginPath: note("begin"),
    moveTo: note("move"),
    lineTo: note("line"),
    quadraticCurveTo: note("curve"),
    stroke: note("stroke"),
    lineWidth: 0,
    lineCap: "butt" as const,
    lineJoin: "miter" as const,
    strokeStyle: "",
  };
  return { pen, calls };
}

it("draws curves through the middles, and a touch as a dot", () => {
  const { pen, calls } = notes();
  ink(pen, [
    [0, 0, 10, 0, 10, 10, 20, 10],
    [5, 5],
  ]);
  expect(calls).toEqual([
    "begin",
    "move 0 0",
    "curve 10 0 10 5",
    "curve 10 10 15 10",
    "line 20 10",
    "stroke",
    "begin",
    "move 5 5",
    "line 5 5",
    "stroke",
  ]);
  expect([pen.lineWidth, pen.lineCap, pen.lineJoin]).toEqual([PEN, "round", "round"]);
});
