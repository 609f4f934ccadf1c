import { Badge } from "../../components/Badge";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Residuals } from "./residuals";

/** The chart's twin: the same days in numbers, newest first. */
export function ResidualTable({ data }: { data: Residuals }) {
  const { model } = useText();
  const format = useFormat();
  return (
    <div className="residual-scroll" tabIndex={0} role="region" aria-label={model.backtest}>
      <table>
        <thead>
          <tr>
            <th scope="col">{model.day.one}</th>
            <th className="num" scope="col">
              {model.came}
            </th>
            <th className="num" scope="col">
              {model.expected}
            </th>
            <th className="num" scope="col">
              {model.difference}
            </th>
            <th className="num" scope="col">
              {model.band80}
            </th>
            <th scope="col" aria-label={model.outsidePoint} />
          </tr>
        </thead>
        <tbody>
          {data.days.toReversed().map(({ fecha, difference, isInside, past }) => (
            <tr key={fecha}>
              <td className="nowrap">{format.weekDay(fecha)}</td>
              <td className="num strong">{format.number(past.actual)}</td>
              <td className="num">{format.number(past.prediction)}</td>
              <td className="num">{format.signed(difference)}</td>
              <td className="num nowrap">
                {format.number(past.lower)} – {format.number(past.upper)}
              </td>
              <td>
                {!isInside && (
                  <Badge tone="bad" icon="alert">
                    {model.outsidePoint}
                  </Badge>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
