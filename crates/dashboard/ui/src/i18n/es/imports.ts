import type { components } from "../../api/schema";

type Schemas = components["schemas"];

const encodings = {
  "utf-8": "UTF-8",
  "utf-8-bom": "UTF-8 con marca",
  "utf-16le": "UTF-16 LE",
  "utf-16be": "UTF-16 BE",
  "windows-1252": "Windows-1252",
} satisfies Record<Schemas["EncodingWord"], string>;

const delimiters = {
  ",": "coma",
  ";": "punto y coma",
  tab: "tabulador",
  "|": "barra vertical",
} satisfies Record<Schemas["DelimiterWord"], string>;

const decimals = {
  ",": "coma, como 1.234,50",
  ".": "punto, como 1,234.50",
} satisfies Record<Schemas["DecimalWord"], string>;

export const imports = {
  action: "Importar",
  title: (table: string) => `Importar a ${table}`,
  what: "Importación",
  file: "CSV, texto con tabuladores o Excel (.xlsx), de hasta 16 MB. La primera línea nombra las columnas. Nada se guarda hasta que usted lo confirme.",

  read: "Cómo se lee el archivo",
  encoding: "Codificación",
  encodings: encodings as Record<Schemas["EncodingWord"], string>,
  delimiter: "Separador de columnas",
  delimiters: delimiters as Record<Schemas["DelimiterWord"], string>,
  decimal: "Separador de decimales",
  decimals: decimals as Record<Schemas["DecimalWord"], string>,
  dateOrder: "Fechas",
  asFound: "Leerlo otra vez como se detecte",

  questions: {
    date_order: (column: string) => `¿Cómo vienen las fechas de la columna «${column}»?`,
    decimal: (column: string) => `¿Qué separa los decimales en la columna «${column}»?`,
  } satisfies Record<Schemas["ImportChoiceWord"], (column: string) => string>,
  questionWhy: "El archivo deja más de una lectura posible.",
  answerFirst: "Responda la pregunta para ver qué se guardaría.",

  mapFirst: "Ninguna columna lleva el nombre de un campo. Diga a qué campo va cada una.",
  columns: "A qué campo va cada columna",
  columnsNote: "Las columnas que no se usan no se guardan.",
  fieldOf: (column: string) => `Campo de la columna «${column}»`,
  unnamed: "sin nombre",
  unused: "No se usa",
  id: "Identificador del registro",
  key: "Qué hace cada fila",
  keyNone: "Agrega un registro",
  keyField: (field: string) => `Cambia el registro que tiene el mismo valor en «${field}»; si no hay, lo agrega`,
  keyId: "Cambia el registro que tiene el mismo identificador",
  keyHint: "Un registro se reconoce por un campo sin repetir, o por la columna id de una exportación.",

  firstErrors: (shown: string, all: string) =>
    `Aquí se ven los primeros ${shown}; el archivo que descargue tiene los ${all}.`,
  column: "Columna",
  value: "Valor",
  problem: "Qué pasa",
  cutOff: "Los errores no se pudieron descargar",
};

export const exports = {
  action: "Exportar",
  busy: "Exportando",
  excel: "CSV para Excel",
  csv: "CSV",
  jsonl: "Para programas (.jsonl)",
  done: "Registros exportados",
  narrowed: "Con la búsqueda, los filtros y el orden que se ven.",
  failed: "No se pudo exportar",
  groups: "El filtro tiene grupos. Guarde lo que se ve como vista, y exporte la vista.",
};
