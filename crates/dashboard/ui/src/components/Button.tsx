import type { ButtonHTMLAttributes, Ref } from "react";
import { Icon, type IconName } from "./Icon";

type Look = "plain" | "primary" | "danger" | "quiet";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  icon?: IconName;
  small?: boolean;
  wide?: boolean;
  /** The click is being worked on: the button keeps its width and takes no second one. */
  busy?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({
  look = "plain",
  icon,
  small,
  wide,
  busy,
  children,
  disabled,
  className = "",
  ...rest
}: Props) {
  const classes = ["btn", look !== "plain" && `btn-${look}`, small && "btn-s", wide && "btn-wide", className];
  return (
    <button
      type="button"
      {...rest}
      className={classes.filter(Boolean).join(" ")}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
    >
      {busy ? <span className="dot" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A button that is a picture only; its name is for readers and shows on hover. */
export function IconButton({ label, icon, ...rest }: Omit<Props, "children"> & { label: string; icon: IconName }) {
  return (
    <Button look="quiet" {...rest} className={`btn-icon ${rest.className ?? ""}`} aria-label={label} title={label}>
      <Icon name={icon} small={rest.small ?? false} />
    </Button>
  );
}
