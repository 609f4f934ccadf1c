// Tables as docs/performance.md has them.

/** The value in the middle of an odd number of them, the least and the greatest. */
export function summary(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return { median: sorted[(sorted.length - 1) / 2], least: sorted[0], greatest: sorted.at(-1) };
}

/** `of`: 1.2 (1.1 to 1.3). */
export function spread(values, say) {
  const { median, least, greatest } = summary(values);
  return least === greatest ? `${say(median)}, each time` : `${say(median)} (${say(least)} to ${say(greatest)})`;
}

/** Prints a table. A row is its cells and, where it has a bar, whether that was reached. Answers whether all were. */
export function print(title, columns, rows) {
  const line = (cells) => console.log(`| ${cells.join(" | ")} |`);
  const verdict = (isReached) => (isReached === undefined ? "" : isReached ? "reached" : "missed");
  console.log(`\n${title}\n`);
  line([...columns, "bar"]);
  console.log(`${"|---".repeat(columns.length + 1)}|`);
  for (const { cells, bar, isReached } of rows) line([...cells, bar ? `${bar}: ${verdict(isReached)}` : ""]);
  return rows.every(({ isReached }) => isReached !== false);
}
