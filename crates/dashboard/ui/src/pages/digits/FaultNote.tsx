import { Note } from "../../components/Badge";
import { Button } from "../../components/Button";
import { useFormat } from "../../format/useFormat";
import { useText } from "../../i18n/text";
import type { Fault } from "./useWork";

interface Props {
  fault: Fault;
  onShrink: (file: Blob) => void;
  isBusy: boolean;
}

/** Why a file was not sent, and what helps. What the page can mend itself is one button. */
export function FaultNote({ fault, onShrink, isBusy }: Props) {
  const t = useText().digits.faults;
  const words = useFaultWords(fault);
  const file = canBeMended(fault) ? fault.file : null;
  return (
    <Note tone={file ? "warn" : "bad"} icon="alert" role="alert">
      <div className="stack-s">
        <p>{words}</p>
        {file && (
          <div>
            <Button small icon="image" busy={isBusy} onClick={() => onShrink(file)}>
              {fault.why === "convertible" ? t.convert : t.shrink}
            </Button>
          </div>
        )}
      </div>
    </Note>
  );
}

type Mendable = Extract<Fault, { why: "convertible" | "tooHeavy" | "tooLarge" }>;
const canBeMended = (fault: Fault): fault is Mendable => ["convertible", "tooHeavy", "tooLarge"].includes(fault.why);

function useFaultWords(fault: Fault): string {
  const t = useText().digits.faults;
  const format = useFormat();
  if (fault.why === "tooHeavy") return t.tooHeavy(format.bytes(fault.bytes));
  if (fault.why === "tooLarge") return t.tooLarge(format.number(fault.megapixels, 1));
  return t[fault.why];
}
