/** Whether the last request reached the server. Kept apart from React, because requests are made apart from it. */
type Listener = () => void;

let isLost = false;
const listeners = new Set<Listener>();

function change(lost: boolean) {
  if (lost === isLost) return;
  isLost = lost;
  for (const listener of listeners) listener();
}

export const connection = {
  lost: () => change(true),
  reached: () => change(false),
  isLost: () => isLost,
  subscribe(listener: Listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
