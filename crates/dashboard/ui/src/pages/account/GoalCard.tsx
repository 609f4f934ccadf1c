import { useState } from "react";
import type { Goal } from "../../api/goal";
import { Note } from "../../components/Badge";
import { Card } from "../../components/Card";
import { DateField } from "../../components/DateField";
import { Loaded } from "../../components/States";
import { addDays, type Day } from "../../format/dates";
import { useFormat, type Format } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { GoalField } from "./GoalField";
import { Meter } from "./Meter";
import type { AccountGoal } from "./useAccountGoal";
import type { ChangeView } from "./view";

interface Props {
  state: AccountGoal;
  /** The followers now. */
  now: number;
  /** The last day that the chart shows. */
  chartUntil: Day | undefined;
  onChange: ChangeView;
}

/** When an account has so many followers, by the model's own sample paths. */
export function GoalCard({ state, now, chartUntil, onChange }: Props) {
  const t = useText();
  const { goal, by, query } = state;
  const [isSound, setSound] = useState(true);
  if (goal === null || !by) return null;
  return (
    <Card title={t.account.goalTitle}>
      <div className="stack">
        <GoalField goal={goal} now={now} isProposed={state.isProposed} onTake={state.take} onSound={setSound} />
        {isSound && (
          <div className="goal-out">
            <Loaded query={query}>
              {(answer) => (
                <Answer answer={answer} by={by} chartUntil={chartUntil} reach={state.reach} onChange={onChange} />
              )}
            </Loaded>
          </div>
        )}
      </div>
    </Card>
  );
}

interface AnswerProps extends Pick<Props, "chartUntil" | "onChange"> {
  answer: Goal;
  by: Day;
  reach: (() => void) | null;
}

function Answer({ answer, by, chartUntil, reach, onChange }: AnswerProps) {
  const t = useText();
  const f = useFormat();
  if (answer.is_reached) {
    return (
      <Note icon="check" tone="ok">
        {t.account.goalReached(f.number(answer.last_value))}
      </Note>
    );
  }
  return (
    <>
      <Dates answer={answer} />
      {reach && chartUntil ? (
        <p className="small muted">
          {t.account.goalChartEnds(f.day(chartUntil))}{" "}
          <button className="link" type="button" onClick={reach}>
            {t.account.goalReach}
          </button>
        </p>
      ) : (
        answer.dates.p50 === null && <p className="small muted">{t.account.goalNotOnChart}</p>
      )}
      <Chance answer={answer} by={by} onChange={onChange} />
    </>
  );
}

function Dates({ answer: { dates, until } }: { answer: Goal }) {
  const t = useText();
  const f = useFormat();
  if (dates.p10 === null) return <p aria-live="polite">{t.account.goalBeyond(f.day(until))}</p>;
  const written = (date: string | null) => (date === null ? t.account.goalAfter(f.day(until)) : f.day(date));
  return (
    <>
      <div aria-live="polite">
        <p className="xs muted">{t.account.goalMiddle}</p>
        <p className="goal-main n">{written(dates.p50)}</p>
      </div>
      <dl className="dl">
        <dt>{t.account.goalEarliest(f.percent(80))}</dt>
        <dd>{written(dates.p10)}</dd>
        <dt>{t.account.goalLatest(f.percent(80))}</dt>
        <dd>{written(dates.p90)}</dd>
      </dl>
    </>
  );
}

function Chance({ answer, by, onChange }: { answer: Goal; by: Day; onChange: ChangeView }) {
  const t = useText();
  const f = useFormat();
  return (
    <div className="stack-s">
      <DateField
        label={t.account.goalChance}
        value={by}
        min={addDays(answer.last_date, 1)}
        max={answer.until}
        onChange={(day) => day && onChange({ by: day })}
      />
      {answer.by && (
        <>
          <div className="chance" aria-live="polite">
            <Meter share={answer.by.probability} className="bar-goal" />
            <span className="strong n">{chanceText(answer.by.probability, f, t.account)}</span>
          </div>
          <p className="small muted">
            {t.account.goalPace(f.signed(answer.by.pace_needed, 0), f.signed(answer.by.pace_expected, 0))}
          </p>
        </>
      )}
    </div>
  );
}

interface ChanceWords {
  moreThan: (share: string) => string;
  lessThan: (share: string) => string;
}

/** A thousand paths do not tell a certainty from 99.9 %. */
function chanceText(chance: number, f: Format, words: ChanceWords): string {
  if (chance > 0.99) return words.moreThan(f.percent(99));
  if (chance < 0.01) return words.lessThan(f.percent(1));
  return f.share(chance);
}
