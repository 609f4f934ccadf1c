import { useParams } from "wouter";

/** What the router leaves encoded: characters that mean something in an address, such as the @ of a handle. */
const LEFT = /%(?:23|24|26|2B|2C|2F|3A|3B|3D|3F|40)/gi;

export const decodedHandle = (parameter: string): string => parameter.replaceAll(LEFT, decodeURIComponent);

/** The account that the address names. */
export function useHandle(): string {
  const { handle = "" } = useParams<{ handle: string }>();
  return decodedHandle(handle);
}
