import { keyOf, removeFilters, type Named } from "./conditions";

/**
 * A filter as the address has it and people change it: conditions that all hold, or of which one does, and among them
 * groups of which it is the other way round.
 */
export interface FilterTree {
  /** Whether one part is enough. In a group it is the other way round. */
  isAny: boolean;
  conditions: readonly Named[];
  groups: readonly (readonly Named[])[];
}

/** Whether the address of the API has words for it. */
export const isFlat = ({ isAny, groups, conditions }: FilterTree): boolean =>
  groups.length === 0 && (!isAny || conditions.length < 2);

export const partsOf = ({ conditions, groups }: FilterTree): number => conditions.length + groups.length;

export const allOf = ({ conditions, groups }: FilterTree): Named[] => [...conditions, ...groups.flat()];

const MATCH = { key: "match", any: "any" } as const;
const GROUPED = /^filter(\d+)(\[.+\]\[[a-z_]+\])$/;

/** What the address says: `filter[gasto][gte]=100`, `filter1[ciudad][eq]=Lima` of a group, `match=any`. */
export function treeIn(params: URLSearchParams, read: (key: string, value: string) => Named | null): FilterTree {
  const isAny = params.get(MATCH.key) === MATCH.any;
  const groups = new Map<string, Named[]>();
  const alone: Named[] = [];
  for (const [key, value] of params) {
    const [, group, rest] = GROUPED.exec(key) ?? [];
    const condition = read(group === undefined ? key : `filter${rest}`, value);
    if (!condition) continue;
    if (group === undefined) alone.push(condition);
    else groups.set(group, [...(groups.get(group) ?? []), condition]);
  }
  return { isAny, conditions: isAny ? alone : lastOfEach(alone), groups: [...groups.values()] };
}

/** Of conditions that all hold, the API takes one of a field and operator. */
const lastOfEach = (conditions: readonly Named[]): Named[] => [
  ...new Map(conditions.map((condition) => [keyOf(condition), condition])).values(),
];

/** Writes a filter into an address, in the place of what it said. */
export function putTree(params: URLSearchParams, { isAny, conditions, groups }: FilterTree) {
  removeTree(params);
  // It is said of one part, too: another is about to follow.
  if (isAny && conditions.length + groups.length > 0) params.set(MATCH.key, MATCH.any);
  for (const condition of conditions) params.append(keyOf(condition), condition.value);
  for (const [at, group] of groups.entries())
    for (const condition of group)
      params.append(keyOf(condition).replace("filter", `filter${at + 1}`), condition.value);
}

export function removeTree(params: URLSearchParams) {
  removeFilters(params);
  params.delete(MATCH.key);
  for (const key of [...params.keys()]) if (GROUPED.test(key)) params.delete(key);
}

/** Where a condition is: in a group, or in none; a place behind the last is that of a new one. */
export interface Place {
  group: number | null;
  at: number;
}

const replaced = <T>(all: readonly T[], at: number, item: T): T[] =>
  at < all.length ? all.map((one, place) => (place === at ? item : one)) : [...all, item];

/** The filter with a condition at a place. Of conditions that all hold, it replaces one of its field and operator. */
export function withCondition(tree: FilterTree, { group, at }: Place, condition: Named): FilterTree {
  if (group !== null) {
    const changed = replaced(tree.groups[group] ?? [], at, condition);
    return { ...tree, groups: replaced(tree.groups, group, changed) };
  }
  const conditions = replaced(tree.conditions, at, condition);
  return { ...tree, conditions: tree.isAny ? conditions : lastOfEach(conditions) };
}

/** The filter without a condition. What is left of a group alone is in no group. */
export function withoutCondition(tree: FilterTree, { group, at }: Place): FilterTree {
  const without = (all: readonly Named[]) => all.filter((_, place) => place !== at);
  if (group === null) return { ...tree, conditions: without(tree.conditions) };
  const [first, ...others] = without(tree.groups[group] ?? []);
  if (first && others.length > 0) return { ...tree, groups: replaced(tree.groups, group, [first, ...others]) };
  const groups = tree.groups.filter((_, place) => place !== group);
  const rest = { ...tree, groups };
  return first ? withCondition(rest, { group: null, at: tree.conditions.length }, first) : rest;
}

/** The filter with a condition that is in a group from now on, beside another one. */
export function withBeside(tree: FilterTree, at: number, condition: Named): FilterTree {
  const first = tree.conditions[at];
  if (!first) return tree;
  const conditions = tree.conditions.filter((_, place) => place !== at);
  return { ...tree, conditions, groups: [...tree.groups, [first, condition]] };
}
