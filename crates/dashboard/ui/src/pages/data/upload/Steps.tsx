import { Icon } from "../../../components/Icon";
import { useText } from "../../../i18n/text";

export type Step = "file" | "review" | "done";
const ALL: readonly Step[] = ["file", "review", "done"];

export function Steps({ step }: { step: Step }) {
  const t = useText().data.steps;
  const here = ALL.indexOf(step);
  return (
    <ol className="steps" aria-label={t.label}>
      {ALL.map((one, at) => {
        const isDone = at < here || step === "done";
        return (
          <li key={one} className={isDone ? "done" : ""} aria-current={at === here ? "step" : undefined}>
            <span className="step-no">{isDone ? <Icon name="check" small /> : at + 1}</span>
            {t[one]}
            {isDone && <span className="sr">({t.isDone})</span>}
          </li>
        );
      })}
    </ol>
  );
}
