import type { components } from "../../api/schema";

type Schemas = components["schemas"];

/** What people call a covariate. A word that the API adds and this list lacks does not compile. */
const names = {
  flag: (table: string, field: string) => (field ? `${table}: ${field}` : table),
  count: (table: string) => `${table}: cuántos hay`,
  sum: (table: string, field: string) => `${table}: suma de ${field}`,
  mean: (table: string, field: string) => `${table}: media de ${field}`,
  max: (table: string, field: string) => `${table}: máximo de ${field}`,
} satisfies Record<Schemas["AggregateWord"], unknown>;

const aggregates = {
  flag: "Si hay alguno ese día",
  count: "Cuántos hay ese día",
  sum: "La suma de un campo",
  mean: "La media de un campo",
  max: "El máximo de un campo",
} satisfies Record<Schemas["AggregateWord"], string>;

const verdicts = {
  KEPT: "se usa",
  FEW_DAYS: "pocos días para probarla",
  NO_GAIN: "no mejora",
  WORSE_FORECASTS: "empeora los pronósticos",
  HOURLY_GRID: "la serie es por horas",
} satisfies Record<Schemas["CovariateVerdictWord"], string>;

const verdictsWhy = {
  KEPT: "Al pronosticar el pasado se acierta más con ella de lo que explica el azar.",
  FEW_DAYS: "Menos de tres de sus días se conocían antes de llegar. Se mide, pero no cambia el pronóstico.",
  NO_GAIN: "Al pronosticar el pasado no se acierta más con ella, o no más de lo que explica el azar.",
  WORSE_FORECASTS: "En las pruebas, el pronóstico completo se equivoca más con ella.",
  HOURLY_GRID: "Estos registros son de días, y el modelo de esta cuenta va por horas.",
} satisfies Record<Schemas["CovariateVerdictWord"], string>;

export const covariates = {
  title: "Lo que puede explicar los pronósticos",
  note: "Campañas, eventos o gasto de sus tablas. Cada entrenamiento los prueba, y solo usa lo que mejora el pronóstico.",
  none: "Ninguna tabla explica los pronósticos",
  noneNext: "Elija por ejemplo la tabla de campañas y el campo con su fecha.",
  noTables: "Primero cree una tabla con un campo de fecha.",
  toTables: "Ir a las tablas",
  add: "Agregar",
  edit: "Cambiar",
  editOf: (name: string) => `Cambiar ${name}`,
  remove: "Quitar",
  removeOf: (name: string) => `Quitar ${name}`,
  newTitle: "Agregar lo que puede explicar",
  editTitle: "Cambiar lo que puede explicar",
  save: "Guardar",
  saved: "Guardado: se probará desde el próximo entrenamiento.",
  table: "Tabla",
  date: "Día de cada registro",
  aggregate: "Qué cuenta de los registros de un día",
  aggregates,
  value: "Campo",
  valueAny: "Cualquier registro del día",
  account: "De qué cuenta es un registro",
  accountAll: "De todas las cuentas",
  accountHint: "Un campo con el usuario de la cuenta, tal como está registrado.",
  lag: "Días hasta que se nota",
  lagHint: "De 0 a 30.",
  lagWrong: "Escriba un número entero de 0 a 30.",
  knownSince: "Desde cuándo se sabía",
  knownSinceNone: "Desde que el registro se guardó",
  knownSinceHint:
    "Un campo con la fecha en que se decidió. Vale solo si es anterior al registro, y nadie puede comprobarlo: el resultado dirá que es declarada.",
  about: {
    day: (field: string) => `día: ${field}`,
    account: (field: string) => `cuenta: ${field}`,
    knownSince: (field: string) => `se sabía desde: ${field}`,
  },
  names: { ...names, later: (days: number) => (days === 1 ? ", 1 día después" : `, ${days} días después`) },

  found: "Campañas y eventos",
  foundNote:
    "Qué dijo la prueba de cada uno. Los errores son de los días en que destacó, pronosticados desde el día anterior.",
  foundName: "Qué",
  foundVerdict: "Resultado",
  foundEffect: "Trae por unidad",
  foundDays: "Días probados",
  foundWithout: "Error sin él",
  foundWith: "Error con él",
  verdicts,
  verdictsWhy,
  declared: "fecha declarada",
  declaredWhy: "Desde cuándo se sabía lo dice un campo de la tabla, no el momento en que se guardó.",
  without: (withThem: string, without: string) =>
    `Con lo que se usa, el error al pronosticar el pasado es ±${withThem}; sin ello sería ±${without}.`,
};
