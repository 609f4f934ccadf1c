/** One event of a stream of server-sent events. */
export interface ServerSentEvent {
  event: string;
  data: string;
}

/**
 * Reads server-sent events from the body of an answer. A browser's own `EventSource` sends no `Authorization`, and the
 * token is never written into an address.
 */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let unread = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      unread = (unread + decoder.decode(value, { stream: true })).replaceAll("\r\n", "\n");
      const blocks = unread.split("\n\n");
      unread = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    // Frees the server's place for a stream also where the reader stops in the middle.
    await reader.cancel().catch(() => undefined);
  }
}

/** A block without data is a comment that keeps the connection open. */
function parse(block: string): ServerSentEvent | null {
  let event = "message";
  const data: string[] = [];
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const value = line.slice(colon + 1).replace(/^ /, "");
    if (line.startsWith("event:")) event = value;
    else if (line.startsWith("data:")) data.push(value);
  }
  return data.length > 0 ? { event, data: data.join("\n") } : null;
}
