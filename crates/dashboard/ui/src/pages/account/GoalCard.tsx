import { useState } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Goal } from "../../api/goal";
import { Note } from "../../components/Badge";
import { Card } from "../../components/Card";
import { DateField } from "../../components/DateField";
import { Field } from "../../components/Field";
import { Loaded } from "../../components/States";
import { addDays, type Day } from "../../format/dates";
import { useFormat, type Format } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Meter } from "./Meter";
import type { ChangeView } from "./view";

interface Props {
  goal: number;
  /** Nobody typed it yet. */
  isProposed: boolean;
  by: Day;
  query: UseQueryResult<Goal>;
  onChange: ChangeView;
}

/** When an account has so many followers, by the model's own sample paths. */
export function GoalCard({ goal, isProposed, by, query, onChange }: Props) {
  const t = useText();
  const f = useFormat();
  const [typed, setTyped] = useState<string | null>(null);
  const number = typed === null ? goal : Number(typed.replaceAll(/[\s,.\u00a0]/g, ""));
  const isValid = Number.isInteger(number) && number > 0 && number <= 1e12;
  const take = () => {
    if (typed === null || typed.trim() === "" || !isValid) return;
    setTyped(null);
    onChange({ goal: number });
  };
  return (
    <Card title={t.account.goalTitle}>
      <div className="stack">
        <div className="goal-field">
          <Field
            label={t.account.goalField}
            inputMode="numeric"
            autoComplete="off"
            unit={t.account.followersUnit}
            value={typed ?? f.number(goal)}
            onChange={setTyped}
            onBlur={take}
            onKeyDown={(event) => event.key === "Enter" && take()}
            hint={isProposed && typed === null ? t.account.goalProposed : undefined}
            error={isValid ? undefined : t.account.goalInvalid}
          />
        </div>
        {isValid && (
          <div className="goal-out">
            <Loaded query={query}>
              {(answer) => (
                <>
                  {answer.is_reached ? (
                    <Note icon="check" tone="ok">
                      {t.account.goalReached(f.number(answer.last_value))}
                    </Note>
                  ) : (
                    <Dates answer={answer} />
                  )}
                  {!answer.is_reached && <Chance answer={answer} by={by} onChange={onChange} />}
                </>
              )}
            </Loaded>
          </div>
        )}
      </div>
    </Card>
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
