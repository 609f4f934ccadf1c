import { Link } from "wouter";
import { isUntrained, useModelInfo, type ModelInfo } from "../../api/models";
import { Failure, Skeleton } from "../../components/States";
import { Tabs } from "../../components/Tabs";
import { Crumb } from "../../components/Crumb";
import { Icon } from "../../components/Icon";
import { usePageTitle } from "../../components/usePageTitle";
import { useUrlState } from "../../components/useUrlState";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { accountPath } from "../../shell/navigation";
import { AccountZone } from "../accounts/AccountZone";
import { Comparison } from "./Comparison";
import { Inputs } from "./Inputs";
import { MoreActions } from "./MoreActions";
import { Record } from "./Record";
import { Served } from "./Served";
import { TrainButton } from "./TrainButton";
import { Untrained } from "./Untrained";
import { useAsker } from "./useAsker";
import { Versions } from "./Versions";
import "../../styles/screen-model.css";
import { useHandle } from "../../shell/useHandle";

type Tab = "served" | "comparison" | "record" | "inputs" | "versions";

export default function Model() {
  const t = useText();
  const handle = useHandle();
  usePageTitle(t.model.title(handle));
  // Read beside the zone, and not after it.
  useModelInfo(handle);
  return (
    <AccountZone handle={handle} head={<ModelHead handle={handle} info={undefined} />}>
      <ModelScreen handle={handle} />
    </AccountZone>
  );
}

function ModelScreen({ handle }: { handle: string }) {
  const info = useModelInfo(handle);
  const isMissing = info.isError && isUntrained(info.error);
  const failure = info.isError && !isMissing && info.data === undefined;
  return (
    <>
      <ModelHead handle={handle} info={isMissing ? undefined : info.data} />
      {isMissing ? (
        <Untrained handle={handle} />
      ) : failure ? (
        <div className="card">
          <Failure error={info.error} onRetry={() => void info.refetch()} />
        </div>
      ) : info.data ? (
        <Parts info={info.data} />
      ) : (
        <Skeleton className="skel-page" />
      )}
    </>
  );
}

function ModelHead({ handle, info }: { handle: string; info: ModelInfo | undefined }) {
  const t = useText();
  const format = useFormat();
  const asker = useAsker();
  return (
    <header className="page-head">
      <div className="grow">
        <Crumb label={t.nav.models} href="/models" list={t.nav.models}>
          <Link href={accountPath(handle)}>{handle}</Link>
        </Crumb>
        <h1>{t.model.title(handle)}</h1>
        <p className="sub">
          {info
            ? `${t.model.sub(format.number(info.model_version), format.ago(info.trained_at), asker(info.trained_by))}\u00a0· ${t.model.dataUntil(format.dataDay(info.data_until))}`
            : "\u00a0"}
        </p>
      </div>
      {info && (
        <div className="row model-actions">
          <Link href={accountPath(handle)} className="btn hide-s">
            <Icon name="account" />
            {t.model.toAccount}
          </Link>
          <TrainButton handle={handle} />
          <MoreActions handle={handle} />
        </div>
      )}
    </header>
  );
}

function Parts({ info }: { info: ModelInfo }) {
  const t = useText();
  const [tab, setTab] = useUrlState<Tab>("tab", "served");
  const handle = info.account_name;
  const tabs = [
    { value: "served", text: t.model.tabServed },
    { value: "comparison", text: t.model.tabComparison },
    { value: "record", text: t.model.tabRecord },
    { value: "inputs", text: t.model.tabInputs },
    { value: "versions", text: t.model.tabVersions },
  ] as const;
  const known = tabs.some(({ value }) => value === tab) ? tab : "served";
  return (
    <Tabs label={t.model.tabs} value={known} onChange={setTab} tabs={tabs}>
      {known === "served" && <Served info={info} />}
      {known === "comparison" && <Comparison handle={handle} info={info} />}
      {known === "record" && <Record info={info} />}
      {known === "inputs" && <Inputs info={info} />}
      {known === "versions" && <Versions handle={handle} active={info.model_version} />}
    </Tabs>
  );
}
