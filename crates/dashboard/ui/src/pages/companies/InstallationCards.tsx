import { Fragment } from "react";
import { useInstallation, type Installation } from "../../api/installation";
import { Note } from "../../components/Badge";
import { Card } from "../../components/Card";
import { Loaded, Skeleton } from "../../components/States";
import { span } from "../../format/span";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { Checks } from "./Checks";

/** How the installation is: what works, what runs, and what waits. */
export function InstallationCards() {
  const t = useText();
  const installation = useInstallation();
  if (installation.data === undefined)
    return (
      <Card title={t.installation.title} flush={installation.isError}>
        <Loaded query={installation} skeleton={<Skeleton className="skel-installation" />}>
          {() => null}
        </Loaded>
      </Card>
    );
  return (
    <div className="companies-side">
      <Checks health={installation.data.health} at={installation.dataUpdatedAt} />
      <Program installation={installation.data} />
      <Jobs jobs={installation.data.jobs} />
    </div>
  );
}

function Program({ installation }: { installation: Installation }) {
  const t = useText();
  const format = useFormat();
  const { version, environment, database, uptime, migrations } = installation;
  const pending = migrations.pending.length;
  return (
    <Card title={t.installation.program}>
      <dl className="fact-list">
        <dt>{t.installation.version}</dt>
        <dd className="n">{version}</dd>
        <dt>{t.installation.environment}</dt>
        <dd>{t.installation.environments[environment]}</dd>
        <dt>{t.installation.database}</dt>
        <dd>{t.installation.databases[database]}</dd>
        <dt>{t.installation.uptime}</dt>
        <dd>{span(format.language, uptime)}</dd>
        <dt>{t.installation.migrations}</dt>
        <dd>
          {pending === 0
            ? t.installation.upToDate(format.number(migrations.applied))
            : t.installation.pending(format.number(pending), pending === 1)}
        </dd>
      </dl>
      {migrations.unknown > 0 && (
        <Note tone="warn" icon="alert">
          {t.installation.newer(format.number(migrations.unknown), migrations.unknown === 1)}
        </Note>
      )}
      {pending > 0 && (
        <Note tone="warn" icon="alert">
          <p>{t.installation.pendingWhy}</p>
          <p className="xs breakable">{migrations.pending.join(", ")}</p>
        </Note>
      )}
    </Card>
  );
}

const JOB_STATES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;

function Jobs({ jobs }: { jobs: Installation["jobs"] }) {
  const t = useText();
  const format = useFormat();
  return (
    <Card title={t.installation.jobs} note={t.installation.jobsWhy}>
      <dl className="fact-list">
        {JOB_STATES.map((state) => (
          <Fragment key={state}>
            <dt>{t.installation.jobStates[state]}</dt>
            <dd className="n">{format.number(jobs[state])}</dd>
          </Fragment>
        ))}
      </dl>
    </Card>
  );
}
