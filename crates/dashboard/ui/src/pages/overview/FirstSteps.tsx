import { useId, type ReactNode } from "react";
import { Link } from "wouter";
import type { OverviewRow } from "../../api/overview";
import { Problem } from "../../api/problem";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { accountPath } from "../../shell/navigation";
import { HandleField, PlatformField } from "../accounts/AccountForm";
import { useAddAccount } from "../accounts/NewAccount";
import type { Step } from "./firstStep";
import { Ghost } from "./Ghost";
import "../../styles/screen-empty.css";

const STEPS: readonly Step[] = ["account", "history", "model"];

/** A bank without a forecast: the way to its first chart, of which one step is next. */
export function FirstSteps({ step, row }: { step: Step; row: OverviewRow | undefined }) {
  const t = useText();
  const who = useWho();
  const texts: Record<Step, { title: string; done: string }> = {
    account: { title: t.firstSteps.one, done: t.firstSteps.oneDone(row?.cuenta ?? "") },
    history: { title: t.firstSteps.two, done: t.firstSteps.twoDone },
    model: { title: t.firstSteps.three, done: "" },
  };
  const next = STEPS.indexOf(step);
  return (
    <>
      <header className="empty-head stack-s">
        <h1>{t.firstSteps.title}</h1>
        <p className="soft empty-lead">{t.firstSteps.lead(who.empresa_nombre ?? "")}</p>
      </header>
      <ol className="three">
        {STEPS.map((name, at) => (
          <li key={name} className="card stepcard" aria-current={at === next ? "step" : undefined}>
            <span className="card-no">{at < next ? <Icon name="check" small /> : at + 1}</span>
            <h2>{texts[name].title}</h2>
            {at < next ? (
              <p className="soft">{texts[name].done}</p>
            ) : (
              <StepBody step={name} isNext={at === next} row={row} />
            )}
          </li>
        ))}
      </ol>
      <Ghost />
    </>
  );
}

function StepBody({ step, isNext, row }: { step: Step; isNext: boolean; row: OverviewRow | undefined }) {
  const t = useText();
  const { rol } = useWho();
  if (step === "account") return may(rol, "manage") ? <AddAccount /> : <Ask>{t.firstSteps.oneAsk}</Ask>;
  const isHistory = step === "history";
  if (!may(rol, isHistory ? "write-data" : "manage")) {
    return <Ask>{isHistory ? t.firstSteps.twoAsk : t.firstSteps.threeAsk}</Ask>;
  }
  const isShort = !isHistory && isNext && row?.days_needed;
  const note = isHistory ? t.firstSteps.twoNote : t.firstSteps.threeNote;
  const action = isHistory || isShort ? t.firstSteps.upload : t.firstSteps.train;
  const screen = isHistory || isShort ? "data" : "model";
  return (
    <>
      <p className="soft">{isShort ? t.firstSteps.twoShort(isShort) : note}</p>
      {isNext && row ? (
        <Link className="btn btn-primary" href={accountPath(row.cuenta, screen)}>
          {action}
        </Link>
      ) : (
        <Button disabled>{action}</Button>
      )}
    </>
  );
}

function Ask({ children }: { children: ReactNode }) {
  return <p className="soft">{children}</p>;
}

function AddAccount() {
  const t = useText();
  const id = useId();
  const form = useAddAccount(() => undefined);
  const problem = form.error instanceof Problem ? form.error : null;
  const about = problem?.about("cuenta") ?? problem?.about("nombre");
  return (
    <>
      <form
        id={id}
        className="stack-s"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          form.add();
        }}
      >
        {form.error !== null && !about && (
          <Note tone="bad" icon="alert" role="alert">
            {problem ? problem.message : t.shell.lost}
          </Note>
        )}
        <HandleField
          value={form.fields.cuenta}
          onChange={(cuenta) => form.setFields({ ...form.fields, cuenta })}
          error={about}
        />
        <PlatformField
          value={form.fields.plataforma}
          onChange={(plataforma) => form.setFields({ ...form.fields, plataforma })}
          error={problem?.about("plataforma")}
        />
      </form>
      <Button look="primary" type="submit" form={id} busy={form.isBusy} disabled={!form.canAdd}>
        {t.accounts.add}
      </Button>
    </>
  );
}
