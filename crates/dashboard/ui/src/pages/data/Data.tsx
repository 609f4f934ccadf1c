import "../../styles/screen-data.css";
import { useAccount } from "../../api/accounts";
import { Loaded, Skeleton } from "../../components/States";
import { useZone, ZoneContext } from "../../session/zone";
import { useHandle } from "../../shell/useHandle";
import { Head, useView } from "./Head";
import { Readings } from "./readings/Readings";
import { Wizard } from "./upload/Wizard";

/** One account's data: upload a table, or look at the readings that are stored. Times are on the account's clocks. */
export default function Data() {
  const handle = useHandle();
  const read = useAccount(handle);
  const account = read.data?.account;
  const company = useZone();
  const view = useView();
  if (!account) {
    return (
      <>
        <Head handle={handle} view={view} />
        <Loaded query={read} skeleton={<Skeleton className="skel-drop" />}>
          {() => null}
        </Loaded>
      </>
    );
  }
  return (
    <ZoneContext value={account.zona_horaria ?? company}>
      {view === "readings" ? (
        <Readings key={handle} handle={account.cuenta} />
      ) : (
        <Wizard key={handle} handle={account.cuenta} />
      )}
    </ZoneContext>
  );
}
