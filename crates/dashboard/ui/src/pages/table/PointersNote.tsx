import { Note } from "../../components/Badge";
import type { Pointer } from "./usePointers";

/** Says what points to something before that is deleted; nothing where nothing does. */
export function PointersNote({ what, pointers }: { what: string; pointers: readonly Pointer[] }) {
  if (pointers.length === 0) return null;
  return (
    <Note tone="warn" icon="alert">
      <p>{what}</p>
      <ul className="pointers">
        {pointers.map(({ table, field }) => (
          <li key={`${table}/${field}`}>
            <bdi>{table}</bdi> · <bdi>{field}</bdi>
          </li>
        ))}
      </ul>
    </Note>
  );
}
