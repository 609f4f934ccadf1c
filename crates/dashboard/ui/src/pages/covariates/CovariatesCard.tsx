import { useState } from "react";
import { Link } from "wouter";
import { useCovariates, useSetCovariates, type Covariate, type CovariateRequest } from "../../api/covariates";
import { Problem } from "../../api/problem";
import { useTables, type Table } from "../../api/tables";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { useToast } from "../../components/Toast";
import { useText } from "../../i18n/text";
import { CovariateDialog } from "./CovariateDialog";
import { dayFields, MOST_COVARIATES, requestAgain } from "./covariateDraft";
import { covariateName } from "./covariateName";

/** Which tables trainings look at; an administrator chooses. */
export function CovariatesCard() {
  const t = useText();
  const covariates = useCovariates();
  const tables = useTables();
  return (
    <Card title={t.covariates.title} note={t.covariates.note} flush>
      <Loaded query={covariates} skeleton={<Skeleton className="skel-block" />}>
        {(set) => (
          <Loaded query={tables} skeleton={<Skeleton className="skel-block" />}>
            {(all) => <Chosen covariates={set} tables={all} />}
          </Loaded>
        )}
      </Loaded>
    </Card>
  );
}

function Chosen({ covariates, tables }: { covariates: readonly Covariate[]; tables: readonly Table[] }) {
  const t = useText();
  const toast = useToast();
  const save = useSetCovariates();
  /** The place of the one that is written; that after the last for a new one, null for none. */
  const [place, setPlace] = useState<number | null>(null);
  const dated = tables.filter((table) => dayFields(table).length > 0);
  const put = (list: CovariateRequest[], then: () => void) =>
    save.mutate(list, {
      onSuccess: () => {
        toast("ok", t.covariates.saved);
        then();
      },
    });
  const open = (at: number) => {
    save.reset();
    setPlace(at);
  };
  const add = (
    <Button icon="plus" onClick={() => open(covariates.length)}>
      {t.covariates.add}
    </Button>
  );
  return (
    <>
      {covariates.length > 0 ? (
        <>
          <ul className="covariates">
            {covariates.map((covariate, at) => (
              <CovariateLine
                key={covariate.name}
                covariate={covariate}
                tables={tables}
                isBusy={save.isPending}
                onEdit={() => open(at)}
                onRemove={() => put(covariates.filter((one) => one !== covariate).map(requestAgain), () => undefined)}
              />
            ))}
          </ul>
          {covariates.length < MOST_COVARIATES && <div className="card-body ruled">{add}</div>}
        </>
      ) : (
        <Empty title={t.covariates.none}>
          <p>{dated.length > 0 ? t.covariates.noneNext : t.covariates.noTables}</p>
          {dated.length > 0 ? add : <Link href="/tables">{t.covariates.toTables}</Link>}
        </Empty>
      )}
      {place === null && save.isError && (
        <div className="card-body">
          <Note tone="bad" icon="alert" role="alert">
            {save.error instanceof Problem ? save.error.message : t.shell.lost}
          </Note>
        </div>
      )}
      {place !== null && (
        <CovariateDialog
          covariate={covariates[place] ?? null}
          place={place}
          tables={dated}
          error={save.error}
          isBusy={save.isPending}
          onSave={(one) => {
            const list = covariates.map(requestAgain);
            list[place] = one;
            put(list, () => setPlace(null));
          }}
          onClose={() => setPlace(null)}
        />
      )}
    </>
  );
}

interface LineProps {
  covariate: Covariate;
  tables: readonly Table[];
  isBusy: boolean;
  onEdit: () => void;
  onRemove: () => void;
}

function CovariateLine({ covariate, tables, isBusy, onEdit, onRemove }: LineProps) {
  const t = useText();
  const words = t.covariates;
  const table = tables.find((one) => one.name === covariate.entity);
  const called = (field: string) => table?.fields.find((one) => one.name === field)?.display_name ?? field;
  const name = covariateName(covariate, tables, words.names);
  const about = [
    words.about.day(called(covariate.date_field)),
    ...(covariate.account_field ? [words.about.account(called(covariate.account_field))] : []),
    ...(covariate.known_since_field ? [words.about.knownSince(called(covariate.known_since_field))] : []),
  ];
  return (
    <li>
      <span className="grow">
        <bdi className="strong">{name}</bdi>
        <span className="sub-line wraps">{about.join(" · ")}</span>
      </span>
      <span className="row-tight">
        <Button small disabled={isBusy} aria-label={words.editOf(name)} onClick={onEdit}>
          {words.edit}
        </Button>
        <Button small look="quiet" disabled={isBusy} aria-label={words.removeOf(name)} onClick={onRemove}>
          {words.remove}
        </Button>
      </span>
    </li>
  );
}
