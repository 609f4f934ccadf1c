import { useState } from "react";
import type { Table } from "../../../api/tables";
import { useViews } from "../../../api/views";
import { Badge } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { useText } from "../../../i18n/text";
import type { GridAddress } from "../useGridAddress";
import { DeleteView } from "./DeleteView";
import { useViewActions } from "./useViewActions";
import { ViewForm } from "./ViewForm";
import { ViewNotes } from "./ViewNotes";
import { ViewsMenu, type ViewDialog } from "./ViewsMenu";

/** Which view is shown, whether something else is by now, and the menu of views. */
export function ViewsBar({ table, address }: { table: Table; address: GridAddress }) {
  const t = useText();
  const views = useViews(table.id);
  const actions = useViewActions(table, address, views.data ?? []);
  const [dialog, setDialog] = useState<ViewDialog | null>(null);
  const { chosen } = actions;
  const close = () => setDialog(null);
  return (
    <>
      <div className="sheet-views">
        <ViewsMenu views={views} address={address} actions={actions} onDialog={setDialog} />
        {actions.isChanged && (
          <>
            <Badge tone="acc" icon="edit" title={t.views.changedWhy}>
              {t.views.changed}
            </Badge>
            {actions.mayChange && (
              <Button small busy={actions.isSaving} onClick={actions.saveChanges}>
                {t.views.saveChanges}
              </Button>
            )}
          </>
        )}
      </div>
      <ViewNotes chosen={chosen} isGone={views.isSuccess && address.view !== null && !chosen} address={address} />
      {(dialog === "new" || (dialog === "edit" && chosen)) && (
        <ViewForm
          table={table}
          address={address}
          view={dialog === "edit" ? chosen : null}
          filter={chosen?.filter ?? null}
          onClose={close}
        />
      )}
      {dialog === "delete" && chosen && <DeleteView table={table} address={address} view={chosen} onClose={close} />}
    </>
  );
}
