import { useReadings, type Reading } from "../../../api/observations";
import { Note } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { Card } from "../../../components/Card";
import { Empty, Loaded, Skeleton } from "../../../components/States";
import { useUrlState } from "../../../components/useUrlState";
import { placeOf, type Day } from "../../../format/dates";
import { monthName } from "../../../format/typedDay";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { firstOf, isDayOf, isMonth, lastOf, type Month } from "./period";
import { PeriodChoice } from "./PeriodChoice";
import { ReadingsTable } from "./ReadingsTable";

interface Props {
  handle: string;
  first: Month;
  last: Month;
  lastDay: Day;
  onEdit: (reading: Reading) => void;
  onRemove: ((reading: Reading) => void) | null;
}

/** One month of readings, or one day of it. Both are in the address. */
export function ReadingsCard({ handle, first, last, lastDay, onEdit, onRemove }: Props) {
  const t = useText().data.list;
  const format = useFormat();
  const [wanted, setMonth] = useUrlState<string>("month", last);
  const [chosen, setDay] = useUrlState<string>("day", "");
  const month = isMonth(wanted) ? wanted : last;
  const day = isDayOf(chosen, month) ? chosen : "";
  const span = { from: day || firstOf(month), to: day || lastOf(month) };
  const readings = useReadings(handle, span);
  const period = day ? format.day(day) : monthName(format.language, month);
  return (
    <Card
      title={period}
      note={t.zone(placeOf(format.zone))}
      actions={<PeriodChoice first={first} last={last} month={month} day={day} onMonth={setMonth} onDay={setDay} />}
      flush
    >
      <div className={readings.isPlaceholderData ? "is-stale" : ""} aria-busy={readings.isPlaceholderData}>
        <Loaded query={readings} skeleton={<Skeleton className="skel-page" />}>
          {({ readings: rows, isCut }) =>
            rows.length === 0 ? (
              <Empty title={t.noneInMonth(period)}>
                <p>{t.noneInMonthNext(format.day(lastDay))}</p>
                <Button small onClick={() => setMonth(last)}>
                  {t.newest}
                </Button>
              </Empty>
            ) : (
              <>
                {isCut && (
                  <div className="card-body">
                    <Note tone="warn">{t.cut(format.number(rows.length))}</Note>
                  </div>
                )}
                <ReadingsTable
                  key={`${span.from} ${span.to}`}
                  rows={rows}
                  label={period}
                  onEdit={onEdit}
                  onRemove={onRemove}
                />
              </>
            )
          }
        </Loaded>
      </div>
    </Card>
  );
}
