import { Problem } from "../../../api/problem";
import type { Table } from "../../../api/tables";
import { useSaveView, type View } from "../../../api/views";
import { useToast } from "../../../components/Toast";
import { useText } from "../../../i18n/text";
import { may } from "../../../session/rights";
import { useWho } from "../../../session/useSession";
import type { GridAddress } from "../useGridAddress";
import { useMayWrite } from "../useMayWrite";
import { addressOf, isChangedSince, requestOf } from "./savedView";

/** The view that the address names, and what may be done with it. */
export function useViewActions(table: Table, address: GridAddress, views: readonly View[]) {
  const t = useText();
  const toast = useToast();
  const { rol } = useWho();
  const save = useSaveView(table.id);
  const mayShare = useMayWrite(table);
  const chosen = views.find(({ id }) => id === address.view) ?? null;
  const mayChange = chosen !== null && (chosen.own || may(rol, "define-tables"));
  const isChanged = chosen !== null && isChangedSince(chosen, address.shown, table.fields);
  return {
    chosen,
    mayChange,
    mayShare,
    isChanged,
    isSaving: save.isPending,
    open: (view: View) => address.open(addressOf(view, table.fields)),
    /** What is shown is from now on what the view keeps. */
    saveChanges: () => {
      if (!chosen || save.isPending) return;
      const { id, name, shared } = chosen;
      const body = { name, shared, ...requestOf(address.shown, chosen.filter ?? null, table.fields) };
      save.mutate(
        { view: id, body },
        {
          onSuccess: () => toast("ok", t.views.saved(name)),
          onError: (error) => toast("bad", t.views.notSaved, error instanceof Problem ? error.message : t.shell.lost),
        },
      );
    },
  };
}

export type ViewActions = ReturnType<typeof useViewActions>;
