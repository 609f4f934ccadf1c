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
  const t = useText();
  const [most, setMost] = useState(FIRST);
  const records = brokenRecordsIn(problem);
  return (
    <Note tone="bad" icon="alert" role="alert">
      <p>{problem.message}</p>
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
    </Note>
  );
}

function BrokenLink({ table, broken: { record, message } }: { table: Table; broken: BrokenRecord }) {
  const t = useText();
  const show = useShown(NO_RELATIONS);
  const { data } = useRecord(table.id, record);
  const name = data ? (recordName(table.fields, data.data, show) ?? t.values.unnamed) : t.values.record;
  return (
    <li>
      <Link href={recordPath(table.id, record)}>
        <bdi>{name}</bdi>
      </Link>
      {": "}
      {message}
    </li>
  );
}
