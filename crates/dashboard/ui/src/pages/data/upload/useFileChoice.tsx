import { useRef, useState, type ReactNode } from "react";
import { useFormat } from "../../../format/useFormat";
import { useText } from "../../../i18n/text";
import { KINDS } from "./DropZone";
import { sourceOfFile, type Source, type SourceProblem } from "./source";

export interface FileChoice {
  /** What is wrong with what was given last. */
  problem: string | null;
  say: (problem: string | null) => void;
  explain: (problem: SourceProblem, size: number) => string;
  take: (files: readonly File[]) => void;
  /** Opens the browser's own dialog. */
  open: () => void;
}

/** Files by the browser's dialog or dropped, on any step. `input` must be in the page. */
export function useFileChoice(onSource: (source: Source) => void): { choice: FileChoice; input: ReactNode } {
  const t = useText().data;
  const format = useFormat();
  const ref = useRef<HTMLInputElement>(null);
  const [problem, say] = useState<string | null>(null);
  const explain = (found: SourceProblem, size: number) =>
    found === "tooLarge" ? t.file.tooLarge(format.bytes(size)) : t.file[found];
  const take = async (files: readonly File[]) => {
    const [file] = files;
    if (!file) return;
    if (files.length > 1) return say(t.accounts.oneFile);
    const read = await sourceOfFile(file);
    if (typeof read === "string") return say(explain(read, file.size));
    say(null);
    onSource(read);
  };
  const input = (
    <input
      ref={ref}
      type="file"
      hidden
      accept={KINDS}
      onChange={(event) => {
        void take([...(event.target.files ?? [])]);
        event.target.value = "";
      }}
    />
  );
  return {
    choice: { problem, say, explain, take: (files) => void take(files), open: () => ref.current?.click() },
    input,
  };
}
