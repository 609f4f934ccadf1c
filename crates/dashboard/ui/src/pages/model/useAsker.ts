import { useText } from "../../i18n/text";

/** Who asked for a training, in words where it was no person. */
export function useAsker(): (name: string) => string {
  const { model } = useText();
  return (name) => (name === "operator" ? model.operator : name === "system" ? model.system : name);
}
