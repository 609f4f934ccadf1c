import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { useLocation } from "wouter";
import { useText } from "../i18n/text";
import { IconButton } from "./Button";
import { Icon } from "./Icon";

type Kind = "ok" | "info" | "bad";
interface Toast {
  id: number;
  kind: Kind;
  text: string;
  detail?: ReactNode;
  /** It leaves with the screen on which it came. */
  stays: boolean;
}

/** What is worth more than a glance `stays` until another screen is opened. */
type Show = (kind: Kind, text: string, detail?: ReactNode, options?: { stays: boolean }) => void;
const ToastContext = createContext<Show>(() => undefined);

/** Good news leaves by itself; a failure stays until it is closed. */
const LASTS_MS = 8_000;
let nextId = 0;

export const useToast = (): Show => use(ToastContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useMemo<Show>(
    () =>
      (kind, text, detail, { stays } = { stays: false }) => {
        const id = nextId++;
        setToasts((all) => [...all.slice(-3), { id, kind, text, detail, stays }]);
        if (kind !== "bad" && !stays) setTimeout(() => close(id), LASTS_MS);
      },
    [close],
  );
  const [path] = useLocation();
  useEffect(() => () => setToasts((all) => all.filter((toast) => !toast.stays)), [path]);
  return (
    <ToastContext value={show}>
      {children}
      <div className="toasts" role="status">
        {toasts.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onClose={() => close(toast.id)} />
        ))}
      </div>
    </ToastContext>
  );
}

function ToastLine({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  const t = useText();
  return (
    <div className={`toast toast-${toast.kind}`}>
      <Icon name={toast.kind === "bad" ? "alert" : toast.kind === "ok" ? "check" : "info"} />
      <div className="grow">
        <p className="strong">{toast.text}</p>
        {toast.detail && <div className="small muted">{toast.detail}</div>}
      </div>
      <IconButton label={t.common.close} icon="x" small onClick={onClose} />
    </div>
  );
}
