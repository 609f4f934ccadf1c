import type { ReactNode } from "react";
import { useAccount } from "../../api/accounts";
import { Loaded, Skeleton } from "../../components/States";
import { AccountZoneContext, useZone } from "../../session/zone";

/** Shows what is about an account once it is known where its days end: days of another zone would be wrong ones. */
export function AccountZone({ handle, children }: { handle: string; children: ReactNode }) {
  const company = useZone();
  return (
    <Loaded query={useAccount(handle)} skeleton={<Skeleton className="skel-page" />}>
      {({ account }) => <AccountZoneContext value={account.zona_horaria ?? company}>{children}</AccountZoneContext>}
    </Loaded>
  );
}
