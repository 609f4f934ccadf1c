import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { components } from "./schema";
import { postFormTold } from "./told";

type Schemas = components["schemas"];
/** What stands in a picture. */
export type DigitsRead = Schemas["DigitsResponse"];
export type DigitRead = Schemas["DigitView"];

/** A picture to read. Its name says the format only: that of a file on a disk may name a customer. */
export interface PictureToRead {
  blob: Blob;
  name: string;
}

/** The API reads pictures of up to 8 MiB and 25 megapixels. */
export const MOST_BYTES = 8 * 1024 * 1024;
export const MOST_PIXELS = 25_000_000;

/** Reads one picture at a time. Another picture takes the place of one that is on its way; leaving the screen stops it. */
export function useReadDigits<P extends PictureToRead>(onRead: (picture: P, answer: DigitsRead) => void) {
  const [progress, setProgress] = useState<number | null>(null);
  const sending = useRef<AbortController | null>(null);
  const read = useMutation({
    mutationFn: ({ picture, signal }: { picture: P; signal: AbortSignal }) => {
      const body = new FormData();
      body.append("file", new File([picture.blob], picture.name, { type: picture.blob.type }));
      return postFormTold<DigitsRead>({ path: "/predict", body, signal, onProgress: setProgress });
    },
    onSuccess: (answer, { picture, signal }) => {
      if (!signal.aborted) onRead(picture, answer);
    },
  });
  const { mutate, reset } = read;
  useEffect(() => () => sending.current?.abort(), []);

  const cancel = () => {
    sending.current?.abort();
    reset();
  };
  const start = (picture: P) => {
    sending.current?.abort();
    const controller = new AbortController();
    sending.current = controller;
    setProgress(null);
    mutate({ picture, signal: controller.signal });
  };
  return { start, cancel, progress, isReading: read.isPending, error: read.error };
}
