export const charts = {
  layers: "Capas del gráfico",
  keys: "Flechas: día por día; con mayúsculas, de siete en siete. Inicio y Fin: extremos. Más y menos: ampliar y alejar; 0: vista completa. Escape: salir.",
  hint: "Arrastre para ampliar; doble clic para volver. Con el teclado: ← → + −",
  axisNotFromZero: "El eje no empieza en 0.",
  axisFromZero: "El eje empieza en 0.",
  fromZero: "Ver desde 0",
  fitToData: "Ajustar a los datos",
  resetZoom: "Quitar la ampliación",
  compactNumbers: "Números del eje abreviados.",
  wholeNumbers: "Números del eje completos.",
  compact: "Abreviar",
  whole: "Ver completos",
};
