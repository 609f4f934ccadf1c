import { useLayoutEffect, useRef } from "react";
import type { DigitRead } from "../../api/digits";
import { DigitTip } from "./DigitTip";
import type { Region } from "./region";
import type { Chosen } from "./useChosen";
import { useSureWords } from "./useSureWords";

interface Props {
  at: number;
  of: number;
  digit: DigitRead;
  /** In shares of what is shown. */
  box: Region;
  chosen: Chosen;
  /** Whether Tab stops at it. */
  isStop: boolean;
}

/** The frame of one digit, with what was read in it. What may stand there otherwise is shown while it is looked at. */
export function DigitBox({ at, of, digit, box, chosen, isStop }: Props) {
  const words = useSureWords();
  const place = useRef<HTMLDivElement>(null);
  const isChosen = chosen.at === at;
  const { x, y, width, height } = box;
  useLayoutEffect(() => {
    const style = place.current?.style;
    for (const [name, share] of Object.entries({ x, y, w: width, h: height }))
      style?.setProperty(`--${name}`, `${share * 100}%`);
  }, [x, y, width, height]);
  const classes = ["dg-box", digit.revisar && "dg-doubt", isChosen && "dg-chosen", y < TOP && "dg-top", sideOf(box)];
  return (
    <div className={classes.filter(Boolean).join(" ")} ref={place}>
      <button
        type="button"
        tabIndex={isStop ? 0 : -1}
        aria-label={words.whole(digit, at + 1, of)}
        onPointerEnter={(event) => event.pointerType !== "touch" && chosen.hover(at)}
        onPointerLeave={() => chosen.hover(null)}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && chosen.choose(at)}
        onBlur={() => chosen.choose(null)}
        onClick={() => chosen.toggle(at)}
      >
        <span className="dg-tag n" aria-hidden="true">
          {digit.digito}
        </span>
      </button>
      {isChosen && <DigitTip digit={digit} />}
    </div>
  );
}

/** Nearer to the upper edge there is no room for the digit above its frame. */
const TOP = 0.09;

/** Where the tip hangs, so that it does not leave the picture. */
function sideOf({ x, y, width, height }: Region): string {
  const [middle, center] = [x + width / 2, y + height / 2];
  const across = middle < 0.3 ? "dg-from-left" : middle > 0.7 ? "dg-from-right" : "";
  return `${across} ${center > 0.55 ? "dg-above" : ""}`;
}
