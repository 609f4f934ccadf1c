import { useSyncExternalStore } from "react";
import type { DigitsRead } from "../../api/digits";
import { session } from "../../session/session";
import { draw } from "./decode";
import type { Picture } from "./picture";

/** A picture that was read, and what was found in it. */
export interface Kept {
  id: string;
  picture: Picture;
  answer: DigitsRead;
  at: Date;
  /** A small copy; null where the browser cannot show the picture. */
  thumbnail: HTMLCanvasElement | null;
}

interface State {
  /** The newest first. */
  kept: readonly Kept[];
  /** Which one the screen shows; null for none. */
  shown: string | null;
}

/** The pictures of more readings would fill the memory of a telephone. */
const MOST_KEPT = 20;
const THUMBNAIL = 160;
const NOTHING: State = { kept: [], shown: null };

/** What one person read since they signed in. It is in the memory of this page only, and gone with the session. */
class Visit {
  #state = NOTHING;
  #owner: string | null = null;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#follow();
    session.subscribe(() => this.#follow());
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  state = () => this.#state;

  async add(picture: Picture, answer: DigitsRead): Promise<void> {
    const owner = this.#owner;
    const one = { id: picture.id, picture, answer, at: new Date(), thumbnail: null };
    this.#change({ kept: [one, ...this.#state.kept].slice(0, MOST_KEPT), shown: one.id });
    const small = await draw(picture.blob, { longest: THUMBNAIL }).catch(() => null);
    // Somebody else may be signed in by now, or nobody.
    if (small && owner === this.#owner) this.#replace({ ...one, thumbnail: small.canvas });
  }

  show = (id: string | null) => this.#change({ ...this.#state, shown: id });

  remove(id: string): void {
    const { kept, shown } = this.#state;
    this.#change({ kept: kept.filter((one) => one.id !== id), shown: shown === id ? null : shown });
  }

  clear = () => this.#change(NOTHING);

  #replace(changed: Kept): void {
    this.#change({ ...this.#state, kept: this.#state.kept.map((one) => (one.id === changed.id ? changed : one)) });
  }

  #follow(): void {
    const state = session.state();
    const owner = state.is === "in" ? state.who.username : null;
    if (owner === this.#owner) return;
    this.#owner = owner;
    this.clear();
  }

  #change(state: State): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export const visit = new Visit();

export const useVisit = (): State => useSyncExternalStore(visit.subscribe, visit.state);
