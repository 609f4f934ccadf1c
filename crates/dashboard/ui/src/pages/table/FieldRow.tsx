import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Table, TableField } from "../../api/tables";
import { Badge } from "../../components/Badge";
import { IconButton } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { EditField } from "./EditField";
import { RetypeField } from "./RetypeField";
import { RetypeProgress } from "./RetypeProgress";
import { useFieldFacts } from "./useFieldFacts";

interface Props {
  table: Table;
  field: TableField;
  /** The table that it points to; null where that was deleted. */
  target: string | null | undefined;
  isFirst: boolean;
  isLast: boolean;
  isBusy: boolean;
  onMove: (step: 1 | -1) => void;
  onDragStart: () => void;
  onDrop: () => void;
  onDelete: () => void;
}

export function FieldRow(props: Props) {
  const { table, field, target, isFirst, isLast, isBusy, onMove, onDragStart, onDrop, onDelete } = props;
  const t = useText();
  const [isNaming, setNaming] = useState(false);
  const renamer = useRef<HTMLButtonElement>(null);
  const [isRetyping, setRetyping] = useState(false);
  const [isOver, setOver] = useState(false);
  const name = field.display_name;
  const close = () => {
    // The button is there again before it gets the focus.
    flushSync(() => setNaming(false));
    renamer.current?.focus();
  };
  const facts = useFieldFacts(field, target);
  return (
    <li
      className={["field-row", isOver && "dragged-over", isNaming && "is-open"].filter(Boolean).join(" ")}
      draggable={!isNaming && !isRetyping && !isBusy}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        onDragStart();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onDrop();
      }}
    >
      <span className="field-grip" title={t.definition.drag} aria-hidden="true">
        <Icon name="equal" />
      </span>
      <div className="grow">
        {isNaming ? (
          <EditField
            table={table}
            field={field}
            onClose={close}
            onRetype={() => {
              close();
              setRetyping(true);
            }}
          />
        ) : (
          <p className="row">
            <span className="strong breakable">
              <bdi>{name}</bdi>
            </span>
            {field.is_required && <Badge>{t.definition.required}</Badge>}
            {field.unique && <Badge>{t.definition.unique}</Badge>}
          </p>
        )}
        {!isNaming && <p className="small muted breakable">{facts}</p>}
        <RetypeProgress field={field} />
      </div>
      <span className="row-tight field-tools">
        <IconButton
          small
          icon="up-arrow"
          label={t.definition.up(name)}
          aria-disabled={isFirst}
          onClick={() => onMove(-1)}
        />
        <IconButton
          small
          icon="down-arrow"
          label={t.definition.down(name)}
          aria-disabled={isLast}
          onClick={() => onMove(1)}
        />
        <IconButton ref={renamer} small icon="edit" label={t.definition.change(name)} onClick={() => setNaming(true)} />
        <IconButton small icon="trash" label={t.definition.remove(name)} onClick={onDelete} />
      </span>
      {isRetyping && <RetypeField table={table} field={field} onClose={() => setRetyping(false)} />}
    </li>
  );
}
