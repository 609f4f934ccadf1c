import { useId, useState, type FormEvent } from "react";
import { Button } from "../../../components/Button";
import { Icon } from "../../../components/Icon";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { mended, type BadCell } from "./mend";
import type { Source } from "./source";

interface Props {
  cell: BadCell;
  /** What the column is called. */
  name: string;
  source: Source;
  onSource: (source: Source) => void;
}

/** What should stand in a cell. The table is mended in memory, and reviewed again. */
export function MendField({ cell, name, source, onSource }: Props) {
  const t = useText().data.errors;
  const format = useFormat();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [hasFailed, setFailed] = useState(false);
  const mend = async (event: FormEvent) => {
    event.preventDefault();
    const next = await mended(source, cell, typed.trim());
    setFailed(next === null);
    if (next) onSource(next);
  };
  return (
    <form className="mend" onSubmit={(event) => void mend(event)}>
      <label htmlFor={id} className="small">
        {t.right}
        <span className="sr">{t.rightOf(name, format.number(cell.line))}</span>
      </label>
      <input
        id={id}
        className="input input-s n"
        autoComplete="off"
        value={typed}
        aria-invalid={hasFailed || undefined}
        aria-describedby={hasFailed ? `${id}-error` : undefined}
        onChange={(event) => setTyped(event.target.value)}
      />
      <Button type="submit" small disabled={typed.trim() === ""}>
        {t.mend}
      </Button>
      {hasFailed && (
        <p className="err" id={`${id}-error`} role="alert">
          <Icon name="alert" small />
          <span>{t.notMended}</span>
        </p>
      )}
    </form>
  );
}
