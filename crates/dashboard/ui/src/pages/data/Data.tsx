import "../../styles/screen-data.css";
import { useAccount } from "../../api/observations";
import { Loaded, Skeleton } from "../../components/States";
import { useZone, ZoneContext } from "../../session/zone";
import { Head, useView } from "./Head";
import { Readings } from "./readings/Readings";
import { Wizard } from "./upload/Wizard";
import { useHandle } from "../../shell/useHandle";

/** One account's data: upload a table, or look at the readings that are stored. Times are on the account's clocks. */
export default function Data() {
  const handle = useHandle();
  const account = useAccount(handle);
  const company = useZone();
  const view = useView();
  if (!account.data) {
    return (
      <>
        <Head handle={handle} view={view} />
        <Loaded query={account} skeleton={<Skeleton className="skel-drop" />}>
          {() => null}
        </Loaded>
      </>
    );
  }
  return (
    <ZoneContext value={account.data.zona_horaria ?? company}>
      {view === "readings" ? (
        <Readings key={handle} handle={account.data.cuenta} />
      ) : (
        <Wizard key={handle} handle={account.data.cuenta} />
      )}
    </ZoneContext>
  );
}
