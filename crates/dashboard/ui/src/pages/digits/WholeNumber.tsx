import type { DigitsRead } from "../../api/digits";
import { rowsOf } from "./rows";
import type { Chosen } from "./useChosen";

/** The whole number, large; a row of the picture in a line each, doubtful digits marked. */
export function WholeNumber({ answer, chosen }: { answer: DigitsRead; chosen: Chosen }) {
  return (
    <p className="dg-number n" onPointerLeave={() => chosen.hover(null)}>
      {rowsOf(answer).map((row) => (
        <span key={row[0]} className="dg-row">
          {row.map((at) => {
            const digit = answer.digitos[at];
            const classes = [digit?.revisar && "dg-doubt", chosen.at === at && "dg-chosen"].filter(Boolean).join(" ");
            return (
              <span
                key={at}
                className={classes || undefined}
                onPointerEnter={(event) => event.pointerType !== "touch" && chosen.hover(at)}
              >
                {digit?.digito}
              </span>
            );
          })}
        </span>
      ))}
    </p>
  );
}
