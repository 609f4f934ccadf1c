import { useRef, type KeyboardEvent } from "react";
import type { DigitsRead } from "../../api/digits";
import { useText } from "../../i18n/text";
import { DigitBox } from "./DigitBox";
import { boxesOf, within, type Region } from "./region";
import type { Chosen } from "./useChosen";

interface Props {
  answer: DigitsRead;
  /** The part of the picture that is shown. */
  part: Region | null;
  chosen: Chosen;
}

/** A frame around each digit of the picture. One stop of the keyboard; arrow keys walk from digit to digit. */
export function Boxes({ answer, part, chosen }: Props) {
  const t = useText().digits;
  const group = useRef<HTMLDivElement>(null);
  const last = answer.digitos.length - 1;
  const walk = (event: KeyboardEvent) => {
    const at = chosen.at ?? 0;
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[
      event.key
    ];
    if (event.key === "Escape") chosen.choose(null);
    if (next === undefined) return;
    event.preventDefault();
    const place = Math.min(last, Math.max(0, next));
    group.current?.querySelectorAll<HTMLElement>("button")[place]?.focus();
  };
  return (
    <div className="dg-boxes" role="group" aria-label={t.boxes} ref={group} onKeyDown={walk}>
      {boxesOf(answer).map((box, at) => {
        const digit = answer.digitos[at];
        return (
          digit && (
            <DigitBox
              key={at}
              at={at}
              of={answer.digitos.length}
              digit={digit}
              box={within(box, part)}
              chosen={chosen}
              isStop={at === (chosen.at ?? 0)}
            />
          )
        );
      })}
    </div>
  );
}
