import type { useViews, View } from "../../../api/views";
import { Icon, type IconName } from "../../../components/Icon";
import { Menu, type MenuGroup } from "../../../components/Menu";
import { useText } from "../../../i18n/text";
import type { GridAddress } from "../useGridAddress";
import type { ViewActions } from "./useViewActions";

export type ViewDialog = "new" | "edit" | "delete";

interface Props {
  views: ReturnType<typeof useViews>;
  address: GridAddress;
  actions: ViewActions;
  onDialog: (dialog: ViewDialog) => void;
}

/** The views of a table to choose from, and what can be done with the one that was chosen. */
export function ViewsMenu({ views, address, actions, onDialog }: Props) {
  const t = useText();
  const { chosen, isChanged, mayChange, mayShare } = actions;
  const choice = (view: View) => ({
    text: (
      <>
        <bdi className="view-name">{view.name}</bdi>
        {view.own && view.shared && <span className="view-mark muted small">{t.views.sharedMark}</span>}
      </>
    ),
    choice: { of: "one", isOn: view.id === chosen?.id } as const,
    onSelect: () => actions.open(view),
  });
  const all = [...(views.data ?? [])].sort((one, other) => one.name.localeCompare(other.name));
  const own = all.filter((view) => view.own).map(choice);
  const shared = all.filter((view) => !view.own).map(choice);
  const act = (icon: IconName, text: string, onSelect: () => void) => ({
    text: <Act icon={icon} text={text} />,
    onSelect,
  });
  const acts = [
    act("plus", t.views.saveAs, () => onDialog("new")),
    ...(isChanged && mayChange ? [act("check", t.views.saveChanges, actions.saveChanges)] : []),
    ...(isChanged && chosen ? [act("history", t.views.restore, () => actions.open(chosen))] : []),
    ...(mayChange ? [act("edit", mayShare ? t.views.editShared : t.views.edit, () => onDialog("edit"))] : []),
    ...(mayChange ? [act("trash", t.views.remove, () => onDialog("delete"))] : []),
  ];
  const everything = {
    text: t.views.all,
    choice: { of: "one", isOn: address.view === null } as const,
    onSelect: () => address.open(new URLSearchParams()),
  };
  const failed = { text: <Act icon="alert" text={t.views.failed} />, onSelect: () => void views.refetch() };
  const groups: MenuGroup[] = [
    { items: views.isError ? [everything, failed] : [everything] },
    ...(own.length > 0 ? [{ label: t.views.own, items: own }] : []),
    ...(shared.length > 0 ? [{ label: t.views.shared, items: shared }] : []),
    { items: acts },
  ];
  return (
    <Menu
      isAtStart
      className={chosen ? "btn view-chosen" : "btn"}
      button={
        <>
          <Icon name="bookmark" />
          {chosen && <span className="sr">{t.views.menu}:</span>}
          <bdi className="view-name">{chosen?.name ?? t.views.menu}</bdi>
          <Icon name="down" small />
        </>
      }
      groups={groups}
    />
  );
}

function Act({ icon, text }: { icon: IconName; text: string }) {
  return (
    <>
      <Icon name={icon} />
      {text}
    </>
  );
}
