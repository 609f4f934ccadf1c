import type * as es from "../es/views";

export const views: typeof es.views = {
  menu: "Views",
  open: (view) => `View: ${view}`,
  all: "All records",
  own: "Yours",
  shared: "Shared by others",
  sharedMark: "shared",
  failed: "The views could not be read. Try again",
  saveAs: "Save what is shown…",
  saveChanges: "Save the changes",
  restore: "Back to what was saved",
  edit: "Rename…",
  editShared: "Rename or share…",
  remove: "Delete view…",
  changed: "changed",
  changedWhy: "What is shown is no longer what the view keeps.",

  newTitle: "Save as a view",
  newLead: "Keeps the filters, the search, the order and the columns that are shown now.",
  editTitle: (view) => `Change ${view}`,
  name: "Name",
  nameHint: "For example “This month's”.",
  share: "Share",
  shareWhy: "Everybody sees it who reads this table. You or an administrator can change it.",
  save: "Save view",
  saveEdit: "Save",
  saved: (view) => `View ${view} saved`,
  notSaved: "The view was not saved",

  removeTitle: (view) => `Delete the view ${view}?`,
  removeBody: "It is gone for good. Records do not change.",
  removeShared: "It is shared: the others will not have it either.",
  removeDo: "Delete view",
  removed: (view) => `View ${view} deleted`,

  missing: (fields, isOne) =>
    isOne
      ? "A field of this view is no longer in the table; it is shown without it."
      : `${fields} fields of this view are no longer in the table; it is shown without them.`,
  missingNext: "If somebody restores them, the view has them again. If the view is changed before, it loses them.",
  gone: "The view of this address is no longer there, or belongs to somebody else.",
  filter: "Filter of the view",
  filterWhy: "It has conditions that cannot be changed one by one here. Remove it to set other filters.",

  columns: "Columns",
  columnsOf: (shown, all) => `Columns: ${shown} of ${all}`,
  allColumns: "All",
  shownColumns: "Shown, in this order",
  hiddenColumns: "Hidden",
  columnBefore: (field) => `Move ${field} before`,
  columnAfter: (field) => `Move ${field} after`,
};
