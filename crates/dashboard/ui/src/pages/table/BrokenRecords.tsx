import { useState } from "react";
import { Link } from "wouter";
import type { Problem } from "../../api/problem";
import { useRecord } from "../../api/records";
import type { Table } from "../../api/tables";
import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { useText } from "../../i18n/text";
import { recordPath } from "./address";
import { brokenRecordsIn, type BrokenRecord } from "./brokenRecords";
import { NO_RELATIONS } from "./useRelations";
import { recordName, useShown } from "./useShown";

/** Each record that is shown is read for its name. */
const FIRST = 10;

/** The records that do not keep a rule as it would be: they are mended first. */
export function BrokenRecords({ table, problem }: { table: Table; problem: Problem }) {
  return (
    <Note tone="bad" icon="alert" role="alert">
      <p>{problem.message}</p>
      <BrokenList table={table} records={brokenRecordsIn(problem)} />
    </Note>
  );
}

/** Records with the way to each of them, and why they are named. */
export function BrokenList({ table, records }: { table: Table; records: readonly BrokenRecord[] }) {
  const t = useText();
  const [most, setMost] = useState(FIRST);
  return (
    <>
      <ul className="pointers">
        {records.slice(0, most).map((broken) => (
          <BrokenLink key={broken.record} table={table} broken={broken} />
        ))}
      </ul>
      {records.length > most && (
        <Button small onClick={() => setMost(most + FIRST)}>
          {t.common.more}
        </Button>
      )}
    </>
  );
}

function BrokenLink({ table, broken: { record, value, message } }: { table: Table; broken: BrokenRecord }) {
  const t = useText();
  const show = useShown(NO_RELATIONS);
  const { data } = useRecord(table.id, record);
  const name = data ? (recordName(table.fields, data.data, show) ?? t.values.unnamed) : t.values.record;
  return (
    <li className="breakable">
      <Link href={recordPath(table.id, record)}>
        <bdi>{name}</bdi>
      </Link>
      {": "}
      {value !== undefined && (
        <>
          <bdi className="strong">{value}</bdi>
          {". "}
        </>
      )}
      {message}
    </li>
  );
}
