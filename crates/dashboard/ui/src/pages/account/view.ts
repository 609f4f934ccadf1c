import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { LONGEST_HORIZON, SHORTEST_HORIZON } from "../../api/limits";
import type { View } from "../../charts/geometry";
import { dayNumber, dayOf, type Day } from "../../format/dates";
import { parseTypedDay } from "../../format/typedDay";

export const RANGES = ["30", "90", "365", "all"] as const;
export type Range = (typeof RANGES)[number];

export const LAYERS = [
  "forecast",
  "band80",
  "band95",
  "baseline",
  "goal",
  "unusual",
  "events",
  "holidays",
  "shifts",
] as const;
export type Layer = (typeof LAYERS)[number];

/** What of an account is shown: all of it is in the address, and absent there while it is as it was at first. */
export interface AccountView {
  /** The days before the last observation; null is what suits the window. */
  range: Range | null;
  /** A stretch that was zoomed to, in days since 1970. */
  zoom: View | null;
  horizon: number;
  tab: "chart" | "table";
  goal: number | null;
  by: Day | null;
  /** A day that somebody was led to, marked on the chart. */
  day: Day | null;
  off: ReadonlySet<Layer>;
  posts: number | null;
  isCompared: boolean;
  isIndexed: boolean;
  isFromZero: boolean;
  isCompact: boolean;
}

const HORIZON = 90;

const oneOf = <T extends string>(words: readonly T[], text: string | null): T | null =>
  words.find((word) => word === text) ?? null;

function whole(text: string | null, min: number, max: number): number | null {
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isInteger(value) && value >= min && value <= max ? value : null;
}

function zoomOf(params: URLSearchParams): View | null {
  const [from, to] = [parseTypedDay(params.get("from") ?? ""), parseTypedDay(params.get("to") ?? "")];
  return from && to && from < to ? [dayNumber(from), dayNumber(to)] : null;
}

export function readView(params: URLSearchParams): AccountView {
  const off = (params.get("off") ?? "").split(",");
  return {
    range: oneOf(RANGES, params.get("range")),
    zoom: zoomOf(params),
    horizon: whole(params.get("horizon"), SHORTEST_HORIZON, LONGEST_HORIZON) ?? HORIZON,
    tab: params.get("tab") === "table" ? "table" : "chart",
    goal: whole(params.get("goal"), 1, 1e12),
    by: parseTypedDay(params.get("by") ?? ""),
    day: parseTypedDay(params.get("day") ?? ""),
    off: new Set(LAYERS.filter((layer) => off.includes(layer))),
    posts: whole(params.get("posts"), 0, 1_000),
    isCompared: params.get("compare") === "1",
    isIndexed: params.get("index") === "1",
    isFromZero: params.get("zero") === "1",
    isCompact: params.get("short") === "1",
  };
}

/** The address of a view. Parameters that are not of this screen stay. */
export function writeView(now: URLSearchParams, view: AccountView): URLSearchParams {
  const all = new URLSearchParams(now);
  const set = (key: string, value: string | number | null | undefined) =>
    value === null || value === undefined || value === "" ? all.delete(key) : all.set(key, String(value));
  const flag = (is: boolean) => (is ? 1 : null);
  set("range", view.range);
  set("from", view.zoom && dayOf(view.zoom[0]));
  set("to", view.zoom && dayOf(view.zoom[1]));
  set("horizon", view.horizon === HORIZON ? null : view.horizon);
  set("tab", view.tab === "table" ? "table" : null);
  set("goal", view.goal);
  set("by", view.by);
  set("day", view.day);
  set("off", LAYERS.filter((layer) => view.off.has(layer)).join(","));
  set("posts", view.posts);
  set("compare", flag(view.isCompared));
  set("index", flag(view.isIndexed));
  set("zero", flag(view.isFromZero));
  set("short", flag(view.isCompact));
  return all;
}

export type ChangeView = (part: Partial<AccountView>) => void;

export function useAccountView(): [AccountView, ChangeView] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readView(params), [params]);
  const change = useCallback<ChangeView>(
    (part) => setParams((now) => writeView(now, { ...readView(now), ...part }), { replace: true }),
    [setParams],
  );
  return [view, change];
}
