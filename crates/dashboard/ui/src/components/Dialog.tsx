import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

interface Props {
  title: string;
  icon?: IconName;
  /** Called at Escape and at a click outside; without it the dialog stays until its buttons are used. */
  onClose?: () => void;
  children: ReactNode;
  foot: ReactNode;
}

/** A modal dialog. The browser traps the focus in it and gives it back. */
export function Dialog({ title, icon, onClose, children, foot }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it is still in the page: the focus goes back to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose?.();
      }}
    >
      <div className="dialog-body">
        <div className="row-tight">
          {icon && <Icon name={icon} />}
          <h2 id={id}>{title}</h2>
        </div>
        {children}
        <div className="dialog-foot">{foot}</div>
      </div>
    </dialog>
  );
}
