import type { Grouping } from "../../api/recordGroups";
import type { Table } from "../../api/tables";
import { Icon } from "../../components/Icon";
import { Menu, type MenuGroup } from "../../components/Menu";
import { useText } from "../../i18n/text";
import { groupingsOf } from "./grouping";
import type { GridAddress } from "./useGridAddress";
import type { OpenGroups } from "./useOpenGroups";

interface Props {
  table: Table;
  address: GridAddress;
  open: OpenGroups;
}

/** By what the records are grouped. */
export function GroupMenu({ table, address, open }: Props) {
  const t = useText();
  const { grouping } = address;
  const chosen = table.fields.find(({ id }) => id === grouping?.field);
  const isChosen = (one: Grouping) => one.field === grouping?.field && one.by === grouping.by;
  const none = {
    text: t.grouping.none,
    choice: { of: "one", isOn: grouping === null } as const,
    onSelect: () => address.setGrouping(null),
  };
  const ways = table.fields.flatMap((field) =>
    groupingsOf(field).map((one) => ({
      text: (
        <>
          <bdi className="view-name">{field.display_name}</bdi>
          {one.by && <span className="view-mark muted small">{t.grouping.units[one.by]}</span>}
        </>
      ),
      choice: { of: "one", isOn: isChosen(one) } as const,
      onSelect: () => address.setGrouping(one),
    })),
  );
  const acts = [
    { text: t.grouping.openAll, onSelect: () => open.setAll(true) },
    { text: t.grouping.closeAll, onSelect: () => open.setAll(false) },
  ];
  const groups: MenuGroup[] = [
    ...(grouping ? [{ items: acts }] : []),
    { items: [none] },
    { label: t.grouping.by, items: ways },
  ];
  return (
    <Menu
      className={chosen ? "btn view-chosen" : "btn"}
      button={
        <>
          <Icon name="groups" />
          {chosen ? (
            <>
              <span className="sr">{t.grouping.by}:</span>
              <bdi className="view-name">{chosen.display_name}</bdi>
            </>
          ) : (
            t.grouping.action
          )}
        </>
      }
      groups={groups}
    />
  );
}
