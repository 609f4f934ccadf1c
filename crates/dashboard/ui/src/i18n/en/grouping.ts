import type * as es from "../es/grouping";

export const grouping: typeof es.grouping = {
  action: "Group",
  by: "Group by",
  none: "No groups",
  units: { month: "by month", week: "by week", day: "by day" },
  openAll: "Open all groups",
  closeAll: "Close all groups",
  count: (records, isOne) => `${records} ${isOne ? "record" : "records"}`,
  groups: (groups, isOne) => `${groups} ${isOne ? "group" : "groups"}`,
  sumOf: (field) => `Sum of ${field}`,
  without: (field) => `No ${field}`,
  blank: "Blank text",
  week: (day) => `Week of ${day}`,
  failedNext: "Group by another field, or by months, or show the records without groups.",
  keys: "On the heading of a group, Enter or the arrows to the sides open and close it.",
};
