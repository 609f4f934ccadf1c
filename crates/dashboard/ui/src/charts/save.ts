/** Gives the browser a file to keep. */
export function saveFile(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The download has taken the address by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A part of a file's name, of whatever a company calls an account. */
export const fileNamePart = (text: string): string => text.replaceAll(/[^\p{L}\p{N}_.-]+/gu, "_").slice(0, 60) || "x";
