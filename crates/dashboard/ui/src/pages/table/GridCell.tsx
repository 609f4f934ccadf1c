import { useId } from "react";
import type { TableField } from "../../api/tables";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { CellEditor, type Leave } from "./CellEditor";
import type { Unsaved } from "./useCellSaves";
import type { Relations } from "./useRelations";
import { isNumeric } from "./values";

export interface Opened {
  text: string;
  isReplaced: boolean;
}

interface Props {
  name: string;
  field: TableField;
  relations: Relations;
  /** The stored value, as people read it. */
  shown: string;
  unsaved: Unsaved | undefined;
  /** Set while the cell is being changed. */
  opened: Opened | null;
  isReachable: boolean;
  isReadOnly: boolean;
  onFocus: () => void;
  onOpen: () => void;
  onDone: (text: string, leave: Leave) => void;
  onCancel: () => void;
}

export function GridCell(props: Props) {
  const { name, field, relations, shown, unsaved, opened, isReachable, isReadOnly, onFocus, onOpen } = props;
  const t = useText();
  const id = useId();
  const refusal = unsaved?.refusal;
  const classes = [isNumeric(field) && "num n", refusal && "cell-refused", unsaved && !refusal && "cell-saving"];
  return (
    <td
      className={`sheet-cell ${classes.filter(Boolean).join(" ")}`}
      data-cell={name}
      tabIndex={isReachable && !opened ? 0 : -1}
      aria-readonly={isReadOnly || undefined}
      aria-invalid={refusal ? true : undefined}
      aria-describedby={refusal ? id : undefined}
      aria-busy={(unsaved && !refusal) || undefined}
      title={opened ? undefined : (unsaved?.text ?? shown) || undefined}
      onFocus={(event) => event.target === event.currentTarget && onFocus()}
      onDoubleClick={onOpen}
    >
      {opened ? (
        <CellEditor
          field={field}
          relations={relations}
          initial={opened.text}
          isReplaced={opened.isReplaced}
          onDone={props.onDone}
          onCancel={props.onCancel}
        />
      ) : (
        <span className="cell-text">{unsaved ? unsaved.text : shown}</span>
      )}
      {refusal && (
        <span className="cell-refusal" id={id} role="alert">
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
