import { useRef, useState } from "react";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Field } from "../../components/Field";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { isFarGoal, numberOf } from "./goals";

interface Props {
  goal: number;
  /** The followers now. */
  now: number;
  /** Nobody typed it yet. */
  isProposed: boolean;
  onTake: (goal: number) => void;
  /** Told whether there is a goal to answer. */
  onSound: (isSound: boolean) => void;
}

/** The goal as it is typed. One that is far off is asked about before it is taken. */
export function GoalField({ goal, now, isProposed, onTake, onSound }: Props) {
  const t = useText();
  const f = useFormat();
  const [typed, setTyped] = useState<string | null>(null);
  const [doubted, setDoubted] = useState<number | null>(null);
  const isEntered = useRef(false);
  const number = typed === null ? goal : numberOf(typed);
  const isValid = isValidGoal(number);
  const write = (text: string | null) => {
    setTyped(text);
    setDoubted(null);
    onSound(text === null || isValidGoal(numberOf(text)));
  };
  const settle = (next: number) => {
    write(null);
    if (next !== goal || isProposed) onTake(next);
  };
  const take = () => {
    if (typed === null || typed.trim() === "" || !isValid) return;
    if (!isFarGoal(number, now) || number === goal) return settle(number);
    setDoubted(number);
    onSound(false);
  };
  return (
    <div className="goal-field stack-s">
      <Field
        label={t.account.goalField}
        inputMode="numeric"
        autoComplete="off"
        unit={t.account.followersUnit}
        value={typed ?? f.number(goal)}
        onChange={write}
        onFocus={(event) => {
          isEntered.current = true;
          event.target.select();
        }}
        onMouseUp={(event) => {
          // The click that enters the field would put the caret among the digits.
          if (isEntered.current) event.preventDefault();
          isEntered.current = false;
        }}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
        hint={isProposed ? t.account.goalProposed : t.account.goalInLink}
        error={isValid ? undefined : t.account.goalInvalid}
      />
      {doubted !== null && (
        <Note tone="warn" icon="alert" role="alert">
          <p className="strong n">{t.account.goalFar(f.number(goal), f.number(doubted))}</p>
          <p className="small">{t.account.goalFarWhy(f.number(now))}</p>
          <div className="row-tight">
            <Button small onClick={() => settle(goal)}>
              {f.number(goal)}
            </Button>
            <Button small onClick={() => settle(doubted)}>
              {f.number(doubted)}
            </Button>
          </div>
        </Note>
      )}
    </div>
  );
}

const isValidGoal = (number: number): boolean => Number.isInteger(number) && number > 0 && number <= 1e12;
