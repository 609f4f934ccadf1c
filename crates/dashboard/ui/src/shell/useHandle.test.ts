import { expect, it } from "vitest";
import { decodedHandle } from "./useHandle";

// The router decodes as decodeURI does.
it.each(["interbank_ayuda", "@interbank", "a b", "a/b", "ñandú", "100%"])("finds %s in its address again", (handle) => {
  expect(decodedHandle(decodeURI(encodeURIComponent(handle)))).toBe(handle);
});
