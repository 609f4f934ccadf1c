import { useMutation } from "@tanstack/react-query";
import { api, call } from "./client";
import { entity } from "./records";

/** The records that an address means, as a file. */
export const useExportRecords = (id: string) =>
  useMutation({
    mutationFn: (search: string): Promise<Blob> =>
      call(
        api.GET("/api/entities/{entity_id}/records:export", {
          params: entity(id),
          querySerializer: () => search,
          parseAs: "blob",
        }),
      ),
  });
