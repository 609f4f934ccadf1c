import type { components } from "../../api/schema";

type FieldType = components["schemas"]["FieldTypeWord"];
type UserLevel = components["schemas"]["UserLevelWord"];
type ViewerLevel = components["schemas"]["ViewerLevelWord"];

/** A choice, and in one sentence what it means. */
interface Level {
  name: string;
  means: string;
}

const users = {
  write: { name: "Ver y cambiar todo", means: "Ven, agregan, cambian y eliminan todos los registros." },
  read: { name: "Solo ver", means: "Ven todos los registros, pero no los cambian ni agregan otros." },
  own: { name: "Solo lo suyo", means: "Cada quien ve y cambia los registros que agregó; los de otros no los ve." },
  none: { name: "Nada", means: "No ven la tabla." },
} satisfies Record<UserLevel, Level>;

const viewers = {
  read: { name: "Ver todo", means: "Ven todos los registros y no cambian ninguno." },
  none: { name: "Nada", means: "No ven la tabla." },
} satisfies Record<ViewerLevel, Level>;

/** How values of other types are read by each type. */
const how = {
  TEXT: "Cada valor queda escrito como texto.",
  NUMBER: "Sirven números enteros, y textos como -1.50: con punto decimal y sin separar los miles.",
  INTEGER: "Sirven textos como 1500, y números sin decimales.",
  DATE: "Sirven textos como 2026-05-03. De una fecha y hora queda el día.",
  DATETIME: "Sirven textos como 2026-05-03. De una fecha queda el comienzo del día.",
  BOOLEAN: "Sirven palabras como sí y no, o 1 y 0.",
  CHOICE: "Sirven los valores que estén entre las opciones, sin importar mayúsculas ni tildes.",
  RELATION: "Sirven los textos que lleve un solo registro de esa tabla.",
  JSON: 'Sirven textos como {"canal": ["radio"]}, números, y sí o no.',
} satisfies Record<FieldType, string>;

export const tableAccess = {
  title: "Quién ve y cambia los registros",
  note: "Los administradores siempre pueden todo.",
  users: "Los usuarios pueden",
  viewers: "Los lectores pueden",
  userLevels: users as Record<UserLevel, Level>,
  viewerLevels: viewers as Record<ViewerLevel, Level>,
  forecasts: "Si la tabla explica pronósticos, lo que aportó cada día lo ve quien ve los pronósticos.",
  saving: "Guardando…",
  saved: "Guardado",
};

export const bothAtOnce = {
  title: "Dos personas a la vez",
  label: "Impedir que dos personas se pisen los cambios",
  why: "Si otra persona cambió el registro después de que usted lo vio, no se guarda nada y se le avisa. En esta página siempre es así; marcado, vale también para los programas que usa su banco.",
};

export const uniqueSets = {
  title: "Combinaciones sin repetir",
  note: "Campos cuyos valores, juntos, tiene un solo registro. Donde falta uno de los valores, la combinación puede repetirse.",
  none: "No hay ninguna. Por ejemplo, ciudad y día: una sola campaña por ciudad cada día.",
  add: "Agregar combinación",
  full: (most: string) => `Son ${most}, que es lo máximo.`,
  needTwo: "Hacen falta dos campos por lo menos.",
  choose: "Elija los campos",
  chooseHint: (fewest: string, most: string) => `Entre ${fewest} y ${most}.`,
  isThere: "Esa combinación ya está.",
  addDo: "Agregar",
  added: (fields: string) => `${fields}: juntos no se repiten`,
  remove: (fields: string) => `Quitar ${fields}`,
  removed: (fields: string) => `${fields}: pueden repetirse`,
};

export const retype = {
  open: "Cambiar el tipo",
  title: (field: string) => `Cambiar el tipo de ${field}`,
  now: (type: string) => `Ahora: ${type.toLowerCase()}`,
  type: "Guardará",
  how: how as Record<FieldType, string>,
  tryIt: "Ver qué pasaría",
  tryAgain: "Volver a probar",
  noValues: "El campo no tiene valores: no hay nada que convertir.",
  allFit: (count: string, isOne: boolean) =>
    isOne ? "El único valor se puede convertir." : `Los ${count} valores se pueden convertir.`,
  someFit: (convertible: string, total: string) => `Se pueden convertir ${convertible} de ${total} valores.`,
  someFitNext: "Se convierten todos o ninguno. Corrija estos y vuelva a probar:",
  firstOnly: (count: string) => `Se muestran los primeros ${count}.`,
  kept: "Los valores de ahora quedan 30 días en la papelera de campos. Para restaurarlos, dé antes otro nombre a este campo.",
  keptDone:
    "Los valores anteriores quedan 30 días en la papelera de campos. Para restaurarlos, dé antes otro nombre a este campo.",
  confirm: "Cambiar el tipo",
  done: (field: string, type: string) => `${field}: ahora guarda ${type.toLowerCase()}`,
  underway: "Son muchos registros. Puede seguir trabajando: el campo queda como está hasta que termine.",
  progress: (field: string) => `Cambio de tipo de ${field}`,
  waiting: "Cambio de tipo: en espera",
  running: "Cambiando el tipo",
  ended: "El tipo cambió",
  failed: "El tipo no cambió",
  cancelled: "Se canceló: el tipo no cambió",
  stop: "Cancelar el cambio",
};
