import { keepPreviousData, useInfiniteQuery, useMutation, useQuery } from "@tanstack/react-query";
import type { Client } from "openapi-fetch";
import { api, call } from "./client";
import { after, paging } from "./pages";
import type { components, operations, paths } from "./schema";

export type AuditEntry = components["schemas"]["AuditEntryView"];
export type Action = components["schemas"]["ActionWord"];
export type Outcome = components["schemas"]["OutcomeWord"];

/** What the log is narrowed by, and whose it is where a superadmin reads. */
export type AuditQuery = Omit<NonNullable<operations["list_audit"]["parameters"]["query"]>, "limit" | "cursor">;

/** The log as JSON; the same address answers a file, too. */
export const readAudit = (query: AuditQuery & { cursor?: string; limit?: number }, signal?: AbortSignal) =>
  call((api as Client<paths, "application/json">).GET("/audit", { params: { query }, ...(signal && { signal }) }));

/** The audit log, newest first. */
export const useAudit = (filters: AuditQuery) =>
  useInfiniteQuery({
    queryKey: ["audit", "list", filters],
    queryFn: ({ pageParam, signal }) => readAudit({ ...filters, ...after(pageParam) }, signal),
    ...paging,
    placeholderData: keepPreviousData,
  });

/** Everything that passes the filters, as a file for a spreadsheet. */
export const useAuditFile = () =>
  useMutation({
    mutationFn: (filters: AuditQuery) =>
      call(api.GET("/audit", { params: { query: filters }, headers: { Accept: "text/csv" }, parseAs: "blob" })),
  });

/** Reads every seal of a chain, so it is asked for and never done by itself. */
export const useAuditVerification = (company: number | undefined) =>
  useQuery({
    queryKey: ["audit", "verification", company ?? null],
    queryFn: ({ signal }) =>
      call(
        api.GET("/audit/verification", {
          params: { query: company === undefined ? {} : { empresa_id: company } },
          signal,
        }),
      ),
    enabled: false,
    staleTime: Infinity,
  });
