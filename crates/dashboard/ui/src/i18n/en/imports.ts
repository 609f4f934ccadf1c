import type * as es from "../es/imports";

export const imports: typeof es.imports = {
  action: "Import",
  title: (table) => `Import into ${table}`,
  what: "Import",
  file: "CSV, text with tabs or Excel (.xlsx), up to 16 MB. The first line names the columns. Nothing is stored until you confirm.",

  read: "How the file is read",
  encoding: "Encoding",
  encodings: {
    "utf-8": "UTF-8",
    "utf-8-bom": "UTF-8 with a mark",
    "utf-16le": "UTF-16 LE",
    "utf-16be": "UTF-16 BE",
    "windows-1252": "Windows-1252",
  },
  delimiter: "Separator of columns",
  delimiters: { ",": "comma", ";": "semicolon", tab: "tab", "|": "vertical bar" },
  decimal: "Separator of decimals",
  decimals: { ",": "comma, such as 1.234,50", ".": "point, such as 1,234.50" },
  dateOrder: "Dates",
  asFound: "Read it again as it is detected",

  questions: {
    date_order: (column) => `How are the dates of column “${column}” written?`,
    decimal: (column) => `What separates decimals in column “${column}”?`,
  },
  questionWhy: "The file can be read in more than one way.",
  answerFirst: "Answer the question to see what would be stored.",

  mapFirst: "No column has the name of a field. Say to which field each one goes.",
  columns: "To which field each column goes",
  columnsNote: "Columns that are not used are not stored.",
  fieldOf: (column) => `Field of column “${column}”`,
  unnamed: "without a name",
  unused: "Not used",
  id: "Id of the record",
  key: "What each row does",
  keyNone: "Adds a record",
  keyField: (field) => `Changes the record that has the same value in “${field}”; where there is none, adds it`,
  keyId: "Changes the record that has the same id",
  keyHint: "A record is known by a field without repeats, or by the column id of an export.",

  firstErrors: (shown: string, all: string) =>
    `The first ${shown} are here; the file that you download has all ${all}.`,
  column: "Column",
  value: "Value",
  problem: "What is wrong",
  cutOff: "The errors could not be downloaded",
};

export const exports: typeof es.exports = {
  action: "Export",
  busy: "Exporting",
  excel: "CSV for Excel",
  csv: "CSV",
  jsonl: "For programs (.jsonl)",
  done: "Records exported",
  narrowed: "With the search, filters and order that are shown.",
  groups: "The filter has groups. Save what is shown as a view, and export the view.",
  failed: "The export failed",
};
