import "../../styles/screen-audit.css";
import { useState } from "react";
import { useAudit, useAuditFile, type AuditEntry } from "../../api/audit";
import { Button } from "../../components/Button";
import { More } from "../../components/More";
import { Empty, Loaded, Skeleton } from "../../components/States";
import { saveFile } from "../../charts/save";
import { useToast } from "../../components/Toast";
import { usePageTitle } from "../../components/usePageTitle";
import { dayIn } from "../../format/dates";
import { useText } from "../../i18n/text";
import { useZone } from "../../session/zone";
import { AuditFiltersCard } from "./AuditFiltersCard";
import { AuditTable } from "./AuditTable";
import { ChainCard } from "./ChainCard";
import { EntryDialog } from "./EntryDialog";
import { useAuditFilters, type AuditFilters } from "./useAuditFilters";

/** Who did what, when and from where. */
export default function Audit() {
  const t = useText();
  const filters = useAuditFilters();
  usePageTitle(t.audit.title);
  return (
    <>
      <header className="page-head">
        <div className="grow">
          <h1>{t.audit.title}</h1>
          <p className="sub">{t.audit.lead}</p>
        </div>
        <FileButton filters={filters} />
      </header>
      <div className="audit-top">
        <AuditFiltersCard filters={filters} />
        <ChainCard company={filters.query.empresa_id} />
      </div>
      <Log filters={filters} />
    </>
  );
}

function Log({ filters }: { filters: AuditFilters }) {
  const t = useText();
  const log = useAudit(filters.query);
  const [open, setOpen] = useState<AuditEntry | null>(null);
  return (
    <section className="card" aria-label={t.audit.title} aria-busy={log.isPlaceholderData}>
      <Loaded query={log} skeleton={<Skeleton className="skel-audit" />}>
        {(data) => {
          const entries = data.pages.flatMap((page) => page.entries);
          if (entries.length === 0) return <Nothing isFiltered={filters.isUsed} />;
          return <AuditTable entries={entries} isAll={!log.hasNextPage} onOpen={setOpen} />;
        }}
      </Loaded>
      <More query={log} />
      {open && <EntryDialog entry={open} filters={filters} onClose={() => setOpen(null)} />}
    </section>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  const t = useText();
  if (!isFiltered) return <Empty title={t.audit.emptyLog} />;
  return <Empty title={t.audit.nothing}>{t.audit.nothingNext}</Empty>;
}

/** Everything that passes the filters, not the pages that are shown only. */
function FileButton({ filters }: { filters: AuditFilters }) {
  const t = useText();
  const zone = useZone();
  const toast = useToast();
  const file = useAuditFile();
  const save = () =>
    file.mutate(filters.query, {
      onSuccess: (content) => {
        saveFile(content, `${t.audit.csvName}-${dayIn(new Date(), zone)}.csv`);
        toast("ok", t.audit.csvDone);
      },
      onError: (error) => toast("bad", t.audit.csvFailed, error.message),
    });
  return (
    <Button icon="download" busy={file.isPending} onClick={save}>
      {t.audit.csv}
    </Button>
  );
}
