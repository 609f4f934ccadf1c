/** What a list is asked for: from its beginning, or from where the page before ended. */
export const after = (cursor: string): { cursor?: string } => (cursor === "" ? {} : { cursor });

/** For `useInfiniteQuery`: lists answer `next_cursor`, which is null, or left out, on the last page. */
export const paging = {
  initialPageParam: "",
  getNextPageParam: (page: { next_cursor?: string | null }): string | null => page.next_cursor ?? null,
};

/** For `useInfiniteQuery`: lists whose pages are numbered. */
export const numbered = {
  initialPageParam: 1,
  getNextPageParam: ({ page, total_pages }: { page: number; total_pages: number }): number | null =>
    page < total_pages ? page + 1 : null,
};
