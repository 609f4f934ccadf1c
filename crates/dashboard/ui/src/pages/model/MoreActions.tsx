import { useState } from "react";
import { Icon } from "../../components/Icon";
import { Menu } from "../../components/Menu";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { DeleteModel } from "./DeleteModel";
import { TrainOptions } from "./TrainOptions";

/** What an administrator does now and then. */
export function MoreActions({ handle }: { handle: string }) {
  const t = useText();
  const { rol } = useWho();
  const [open, setOpen] = useState<"options" | "delete" | null>(null);
  if (!may(rol, "manage")) return null;
  const close = () => setOpen(null);
  return (
    <>
      <Menu
        className="btn btn-icon"
        button={
          <>
            <Icon name="dots" />
            <span className="sr">{t.model.moreActions}</span>
          </>
        }
        items={[
          { text: <MenuLine icon="flask" text={t.model.trainWith} />, onSelect: () => setOpen("options") },
          { text: <MenuLine icon="trash" text={t.model.delete} />, onSelect: () => setOpen("delete") },
        ]}
      />
      {open === "options" && <TrainOptions handle={handle} onClose={close} />}
      {open === "delete" && <DeleteModel handle={handle} onClose={close} />}
    </>
  );
}

function MenuLine({ icon, text }: { icon: "flask" | "trash"; text: string }) {
  return (
    <>
      <Icon name={icon} />
      {text}
    </>
  );
}
