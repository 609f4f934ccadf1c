import { useEffect, useState, type DragEvent } from "react";
import { Icon } from "../../../components/Icon";
import { useText } from "../../../i18n/text";

export const KINDS = ".csv,.tsv,.txt,.xlsx,text/csv,text/tab-separated-values";

interface Props {
  /** What a file may be. */
  note: string;
  onFiles: (files: readonly File[]) => void;
}

/** Takes files that are dropped or chosen. */
export function DropZone({ note, onFiles }: Props) {
  const t = useText().data.file;
  const { isOver, ...drop } = useDrop(onFiles);
  useNoStrayDrop();
  return (
    <label className={isOver ? "drop-zone drop drop-over" : "drop-zone drop"} {...drop}>
      <Icon name="data" className="drop-icon" />
      <span className="strong">{t.drop}</span>
      <span className="muted small">{note}</span>
      <input
        type="file"
        className="sr"
        accept={KINDS}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // So that the same file, mended, can be chosen again.
          event.target.value = "";
        }}
      />
      <span className="btn btn-primary">{t.choose}</span>
    </label>
  );
}

/** What an element needs to take files that are dropped on it. */
export function useDrop(onFiles: (files: readonly File[]) => void) {
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    setOver(true);
  };
  return {
    isOver,
    onDragEnter: over,
    onDragOver: over,
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      onFiles([...event.dataTransfer.files]);
    },
  };
}

/** A file that misses its place would be opened by the browser instead of the page. */
export function useNoStrayDrop() {
  useEffect(() => {
    const stop = (event: globalThis.DragEvent) => event.preventDefault();
    addEventListener("dragover", stop);
    addEventListener("drop", stop);
    return () => {
      removeEventListener("dragover", stop);
      removeEventListener("drop", stop);
    };
  }, []);
}
