import { useState } from "react";
import type { Reading } from "../../../api/observations";
import { Button, IconButton } from "../../../components/Button";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";

interface Props {
  /** In order of time; shown the other way round. */
  rows: readonly Reading[];
  label: string;
  onEdit: (reading: Reading) => void;
  onRemove: ((reading: Reading) => void) | null;
}

const FIRST_ROWS = 100;

export function ReadingsTable({ rows, label, onEdit, onRemove }: Props) {
  const t = useText();
  const format = useFormat();
  const [most, setMost] = useState(FIRST_ROWS);
  const shown = rows.slice(-most).reverse();
  return (
    <>
      <div className="table-wrap pad-top" tabIndex={0} role="group" aria-label={label}>
        <table className="readings">
          <thead>
            <tr>
              <th scope="col">{t.data.list.moment}</th>
              <th scope="col" className="num">
                {t.data.list.followers}
              </th>
              <th scope="col" className="num hide-s">
                {t.data.list.posts}
              </th>
              <th scope="col" className="num hide-s">
                {t.data.list.following}
              </th>
              <th scope="col">
                <span className="sr">{t.data.list.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((reading) => (
              <Row key={reading.hora} reading={reading} onEdit={onEdit} onRemove={onRemove} />
            ))}
          </tbody>
        </table>
      </div>
      <p className="card-body row between small muted">
        {t.data.list.count(rows.length, format.number(rows.length))}
        {rows.length > most && (
          <Button small onClick={() => setMost(most + 200)}>
            {t.common.more}
          </Button>
        )}
      </p>
    </>
  );
}

function Row({ reading, onEdit, onRemove }: { reading: Reading } & Pick<Props, "onEdit" | "onRemove">) {
  const t = useText().data.list;
  const format = useFormat();
  const moment = format.reading(reading.hora);
  const count = (value: number | null) =>
    value === null ? <span title={t.notGiven}>{format.number(value)}</span> : format.number(value);
  return (
    <tr>
      <td className="nowrap">
        <time dateTime={reading.hora}>{moment}</time>
      </td>
      <td className="num">{format.number(reading.seguidores)}</td>
      <td className="num hide-s">{count(reading.tweets)}</td>
      <td className="num hide-s">{count(reading.siguiendo)}</td>
      <td className="num nowrap">
        <IconButton small label={t.edit(moment)} icon="edit" onClick={() => onEdit(reading)} />
        {onRemove && <IconButton small label={t.remove(moment)} icon="trash" onClick={() => onRemove(reading)} />}
      </td>
    </tr>
  );
}
