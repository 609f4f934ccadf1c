import { useState } from "react";
import { useReach, type Reading } from "../../../api/observations";
import { Button } from "../../../components/Button";
import { Empty, Failure, Skeleton } from "../../../components/States";
import { dayIn } from "../../../format/dates";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { may } from "../../../session/rights";
import { useWho } from "../../../session/useSession";
import { Head } from "../Head";
import { DownloadDialog } from "./DownloadDialog";
import { monthOf } from "./period";
import { ReadingDialog } from "./ReadingDialog";
import { ReadingsCard } from "./ReadingsCard";
import { RemoveOne } from "./RemoveOne";
import { RemoveRange } from "./RemoveRange";

/** What is open over the list. */
type Open =
  | { is: "nothing" }
  | { is: "add" }
  | { is: "edit"; reading: Reading }
  | { is: "remove"; reading: Reading }
  | { is: "remove-range" }
  | { is: "download" };

/** The stored readings of an account, a month at a time, newest first. */
export function Readings({ handle }: { handle: string }) {
  const t = useText().data.list;
  const canRemove = may(useWho().rol, "manage");
  const [open, setOpen] = useState<Open>({ is: "nothing" });
  const close = () => setOpen({ is: "nothing" });
  return (
    <>
      <Head handle={handle} view="readings">
        <div className="row">
          <Button icon="plus" onClick={() => setOpen({ is: "add" })}>
            {t.add}
          </Button>
          <Button icon="download" onClick={() => setOpen({ is: "download" })}>
            {t.download}
          </Button>
          {canRemove && (
            <Button icon="trash" onClick={() => setOpen({ is: "remove-range" })}>
              {t.removeRange}
            </Button>
          )}
        </div>
      </Head>
      <Months
        handle={handle}
        onEdit={(reading) => setOpen({ is: "edit", reading })}
        onRemove={canRemove ? (reading) => setOpen({ is: "remove", reading }) : null}
      />
      {open.is === "add" && <ReadingDialog handle={handle} reading={null} onClose={close} />}
      {open.is === "edit" && <ReadingDialog handle={handle} reading={open.reading} onClose={close} />}
      {open.is === "remove" && <RemoveOne handle={handle} reading={open.reading} onClose={close} />}
      {open.is === "remove-range" && <RemoveRange handle={handle} onClose={close} />}
      {open.is === "download" && <DownloadDialog handle={handle} onClose={close} />}
    </>
  );
}

interface MonthsProps {
  handle: string;
  onEdit: (reading: Reading) => void;
  /** Null for who may not delete. */
  onRemove: ((reading: Reading) => void) | null;
}

function Months({ handle, onEdit, onRemove }: MonthsProps) {
  const t = useText().data.list;
  const { zone } = useFormat();
  const { first, last } = useReach(handle, zone);
  const failed = [first, last].find((query) => query.isError && query.data === undefined);
  if (failed) return <Failure error={failed.error} onRetry={() => void failed.refetch()} />;
  if (first.data === undefined || last.data === undefined) return <Skeleton className="skel-page" />;
  if (first.data === null) {
    return (
      <section className="card">
        <Empty title={t.none}>
          <p>{t.noneNext}</p>
        </Empty>
      </section>
    );
  }
  const dayOf = (moment: string) => (moment.length > 10 ? dayIn(new Date(moment), zone) : moment);
  const lastDay = dayOf(last.data.data_until ?? first.data.hora);
  return (
    <ReadingsCard
      handle={handle}
      first={monthOf(dayOf(first.data.hora))}
      last={monthOf(lastDay)}
      lastDay={lastDay}
      onEdit={onEdit}
      onRemove={onRemove}
    />
  );
}
