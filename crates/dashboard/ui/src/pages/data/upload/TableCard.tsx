import type { Trial } from "../../../api/observations";
import { Badge } from "../../../components/Badge";
import { Icon } from "../../../components/Icon";
import { dayIn } from "../../../format/dates";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { Count } from "./Count";
import type { Source } from "./source";
import { TableOptions } from "./TableOptions";

interface Props {
  source: Source;
  trial: Trial;
  onSource: (source: Source) => void;
}

/** The table as it was understood, and what would become of its rows. */
export function TableCard({ source, trial, onSource }: Props) {
  const t = useText().data;
  const format = useFormat();
  const day = (moment: string) => format.day(dayIn(new Date(moment), format.zone));
  const span = trial.from && trial.until ? t.trial.span(day(trial.from), day(trial.until)) : null;
  return (
    <section className="card" aria-label={source.name ?? t.file.pasteName}>
      <div className="card-head">
        <Icon name="file" />
        <h2 className="grow">{source.name ?? t.file.pasteName}</h2>
        <p className="n">{[t.trial.rows(trial.rows, format.number(trial.rows)), span].filter(Boolean).join(" · ")}</p>
      </div>
      <div className="card-body stack">
        {source.mends > 0 && (
          <p className="small soft" role="status">
            {t.trial.mends(source.mends, format.number(source.mends))}
          </p>
        )}
        <Columns trial={trial} />
        <TableOptions
          source={source}
          onSource={onSource}
          isOrderOpen={trial.errors.some(({ code }) => code === "ambiguous_date")}
        />
      </div>
      <Counts trial={trial} />
    </section>
  );
}

function Columns({ trial }: { trial: Trial }) {
  const t = useText().data.trial;
  const formats: Record<string, string> = t.formats;
  const formatOf = (header: string, field: string) => {
    const names = [header.toLowerCase(), field];
    const found = trial.formats.find(({ column }) => names.includes(column.toLowerCase()))?.format;
    return found && (formats[found] ?? found);
  };
  if (trial.mapping.length === 0) return null;
  return (
    <ul className="row columns" aria-label={t.columns}>
      {trial.mapping.map(({ header, field }, at) => (
        <li key={at} className="row-tight">
          <code className="anywhere">{header || "–"}</code>
          <Icon name="right" small />
          {field ? (
            <>
              <Badge tone="ok" icon="check">
                {t.fields[field]}
              </Badge>
              <span className="muted xs">{formatOf(header, field)}</span>
            </>
          ) : (
            <Badge icon="x">{t.unused}</Badge>
          )}
        </li>
      ))}
    </ul>
  );
}

function Counts({ trial }: { trial: Trial }) {
  const t = useText().data.trial;
  const format = useFormat();
  const added = trial.preview.filter((day) => day.outcome === "new");
  const [first, last] = [added[0], added.at(-1)];
  const largest = trial.largest_change === null ? t.sameFollowers : t.largest(format.signed(trial.largest_change));
  return (
    <dl className="counts">
      <Count
        icon="check"
        name={t.added}
        value={trial.would_insert}
        note={first && last ? t.newDays(format.shortDay(first.fecha), format.shortDay(last.fecha)) : ""}
      />
      <Count icon="train" name={t.changed} value={trial.would_update} note={trial.would_update > 0 ? largest : ""} />
      <Count icon="equal" name={t.unchanged} value={trial.unchanged} note={t.untouched} />
      <Count
        icon="alert"
        name={t.skipped}
        value={trial.skipped}
        note={trial.skipped > 0 ? t.notStored : t.nothingWrong}
        isBad={trial.skipped > 0}
      />
    </dl>
  );
}
