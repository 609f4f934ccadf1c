import type { Version } from "../../api/models";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import { useAsker } from "./useAsker";
import { useMeasure } from "./useMeasure";

interface Props {
  version: Version;
  isPicked: boolean;
  onPick: () => void;
  /** Null for whoever may not. */
  onActivate: (() => void) | null;
}

export function VersionRow({ version, isPicked, onPick, onActivate }: Props) {
  const t = useText();
  const format = useFormat();
  const measure = useMeasure();
  const asker = useAsker();
  const name = format.number(version.model_version);
  const isDeleted = version.deleted_at !== null;
  return (
    <tr className={version.active ? "is-served" : isDeleted ? "is-deleted" : ""}>
      <td className="c-rank">
        <input
          type="checkbox"
          aria-label={t.model.comparePick(name)}
          checked={isPicked}
          disabled={isDeleted}
          onChange={onPick}
        />
      </td>
      <td className="c-title">
        <span className="row-tight wrap-line">
          <span className="strong">{t.model.versionName(name)}</span>
          {version.active && (
            <Badge tone="acc" icon="check">
              {t.model.active}
            </Badge>
          )}
          {version.deleted_at && <Badge icon="trash">{t.model.deletedOn(format.dayOf(version.deleted_at))}</Badge>}
        </span>
        <span className="sub-line">
          {version.answered_at ? t.model.answered(format.day(version.answered_at)) : t.model.neverAnswered}
        </span>
      </td>
      <td className="nowrap" data-label={t.model.trained}>
        <span>
          {format.moment(version.trained_at)}
          <span className="sub-line">{asker(version.trained_by)}</span>
        </span>
      </td>
      <td className="nowrap" data-label={t.model.dataTo}>
        {format.dataDay(version.data_until)}
      </td>
      <td data-label={t.model.heaviest}>{t.modelNames[version.model_id]}</td>
      <td className="num strong" data-label={t.model.errorColumn}>
        {measure.error(version.mae)}
      </td>
      {onActivate && (
        <td className="c-do">
          {!version.active && !isDeleted && (
            <Button small onClick={onActivate}>
              {t.model.activate}
            </Button>
          )}
        </td>
      )}
    </tr>
  );
}
