import { useState } from "react";
import { useFeatures, type ModelInfo } from "../../api/models";
import { Card } from "../../components/Card";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import type { Format } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Bar } from "./Bar";
import { inputName, isYesNo } from "./inputWords";

const MAIN = 10;

/** What the models look at, and how much each thing matters. */
export function Inputs({ info }: { info: ModelInfo }) {
  const t = useText();
  const format = useFormat();
  const features = useFeatures(info.account_name);
  const unit = info.grid === "daily" ? t.model.day : t.model.hour;
  const [isWhole, setWhole] = useState(false);
  return (
    <Card title={t.model.inputs} note={t.model.inputsNote(unit.one)} flush>
      <Loaded query={features} skeleton={<Skeleton className="skel-page" />}>
        {({ features: all }) => {
          const most = Math.max(0, ...all.map((feature) => feature.importance));
          if (most === 0) return <Empty title={t.model.inputsNone} />;
          const shown = isWhole ? all : all.slice(0, MAIN);
          return (
            <>
              <table className="inputs">
                <thead>
                  <tr>
                    <th scope="col">{t.model.inputName}</th>
                    <th scope="col">{t.model.inputImportance}</th>
                    <th className="num hide-s" scope="col">
                      {t.model.inputValue}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {shown.map(({ name, importance, value }) => (
                    <tr key={name}>
                      <td>{inputName(name, t.model.inputWords, unit)}</td>
                      <td>
                        <span className="held">
                          <Bar share={importance / most} />
                          <span className="n">{format.number(importance, 2)}</span>
                        </span>
                      </td>
                      <td className="num hide-s">
                        {isYesNo(name) ? (value > 0.5 ? t.common.yes : t.common.no) : valueText(value, format)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <div className="card-body ruled row between">
                <span className="muted small">{t.model.inputsUnimportant}</span>
                {all.length > MAIN && (
                  <button type="button" className="link" onClick={() => setWhole(!isWhole)}>
                    {isWhole ? t.model.inputsFew : t.model.inputsAll(format.number(all.length))}
                  </button>
                )}
              </div>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

const valueText = (value: number, format: Format): string => format.number(value, Number.isInteger(value) ? 0 : 2);
