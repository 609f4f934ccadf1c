import { useState } from "react";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Side } from "./CompareVersions";
import { weightChanges } from "./weightChanges";

/** Shown at once. */
const FIRST = 8;

/** Which models came in, which went out, and how the weights of the others moved. */
export function ComparedWeights({ older, newer }: { older: Side; newer: Side }) {
  const t = useText();
  const format = useFormat();
  const [isWhole, setWhole] = useState(false);
  const all = weightChanges(older.info.members, newer.info.members);
  const shown = isWhole || all.length <= FIRST + 1 ? all : all.slice(0, FIRST);
  return (
    <section className="table-wrap weights-change">
      <h3>{t.model.weights}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.model.modelColumn}</th>
            <th className="num" scope="col">
              {format.number(older.info.model_version)}
            </th>
            <th className="num" scope="col">
              {format.number(newer.info.model_version)}
            </th>
            <th className="num" scope="col">
              {t.model.change}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ model_id, before, after }) => (
            <tr key={model_id}>
              <td>{t.modelNames[model_id]}</td>
              <td className="num">{format.share(before)}</td>
              <td className="num">{format.share(after)}</td>
              <td className="num muted nowrap">
                {before === null
                  ? t.model.entered
                  : after === null
                    ? t.model.left
                    : t.model.points(format.signed((after - before) * 100))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {shown.length < all.length && (
        <button type="button" className="link small" onClick={() => setWhole(true)}>
          {t.model.otherWeights(format.number(all.length - shown.length))}
        </button>
      )}
    </section>
  );
}
