import { useState } from "react";
import { useVersions, type Version } from "../../api/models";
import { Card } from "../../components/Card";
import { More } from "../../components/More";
import { Failure, Skeleton } from "../../components/States";
import { useUrlState } from "../../components/useUrlState";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { may } from "../../session/rights";
import { useWho } from "../../session/useSession";
import { ActivateVersion } from "./ActivateVersion";
import { CompareVersions } from "./CompareVersions";
import { pickVersion, pickedVersions } from "./picked";
import { VersionRow } from "./VersionRow";

/** Every version of the account's model: which one serves, what changed between two, and the way back. */
export function Versions({ handle, active }: { handle: string; active: number }) {
  const t = useText();
  const format = useFormat();
  const mayActivate = may(useWho().rol, "manage");
  const query = useVersions(handle);
  const [text, setText] = useUrlState<string>("compare", "");
  const [activating, setActivating] = useState<Version | null>(null);
  const picked = pickedVersions(text);
  const [a, b] = picked;

  if (!query.data) {
    return query.isError ? (
      <Failure error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Skeleton className="skel-page" />
    );
  }
  const versions = query.data.pages.flatMap((page) => page.versions);
  return (
    <>
      {a !== undefined && b !== undefined && (
        <CompareVersions handle={handle} a={a} b={b} onClose={() => setText("")} />
      )}
      <Card title={t.model.versions} note={t.model.versionsNote} flush>
        <p className="card-body pad-bottom-s muted small">{t.model.compareHint}</p>
        <div className="table-wrap">
          <table className="model-cards versions">
            <thead>
              <tr>
                <th scope="col">{t.model.compare}</th>
                <th scope="col">{t.model.version}</th>
                <th scope="col">{t.model.trained}</th>
                <th scope="col">{t.model.dataTo}</th>
                <th scope="col">{t.model.heaviest}</th>
                <th className="num" scope="col">
                  {t.model.errorColumn}
                  <span className="unit">{t.model.errorUnit}</span>
                </th>
                {mayActivate && (
                  <th scope="col">
                    <span className="sr">{t.model.actions}</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {versions.map((version) => (
                <VersionRow
                  key={version.model_version}
                  version={version}
                  isPicked={picked.includes(version.model_version)}
                  onPick={() => setText(pickVersion(picked, version.model_version))}
                  onActivate={mayActivate ? () => setActivating(version) : null}
                />
              ))}
            </tbody>
          </table>
        </div>
        <More query={query} />
      </Card>
      {activating && (
        <ActivateVersion
          handle={handle}
          now={format.number(active)}
          version={activating.model_version}
          onClose={() => setActivating(null)}
        />
      )}
    </>
  );
}
