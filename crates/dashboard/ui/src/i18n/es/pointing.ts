export const pointing = {
  title: "Lo señalan",
  note: "Registros que señalan a este, los más nuevos primero.",
  none: "Ninguno",
  seeIn: (table: string) => `ver en ${table}`,
};
