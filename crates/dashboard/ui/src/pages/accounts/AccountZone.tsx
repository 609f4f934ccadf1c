import type { ReactNode } from "react";
import { useAccount } from "../../api/accounts";
import { Failure, Skeleton } from "../../components/States";
import { AccountZoneContext, useZone } from "../../session/zone";

interface Props {
  handle: string;
  /** The top of the screen, which needs no days. */
  head: ReactNode;
  children: ReactNode;
}

/** Shows what is about an account once it is known where its days end: days of another zone would be wrong ones. */
export function AccountZone({ handle, head, children }: Props) {
  const company = useZone();
  const read = useAccount(handle);
  if (read.data) {
    const zone = read.data.account.zona_horaria ?? company;
    return <AccountZoneContext value={zone}>{children}</AccountZoneContext>;
  }
  return (
    <>
      {head}
      {read.isError ? (
        <div className="card">
          <Failure error={read.error} onRetry={() => void read.refetch()} />
        </div>
      ) : (
        <Skeleton className="skel-page" />
      )}
    </>
  );
}
