export const views = {
  menu: "Vistas",
  open: (view: string) => `Vista: ${view}`,
  all: "Todos los registros",
  own: "Suyas",
  shared: "Compartidas por otros",
  sharedMark: "compartida",
  failed: "No se pudieron leer las vistas. Intentar de nuevo",
  saveAs: "Guardar lo que se ve…",
  saveChanges: "Guardar los cambios",
  restore: "Volver a lo guardado",
  edit: "Cambiar nombre…",
  editShared: "Cambiar nombre o compartir…",
  remove: "Eliminar vista…",
  changed: "cambiada",
  changedWhy: "Lo que se ve ya no es lo que la vista guarda.",

  newTitle: "Guardar como vista",
  newLead: "Guarda los filtros, la búsqueda, el orden y las columnas que se ven ahora.",
  editTitle: (view: string) => `Cambiar ${view}`,
  name: "Nombre",
  nameHint: "Por ejemplo «Las de este mes».",
  share: "Compartir",
  shareWhy: "La ve toda persona que lee esta tabla. La pueden cambiar usted o un administrador.",
  save: "Guardar vista",
  saveEdit: "Guardar",
  saved: (view: string) => `Vista ${view} guardada`,
  notSaved: "No se guardó la vista",

  removeTitle: (view: string) => `¿Eliminar la vista ${view}?`,
  removeBody: "Se borra para siempre. Los registros no cambian.",
  removeShared: "Es compartida: los demás tampoco la tendrán.",
  removeDo: "Eliminar vista",
  removed: (view: string) => `Vista ${view} eliminada`,

  missing: (fields: string, isOne: boolean) =>
    isOne
      ? "Un campo de esta vista ya no está en la tabla; se muestra sin él."
      : `${fields} campos de esta vista ya no están en la tabla; se muestra sin ellos.`,
  missingNext: "Si alguien los restaura, la vista los recupera. Si se cambia la vista antes, los pierde.",
  gone: "La vista de esta dirección ya no está, o es de otra persona.",
  filter: "Filtro de la vista",
  filterWhy: "Tiene condiciones que aquí no se pueden cambiar una por una. Quítelo para poner otros filtros.",

  columns: "Columnas",
  columnsOf: (shown: string, all: string) => `Columnas: ${shown} de ${all}`,
  allColumns: "Todas",
  fields: "Campos",
};
