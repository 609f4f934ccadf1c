import { useEffect, useRef, useState, type ReactNode } from "react";
import { useText } from "../../i18n/text";
import { draw } from "./decode";
import type { Region } from "./region";

interface Props {
  blob: Blob;
  label: string;
  /** The part that is shown; the whole without one. It has to stay the same object while it is the same part. */
  part?: Region | null;
  /** What lies over the part that is shown. */
  children?: (part: Region | null) => ReactNode;
}

/** Enough for the largest screens on which the picture has half of the width. */
const LONGEST = 1800;
/** Pictures of fewer pixels are enlarged with their pixels as squares. */
const SMALL = 120;

/** A picture, upright, in its own proportions, with something over it. */
export function PictureView({ blob, label, part = null, children }: Props) {
  const t = useText().digits;
  const drawn = useDrawn(blob, part);
  const place = useRef<HTMLDivElement>(null);
  const sheet = useRef<HTMLDivElement>(null);
  const canvas = drawn?.canvas;
  useEffect(() => {
    if (!canvas || !place.current) return;
    place.current.replaceChildren(canvas);
    sheet.current?.style.setProperty("--ratio", `${canvas.width / canvas.height}`);
  }, [canvas]);
  if (drawn && !canvas) return <p className="muted">{t.cannotShow}</p>;
  const isSmall = canvas !== undefined && canvas !== null && Math.max(canvas.width, canvas.height) < SMALL;
  return (
    <div className={isSmall ? "dg-sheet dg-small" : "dg-sheet"} ref={sheet}>
      <div className={canvas ? "dg-canvas" : "dg-canvas skel"} ref={place} role="img" aria-label={label} />
      {canvas && children?.(drawn.part)}
    </div>
  );
}

interface Shown {
  blob: Blob;
  part: Region | null;
  /** Null where the browser cannot show the picture. */
  canvas: HTMLCanvasElement | null;
}

/** Another part of the same picture takes the place of the first one when it is there. */
function useDrawn(blob: Blob, part: Region | null): Shown | null {
  const [drawn, setDrawn] = useState<Shown | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const show = (canvas: HTMLCanvasElement | null) => isCurrent && setDrawn({ blob, part, canvas });
    draw(blob, { part, longest: LONGEST }).then(
      ({ canvas }) => show(canvas),
      () => show(null),
    );
    return () => {
      isCurrent = false;
    };
  }, [blob, part]);
  return drawn?.blob === blob ? drawn : null;
}
