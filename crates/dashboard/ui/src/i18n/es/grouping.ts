import type { Unit } from "../../api/recordGroups";

const units = {
  month: "por mes",
  week: "por semana",
  day: "por día",
} satisfies Record<Unit, string>;

export const grouping = {
  action: "Agrupar",
  by: "Agrupar por",
  none: "Sin grupos",
  units: units as Record<Unit, string>,
  openAll: "Abrir todos los grupos",
  closeAll: "Cerrar todos los grupos",
  count: (records: string, isOne: boolean) => `${records} ${isOne ? "registro" : "registros"}`,
  groups: (groups: string, isOne: boolean) => `${groups} ${isOne ? "grupo" : "grupos"}`,
  sumOf: (field: string) => `Suma de ${field}`,
  without: (field: string) => `Sin ${field}`,
  blank: "Texto en blanco",
  week: (day: string) => `Semana del ${day}`,
  failedNext: "Agrupe por otro campo, o por meses, o muestre los registros sin grupos.",
  keys: "En el título de un grupo, Enter o las flechas a los lados lo abren y lo cierran.",
};
