import type * as es from "../es/charts";

export const charts: typeof es.charts = {
  layers: "Layers of the chart",
  keys: "Arrow keys: day by day; with Shift, by seven. Home and End: the ends. Plus and minus: zoom in and out; 0: the whole view. Escape: leave.",
  hint: "Drag to zoom; double click to go back. By keyboard: ← → + −",
  axisNotFromZero: "The axis does not start at 0.",
  axisFromZero: "The axis starts at 0.",
  fromZero: "See from 0",
  fitToData: "Fit to the data",
  resetZoom: "Reset the zoom",
  compactNumbers: "Numbers on the axis are shortened.",
  wholeNumbers: "Numbers on the axis are whole.",
  compact: "Shorten",
  whole: "See them whole",
};
