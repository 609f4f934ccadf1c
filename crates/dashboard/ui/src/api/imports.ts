import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLanguage } from "../i18n/text";
import { authorized } from "./client";
import { importPath, type ImportOptions } from "./importOptions";
import { problemOf } from "./problem";
import type { components } from "./schema";
import { postTold } from "./told";
import { send } from "./transport";

type Schemas = components["schemas"];
/** What an import did, or would do. */
export type ImportAnswer = Schemas["ImportResponse"];
export type ImportProblem = Schemas["ImportProblem"];
export type ImportColumn = Schemas["ColumnView"];
export type ImportQuestion = Schemas["QuestionView"];

/** A file to import. `id` names its bytes and the options together. */
export interface Importing {
  id: string;
  body: Blob;
  options: ImportOptions;
}

/** As if bad rows were left out, so that it is known what becomes of the others. */
const TRIAL = { dry_run: "true", mode: "skip_invalid" };

/** What an import would do. Nothing is stored. It is asked for again in another language, because it has texts. */
export function useImportTrial(table: string, { id, body, options }: Importing) {
  const language = useLanguage();
  const [progress, setProgress] = useState<number | null>(null);
  const trial = useQuery({
    queryKey: ["imports", table, id, language],
    queryFn: ({ signal }) =>
      postTold<ImportAnswer>({
        path: importPath(table, options, TRIAL),
        body,
        headers: { "Content-Type": body.type },
        signal,
        onProgress: setProgress,
      }),
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    placeholderData: keepPreviousData,
  });
  return { trial, progress };
}

/** Imports a file. Goes on when the screen is left, so that `onStored` may say that it ended. */
export function useImport(table: string, onStored: (answer: ImportAnswer) => void) {
  const queries = useQueryClient();
  const [progress, setProgress] = useState<number | null>(null);
  const store = useMutation({
    mutationFn: ({ id, body, options, leavesOut }: Importing & { leavesOut: boolean }) => {
      setProgress(null);
      return postTold<ImportAnswer>({
        path: importPath(table, options, leavesOut ? { mode: "skip_invalid" } : {}),
        body,
        // A repeat of one attempt is done once.
        headers: { "Content-Type": body.type, "Idempotency-Key": leavesOut ? `${id}-sound` : id },
        onProgress: setProgress,
      });
    },
    onSuccess: (answer) => {
      // Records of other tables may point to those of this one.
      void queries.invalidateQueries({ queryKey: ["tables"] });
      onStored(answer);
    },
  });
  return { store, progress };
}

/** The errors of a file as a table, as the API writes it. */
export const useImportErrors = (table: string) =>
  useMutation({
    mutationFn: async ({ body, options }: Importing): Promise<Blob> => {
      const headers = { "Content-Type": body.type, Accept: "text/csv" };
      const path = importPath(table, options, TRIAL);
      const response = await authorized((token) =>
        send(new Request(path, { method: "POST", body, headers: { ...headers, Authorization: `Bearer ${token}` } })),
      );
      if (!response.ok) throw await problemOf(response);
      return response.blob();
    },
  });
