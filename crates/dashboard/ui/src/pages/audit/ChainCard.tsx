import { useAuditVerification } from "../../api/audit";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Failure } from "../../components/States";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";

/** Whether anybody changed or deleted an entry: every seal is read when it is asked for. */
export function ChainCard({ company }: { company: number | undefined }) {
  const t = useText();
  const found = useAuditVerification(company);
  return (
    <Card title={t.audit.chain}>
      <div className="stack-s chain">
        <p className="soft small">{t.audit.chainWhy}</p>
        <p className="soft small">{t.audit.chainLimit}</p>
        <div>
          <Button icon="check" busy={found.isFetching} onClick={() => void found.refetch()}>
            {found.data ? t.audit.checkAgain : t.audit.check}
          </Button>
        </div>
        <div aria-live="polite">
          {found.isFetching ? (
            <Note icon="clock">{t.audit.checking}</Note>
          ) : found.isError ? (
            <Failure error={found.error} />
          ) : (
            found.data && <Finding found={found.data} at={found.dataUpdatedAt} />
          )}
        </div>
      </div>
    </Card>
  );
}

type Verification = NonNullable<ReturnType<typeof useAuditVerification>["data"]>;

function Finding({ found, at }: { found: Verification; at: number }) {
  const t = useText();
  const format = useFormat();
  const { whole, checked, first_bad_seq: bad, head } = found;
  const says = whole
    ? head === null
      ? t.audit.wholeEmpty
      : t.audit.wholeBody(format.number(checked), checked === 1)
    : bad === null
      ? t.audit.brokenEnd
      : t.audit.brokenBody(format.number(bad));
  return (
    <Note tone={whole ? "ok" : "bad"} icon={whole ? "check" : "alert"}>
      <p>
        <span className="finding">{whole ? t.audit.whole : t.audit.broken}.</span> {says}
      </p>
      {head && <p>{t.audit.head(format.number(head.seq), format.moment(head.at))}</p>}
      <p>{t.audit.checkedAt(format.time(new Date(at)))}</p>
    </Note>
  );
}
