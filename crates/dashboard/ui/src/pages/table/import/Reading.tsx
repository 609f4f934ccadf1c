import type { DateOrder, Decimal, Delimiter, Encoding } from "../../../api/importOptions";
import type { ImportAnswer } from "../../../api/imports";
import { Select } from "../../../components/Field";
import { useText } from "../../../i18n/text";
import { delimiterOf, type Told } from "./options";

interface Props {
  answer: ImportAnswer;
  onRead: (part: Told) => void;
}

const optionsOf = (words: Readonly<Record<string, string>>) =>
  Object.entries(words).map(([value, text]) => ({ value, text }));

/** How the file was read, to be changed where that is wrong. What its cells do not need is not there. */
export function Reading({ answer: { detected }, onRead }: Props) {
  const t = useText();
  const { encoding, delimiter, decimal, date_order } = detected;
  return (
    <>
      {encoding && (
        <Select
          label={t.imports.encoding}
          value={encoding}
          options={optionsOf(t.imports.encodings)}
          onChange={(word) => onRead({ encoding: word as Encoding })}
        />
      )}
      {delimiter && (
        <Select
          label={t.imports.delimiter}
          value={delimiterOf(delimiter)}
          options={optionsOf(t.imports.delimiters)}
          onChange={(word) => onRead({ delimiter: word as Delimiter })}
        />
      )}
      {decimal && (
        <Select
          label={t.imports.decimal}
          value={decimal}
          options={optionsOf(t.imports.decimals)}
          onChange={(word) => onRead({ decimal: word as Decimal })}
        />
      )}
      {date_order && (
        <Select
          label={t.imports.dateOrder}
          value={date_order}
          options={optionsOf(t.data.trial.formats)}
          onChange={(word) => onRead({ date_order: word as DateOrder })}
        />
      )}
    </>
  );
}
