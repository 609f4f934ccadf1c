/** The lines of a table without its header. */
export async function countLines(table: ReadableStream<Uint8Array>): Promise<number> {
  const NEW_LINE = 10;
  let lines = -1;
  for (const reader = table.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return Math.max(0, lines);
    for (const byte of value) if (byte === NEW_LINE) lines += 1;
  }
}
