import { Icon } from "../../components/Icon";
import { useText } from "../../i18n/text";

/** What makes a picture that can be read. */
export function Advice({ title, isWarning = false }: { title: string; isWarning?: boolean }) {
  const t = useText().digits;
  return (
    <div className="stack-s">
      {isWarning ? (
        <p className="row-tight strong dg-warn">
          <Icon name="alert" />
          {title}
        </p>
      ) : (
        <p className="strong">{title}</p>
      )}
      <ul className="dg-advice soft">
        {Object.values(t.advice).map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </div>
  );
}
