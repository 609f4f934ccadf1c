import { useState, type FormEvent } from "react";
import { Button } from "../../../components/Button";
import { Field } from "../../../components/Field";
import { useText } from "../../../i18n/text";

interface Props {
  /** Empty for the first one. */
  sheet: string;
  onSheet: (sheet: string) => void;
}

/** The sheet of a workbook, by its name. */
export function SheetChoice({ sheet, onSheet }: Props) {
  const t = useText().data.trial;
  const [typed, setTyped] = useState(sheet);
  const read = (event: FormEvent) => {
    event.preventDefault();
    onSheet(typed.trim());
  };
  return (
    <form className="sheet-choice" onSubmit={read}>
      <Field label={t.sheet} hint={t.sheetHint} value={typed} onChange={setTyped} maxLength={31} autoComplete="off" />
      <Button type="submit" disabled={typed.trim() === sheet}>
        {t.readSheet}
      </Button>
    </form>
  );
}
