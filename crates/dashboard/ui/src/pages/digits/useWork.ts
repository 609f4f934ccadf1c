import { useRef, useState } from "react";
import { useReadDigits } from "../../api/digits";
import { useDraft } from "../../session/drafts";
import { check, type Picture, type Refusal } from "./picture";
import { shrink } from "./shrink";
import { visit } from "./visit";

/** Why nothing is sent: the file itself, or what was given in its place. */
export type Fault = Refusal | { why: "several" | "noPicture" | "notShrunk" };

/** The picture that somebody gave and that was not read yet, and what can be done with it. */
export interface Work {
  /** Kept when the session ends, as whatever else was not sent. */
  picture: Picture | null;
  fault: Fault | null;
  /** A file is being looked at, or made smaller. */
  isPreparing: boolean;
  isReading: boolean;
  progress: number | null;
  error: Error | null;
  take: (files: readonly File[]) => void;
  say: (fault: Fault | null) => void;
  read: (picture: Picture) => void;
  /** Reads a smaller copy. */
  readShrunk: (file: Blob) => void;
  cancel: () => void;
  discard: () => void;
}

export function useWork(): Work {
  const [picture, setPicture, forget] = useDraft<Picture | null>("digits/picture", null);
  const [fault, say] = useState<Fault | null>(null);
  const [isPreparing, setPreparing] = useState(false);
  const reading = useReadDigits<Picture>((read, answer) => {
    forget();
    void visit.add(read, answer);
  });
  const read = (next: Picture) => {
    say(null);
    setPicture(next);
    visit.show(null);
    reading.start(next);
  };

  const discard = () => {
    reading.cancel();
    forget();
  };

  // The reading of another picture beside this one would be taken for this one's.
  const refuse = (fault: Fault) => {
    discard();
    visit.show(null);
    say(fault);
  };

  // Whatever was given last counts, however long the one before it takes.
  const turn = useRef(0);
  const prepare = async (work: () => Promise<Picture | Fault>) => {
    const mine = ++turn.current;
    setPreparing(true);
    const prepared = await work();
    if (mine !== turn.current) return;
    setPreparing(false);
    if ("why" in prepared) refuse(prepared);
    else read(prepared);
  };
  const take = (files: readonly File[]) => {
    const [file] = files;
    if (!file) say({ why: "noPicture" });
    else if (files.length > 1) say({ why: "several" });
    else void prepare(() => check(file));
  };
  const readShrunk = (file: Blob) => void prepare(() => shrink(file).catch((): Fault => ({ why: "notShrunk" })));
  const { cancel, isReading, progress, error } = reading;
  return { picture, fault, isPreparing, isReading, progress, error, take, say, read, readShrunk, cancel, discard };
}
