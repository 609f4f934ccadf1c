const ID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Whether the address holds an id; anything else is no screen. */
export const isId = (text: string | undefined): text is string => text !== undefined && ID.test(text);

export const tablePath = (id: string, screen: "" | "definition" | "import" | "trash" = ""): string =>
  `/tables/${id}${screen && `/${screen}`}`;

export const recordPath = (table: string, record: string): string => `/tables/${table}/records/${record}`;
