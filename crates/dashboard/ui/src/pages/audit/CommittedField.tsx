import { useState, type ComponentProps } from "react";
import { Field } from "../../components/Field";

type Props = Omit<ComponentProps<typeof Field>, "onChange" | "onBlur" | "onKeyDown"> & {
  onCommit: (value: string) => void;
};

/** A text that counts once it is whole: at Enter, or when the field is left. */
export function CommittedField({ value, onCommit, ...rest }: Props) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  if (told !== value) {
    setTold(value);
    setText(value);
  }
  const commit = () => {
    if (text.trim() !== value) onCommit(text.trim());
  };
  return (
    <Field
      {...rest}
      value={text}
      onChange={setText}
      onBlur={commit}
      onKeyDown={(event) => event.key === "Enter" && commit()}
    />
  );
}
