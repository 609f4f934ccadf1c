import type { Condition, RecordsAsk } from "../../api/recordsSearch";
import type { TableField } from "../../api/tables";
import { CREATED, fieldOf, filterIn, sortsIn, viewFilterIn } from "./conditions";
import { isFlat } from "./filterTree";
import { filterOfTree } from "./filters";

/** What the address asks for, by the ids of fields; what names a field that is gone is left out. */
export function askIn(params: URLSearchParams, fields: readonly TableField[]): RecordsAsk {
  const sort = sortsIn(params.get("sort") ?? "").flatMap(({ name, isDown }) => {
    const key = fieldOf(fields, name)?.id ?? (name === CREATED ? name : undefined);
    return key === undefined ? [] : [`${isDown ? "-" : ""}${key}`];
  });
  const tree = filterIn(params);
  const conditions = tree.conditions.flatMap(({ name, op, value }): Condition[] => {
    const field = fieldOf(fields, name);
    return field ? [{ field: field.id, op, value }] : [];
  });
  const filter = isFlat(tree) ? null : filterOfTree(tree, fields);
  return {
    sort: sort.join(","),
    q: params.get("q")?.trim() ?? "",
    ...(filter ? { conditions: [], filter } : { conditions }),
    ...viewFilterIn(params),
  };
}
