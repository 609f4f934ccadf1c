import { useQuery } from "@tanstack/react-query";
import { api, call } from "./client";
import type { components } from "./schema";

export type Installation = components["schemas"]["InstallationResponse"];

const POLL_MS = 30_000;

/** How the installation is, asked again while the page is open. */
export const useInstallation = () =>
  useQuery({
    queryKey: ["installation"],
    queryFn: ({ signal }) => call(api.GET("/installation", { signal })),
    refetchInterval: POLL_MS,
  });
