import { Overtaken } from "../api/overtaken";
import { Problem } from "../api/problem";
import { useFormat } from "../format/useFormat";
import { useText } from "../i18n/text";

interface Words {
  overtaken: string;
  overtakenBy: (who: string, when: string) => string;
}

/** Why a change was not made, in one text: who was faster, what the API says, or that the server is out of reach. */
export function useRefusal(error: unknown, words: Words): string | null {
  const t = useText();
  const format = useFormat();
  if (error === null || error === undefined) return null;
  if (error instanceof Overtaken)
    return error.by ? words.overtakenBy(error.by.actor, format.moment(error.by.at)) : words.overtaken;
  return error instanceof Problem ? error.message : t.shell.lost;
}
