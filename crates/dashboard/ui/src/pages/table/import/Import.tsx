import "../../../styles/screen-data.css";
import "../../../styles/screen-table.css";
import "../../../styles/screen-import.css";
import { OfTable } from "../OfTable";
import { ImportWizard } from "./ImportWizard";

/** Records of a table from a file. */
export default function Import() {
  return <OfTable>{(table) => <ImportWizard table={table} />}</OfTable>;
}
