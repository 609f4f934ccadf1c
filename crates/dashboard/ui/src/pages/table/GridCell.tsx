import type { ReactNode } from "react";
import type { TableField } from "../../api/tables";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import type { ChoiceColor } from "./choiceLooks";
import type { Unsaved } from "./useUnsaved";
import { isNumeric } from "./values";

interface Props {
  name: string;
  field: TableField;
  /** The stored value, as people read it; null while it is being read. */
  shown: string | null;
  /** The colour of a choice. */
  color: ChoiceColor | null;
  /** What was typed, as people read it. */
  typed: string;
  unsaved: Unsaved | undefined;
  /** Stands in the place of the value while that is being changed. */
  editor: ReactNode;
  isReachable: boolean;
  isSelected: boolean;
  isReadOnly: boolean;
}

export function GridCell(props: Props) {
  const { name, field, shown, color, typed, unsaved, editor, isReachable, isSelected, isReadOnly } = props;
  const t = useText();
  const refusal = unsaved?.refusal;
  const classes = [isNumeric(field) && "num n", refusal && "cell-refused", unsaved && !refusal && "cell-saving"];
  const text = unsaved ? typed : shown;
  return (
    <td
      className={`sheet-cell ${classes.filter(Boolean).join(" ")}`}
      data-cell={name}
      tabIndex={isReachable && !editor ? 0 : -1}
      aria-selected={isSelected || undefined}
      aria-readonly={isReadOnly || undefined}
      aria-invalid={refusal ? true : undefined}
      aria-describedby={refusal ? `why-${name}` : undefined}
      aria-busy={(unsaved && !refusal) || undefined}
      title={editor ? undefined : text || undefined}
    >
      {editor || (
        <span className={text === null ? "cell-unread" : "cell-text"}>
          {color && text ? <span className={`choice-chip choice-${color}`}>{text}</span> : text}
        </span>
      )}
      {refusal && (
        <span className="cell-refusal" id={`why-${name}`} role="alert">
          <Icon name="alert" small />
          <span>
            <span className="sr">{t.records.notSaved}: </span>
            {refusal}
          </span>
        </span>
      )}
    </td>
  );
}
