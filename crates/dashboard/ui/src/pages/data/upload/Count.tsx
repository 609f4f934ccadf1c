import { Icon, type IconName } from "../../../components/Icon";
import { useFormat } from "../../../format/useFormat";

interface Props {
  icon: IconName;
  name: string;
  value: number;
  note: string;
  isBad?: boolean;
}

/** How many rows have one of the fates that a row can have; in a list of the class `counts`. */
export function Count({ icon, name, value, note, isBad = false }: Props) {
  const format = useFormat();
  return (
    <div>
      <dt className={isBad ? "bad-ink" : ""}>
        <Icon name={icon} small />
        {name}
      </dt>
      <dd>{format.number(value)}</dd>
      {note && <dd className="hint">{note}</dd>}
    </div>
  );
}
