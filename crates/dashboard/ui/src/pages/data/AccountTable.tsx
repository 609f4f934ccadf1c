import { useState } from "react";
import { Link, useLocation } from "wouter";
import { COUNTED_DAYS } from "../../api/limits";
import { lastDataDay, type OverviewRow } from "../../api/overview";
import { Badge, Note } from "../../components/Badge";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { leaveDraft } from "../../session/drafts";
import { accountPath } from "../../shell/navigation";
import { useDrop, useNoStrayDrop } from "./upload/DropZone";
import { sourceKey, sourceOfFile } from "./upload/source";

/** One row an account; a file that is dropped on it goes straight to the review of that account. */
export function AccountTable({ rows }: { rows: readonly OverviewRow[] }) {
  const t = useText();
  const format = useFormat();
  const [, go] = useLocation();
  const [problem, setProblem] = useState<string | null>(null);
  useNoStrayDrop();
  const take = async (handle: string, files: readonly File[]) => {
    const [file] = files;
    if (!file) return;
    if (files.length > 1) return setProblem(t.data.accounts.oneFile);
    const read = await sourceOfFile(file);
    if (typeof read === "string") {
      const size = format.bytes(file.size);
      return setProblem(read === "tooLarge" ? t.data.file.tooLarge(size) : t.data.file[read]);
    }
    leaveDraft(sourceKey(handle), read);
    go(`${accountPath(handle, "data")}?step=review`);
  };
  return (
    <>
      {problem && (
        <div className="card-body">
          <Note tone="bad" icon="alert" role="alert">
            {problem}
          </Note>
        </div>
      )}
      <div className="table-wrap pad-top">
        <table className="data-accounts">
          <thead>
            <tr>
              <th scope="col">{t.data.accounts.account}</th>
              <th scope="col" className="num hide-s">
                {t.data.accounts.followers}
              </th>
              <th scope="col" className="num hide-s">
                {t.data.accounts.days}
              </th>
              <th scope="col" className="hide-s">
                {t.data.accounts.until}
              </th>
              <th scope="col">
                <span className="sr">{t.data.accounts.open}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((account) => (
              <Row key={account.cuenta} account={account} onFiles={(files) => void take(account.cuenta, files)} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ account, onFiles }: { account: OverviewRow; onFiles: (files: readonly File[]) => void }) {
  const t = useText().data.accounts;
  const format = useFormat();
  const { isOver, ...drop } = useDrop(onFiles);
  const path = accountPath(account.cuenta, "data");
  return (
    <tr className={isOver ? "over-it" : ""} {...drop}>
      <td>
        <Link className="strong anywhere" href={path}>
          <bdi>{account.cuenta}</bdi>
        </Link>
        {account.nombre !== account.cuenta && (
          <span className="sub-line">
            <bdi>{account.nombre}</bdi>
          </span>
        )}
        <span className="only-s small">
          <Age account={account} />
        </span>
      </td>
      <td className="num hide-s">{format.number(account.seguidores)}</td>
      <td className="num hide-s">
        {account.observations_days === COUNTED_DAYS
          ? t.daysAtLeast(format.number(COUNTED_DAYS))
          : format.number(account.observations_days)}
        {account.days_needed !== null && account.days_needed > 0 && (
          <span className="sub-line">{t.daysNeeded(account.days_needed)}</span>
        )}
      </td>
      <td className="hide-s">
        <Age account={account} />
      </td>
      <td className="num">
        <Link className="btn btn-s" href={path} aria-label={`${t.open}: ${account.cuenta}`}>
          {t.open}
        </Link>
      </td>
    </tr>
  );
}

function Age({ account }: { account: OverviewRow }) {
  const t = useText().data.accounts;
  const format = useFormat();
  if (account.data_until === null) return <Badge icon="data">{t.noData}</Badge>;
  const ago = format.ago(account.data_until);
  const isLate = account.attention.some(({ code }) => code === "DATA_STALE");
  const last = format.day(lastDataDay(account, account.data_until, format.zone));
  if (!isLate) return <span title={last}>{ago}</span>;
  return (
    <Badge tone="warn" icon="clock" title={last}>
      {t.stale(ago)}
    </Badge>
  );
}
