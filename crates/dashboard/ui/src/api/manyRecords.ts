import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import { exactJson } from "./exactJson";
import { Problem } from "./problem";
import {
  entity,
  listKey,
  readRecord,
  remember,
  type RecordChange,
  type RecordsPage,
  type TableRecord,
} from "./records";
import { FORM } from "./recordsSearch";
import { refusalsIn, withoutRefused, type Refusal } from "./refusals";

/** What became of many changes. */
export interface Written {
  /** Records that hold what was asked for. */
  stored: TableRecord[];
  /** Records that others wrote, or deleted, after they were shown; nothing was written to them. */
  overtaken: string[];
  refused: Refusal[];
}

/** Records that the API changes at once. */
export const MOST_AT_ONCE = 1_000;
/** So often what was refused is left out and the rest sent again. */
const MOST_TRIES = 5;

/** Changes records together; the values that break a rule are left out and told. */
export function useChangeRecords(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (changes: readonly RecordChange[]): Promise<Written> => {
      const revisions = await revisionsNow(queries, id, changes);
      const isAsShown = ({ record, revision }: RecordChange) => revisions.get(record) === revision;
      const overtaken = changes.filter((change) => !isAsShown(change)).map(({ record }) => record);
      return { overtaken, ...(await writeSound(id, changes.filter(isAsShown))) };
    },
    onSuccess: ({ stored }) => remember(queries, id, stored),
  });
}

/**
 * The revisions that records have by now: the lists that show the records are read again, so that what others wrote is
 * told by record. What they write after that is refused as a whole.
 */
async function revisionsNow(queries: QueryClient, id: string, changes: readonly RecordChange[]) {
  const wanted = new Set(changes.map(({ record }) => record));
  const list = { queryKey: listKey(id), type: "active" as const };
  const shows = (data: unknown) =>
    (data as RecordsPage | undefined)?.items.some((item) => wanted.has(item.id)) ?? false;
  await queries.refetchQueries({ ...list, predicate: ({ state }) => shows(state.data) }, { throwOnError: true });
  const pages = queries.getQueriesData<RecordsPage>(list).flatMap(([, page]) => page?.items ?? []);
  const now = new Map(pages.filter((item) => wanted.has(item.id)).map((item) => [item.id, item.revision]));
  const elsewhere = [...wanted].filter((record) => !now.has(record));
  for (const record of elsewhere) {
    const revision = await revisionOf(id, record);
    if (revision !== null) now.set(record, revision);
  }
  return now;
}

async function revisionOf(id: string, record: string): Promise<number | null> {
  try {
    return (await call(readRecord(id, record))).revision;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return null;
    throw error;
  }
}

async function writeSound(id: string, changes: readonly RecordChange[]): Promise<Omit<Written, "overtaken">> {
  const refused: Refusal[] = [];
  let rest = changes;
  for (let tries = 1; rest.length > 0; tries += 1) {
    try {
      const { changed, unchanged } = await write(id, rest);
      return { stored: [...changed, ...unchanged], refused };
    } catch (error) {
      const broken = error instanceof Problem ? refusalsIn(error, rest) : [];
      if (broken.length === 0 || tries === MOST_TRIES) throw error;
      refused.push(...broken);
      rest = withoutRefused(rest, broken);
    }
  }
  return { stored: [], refused };
}

const write = (id: string, changes: readonly RecordChange[]) =>
  call(
    api.POST("/api/entities/{entity_id}/records:bulk", {
      params: { ...entity(id), query: FORM, header: { "Idempotency-Key": crypto.randomUUID() } },
      body: { update: changes.map(({ record, revision, data }) => ({ id: record, revision, data })) },
      bodySerializer: exactJson,
    }),
  );
