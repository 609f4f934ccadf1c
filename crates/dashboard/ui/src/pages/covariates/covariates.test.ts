import { describe, expect, it } from "vitest";
import type { Covariate, CovariateRequest } from "../../api/covariates";
import type { FieldType, Table } from "../../api/tables";
import { en } from "../../i18n/en";
import { es } from "../../i18n/es";
import {
  accountFields,
  dayFields,
  draftFor,
  draftOf,
  isLag,
  requestAgain,
  requestOf,
  valueFields,
  withAggregate,
} from "./covariateDraft";
import { covariateName } from "./covariateName";

const FIELDS: [string, FieldType][] = [
  ["nombre", "TEXT"],
  ["inicio", "DATE"],
  ["apertura", "DATETIME"],
  ["gasto", "NUMBER"],
  ["piezas", "INTEGER"],
  ["canal", "CHOICE"],
  ["activa", "BOOLEAN"],
];
const fields = FIELDS.map(([name, field_type]) => ({ name, field_type, display_name: name.toUpperCase() }));
const table = { name: "campana", display_name: "Campañas", fields } as unknown as Table;
const names = (some: readonly { name: string }[]) => some.map(({ name }) => name);

describe("what is chosen of a covariate", () => {
  it("offers the fields that fit", () => {
    expect(names(dayFields(table))).toEqual(["inicio", "apertura"]);
    expect(names(accountFields(table))).toEqual(["nombre", "canal"]);
    expect(names(valueFields(table, "flag"))).toEqual(["activa"]);
    expect(names(valueFields(table, "sum"))).toEqual(["gasto", "piezas"]);
    expect(valueFields(table, "count")).toEqual([]);
  });

  it("is ready with the first day of the table, and has a value where one is needed", () => {
    const draft = draftFor(table);
    expect(requestOf(draft)).toEqual({
      entity: "campana",
      date_field: "inicio",
      aggregate: "flag",
      value_field: null,
      account_field: null,
      lag_days: 0,
      known_since_field: null,
    });
    const sum = withAggregate(draft, table, "sum");
    expect(requestOf(sum)).toMatchObject({ aggregate: "sum", value_field: "gasto" });
    expect(requestOf({ ...sum, value: "" })).toBeNull();
    expect(requestOf(withAggregate(sum, table, "flag"))).toMatchObject({ value_field: null });
    expect(requestOf(draftFor(undefined))).toBeNull();
  });

  it("takes whole days until 30", () => {
    expect(["0", "30", " 7 "].map(isLag)).toEqual([true, true, true]);
    expect(["", "31", "-1", "1.5", "2,5", "x"].map(isLag)).toEqual([false, false, false, false, false, false]);
    expect(requestOf({ ...draftFor(table), lag: "31" })).toBeNull();
  });

  it("is sent again as it was read", () => {
    const request: CovariateRequest = {
      entity: "campana",
      date_field: "inicio",
      value_field: "gasto",
      aggregate: "sum",
      account_field: "canal",
      lag_days: 2,
      known_since_field: "apertura",
    };
    const set = { ...request, name: "campana.gasto.sum+2" } as Covariate;
    expect(requestOf(draftOf(set))).toEqual(request);
    expect(requestAgain(set)).toEqual(request);
  });
});

describe("the name of a covariate", () => {
  const one = {
    entity: "campana",
    value_field: null,
    aggregate: "flag",
    lag_days: 0,
    name: "campana.flag",
  } as Covariate;

  it("is what people call its table and field", () => {
    expect(covariateName(one, [table], es.covariates.names)).toBe("Campañas");
    const sum: Covariate = { ...one, aggregate: "sum", value_field: "gasto", lag_days: 2, name: "campana.gasto.sum+2" };
    expect(covariateName(sum, [table], es.covariates.names)).toBe("Campañas: suma de GASTO, 2 días después");
    expect(covariateName(sum, [table], en.covariates.names)).toBe("Campañas: sum of GASTO, 2 days later");
  });

  it("has the number that tells two apart, and the program's words where a table is not there", () => {
    expect(covariateName({ ...one, name: "campana.flag#2" }, [table], es.covariates.names)).toBe("Campañas (2)");
    expect(covariateName(one, [], es.covariates.names)).toBe("campana");
  });
});
