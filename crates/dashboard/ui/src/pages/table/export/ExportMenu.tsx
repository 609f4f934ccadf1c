import { Problem } from "../../../api/problem";
import { useExportRecords } from "../../../api/recordsExport";
import type { Table } from "../../../api/tables";
import { useViews } from "../../../api/views";
import { fileNamePart, saveFile } from "../../../charts/save";
import { Icon } from "../../../components/Icon";
import { Menu } from "../../../components/Menu";
import { useToast } from "../../../components/Toast";
import { useText } from "../../../i18n/text";
import { useGridAddress } from "../useGridAddress";
import { sayable } from "../views/savedView";
import { exportSearch, type ExportKind } from "./exportSearch";

const KINDS: readonly ExportKind[] = ["excel", "csv", "jsonl"];

/** The records that the grid shows, all pages of them, as a file. */
export function ExportMenu({ table }: { table: Table }) {
  const t = useText();
  const toast = useToast();
  const { shown, sort, isNarrowed, view } = useGridAddress(table.fields);
  const chosen = useViews(table.id).data?.find(({ id }) => id === view) ?? null;
  const { mutate, isPending } = useExportRecords(table.id);
  const start = (kind: ExportKind) => {
    if (isPending) return;
    const said = sayable(shown, chosen, table.fields);
    if (!said) return toast("bad", t.exports.failed, t.exports.groups);
    mutate(exportSearch(said, kind), {
      onSuccess: (file) => {
        saveFile(file, `${fileNamePart(table.display_name)}.${kind === "jsonl" ? "jsonl" : "csv"}`);
        toast(
          "ok",
          t.exports.done,
          isNarrowed || sort || shown.fields.length > 0 ? t.exports.narrowed : table.display_name,
        );
      },
      onError: (error) => toast("bad", t.exports.failed, error instanceof Problem ? error.message : t.shell.lost),
    });
  };
  return (
    <Menu
      button={
        <>
          {isPending ? <span className="dot" aria-hidden="true" /> : <Icon name="download" />}
          {isPending ? t.exports.busy : t.exports.action}
        </>
      }
      items={KINDS.map((kind) => ({ text: t.exports[kind], onSelect: () => start(kind) }))}
    />
  );
}
