import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { expect, vi } from "vitest";
import { ToastProvider } from "../components/Toast";
import { TextProvider } from "../i18n/text";

/** A part of a screen as a test sees and uses it, in Spanish. */
export class TestPage {
  readonly box = document.createElement("div");
  readonly #client = new QueryClient({ defaultOptions: { queries: { retry: false }, mutations: { retry: false } } });
  readonly #root = createRoot(this.box);

  async show(content: ReactNode) {
    (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
    document.body.replaceChildren(this.box);
    await import("../i18n/es");
    act(() =>
      this.#root.render(
        <QueryClientProvider client={this.#client}>
          <TextProvider>
            <ToastProvider>{content}</ToastProvider>
          </TextProvider>
        </QueryClientProvider>,
      ),
    );
    await this.settled();
  }

  /** Until the words are there, and nothing is read or written any more. */
  async settled() {
    const turn = () => act(() => new Promise((resolve) => setTimeout(resolve, 10)));
    await turn();
    await vi.waitFor(
      async () => {
        await turn();
        const isDrawn = this.box.childElementCount > 0;
        expect([isDrawn, this.#client.isFetching(), this.#client.isMutating()]).toEqual([true, 0, 0]);
      },
      { timeout: 4_000 },
    );
  }

  leave() {
    act(() => this.#root.unmount());
  }

  get text(): string {
    return this.box.textContent ?? "";
  }

  button(name: string): HTMLButtonElement {
    return this.#one("button", (button) => (button.getAttribute("aria-label") ?? button.textContent) === name, name);
  }

  async press(name: string) {
    act(() => this.button(name).click());
    await this.settled();
  }

  /** The input, box or list that a label names. */
  labelled<T extends HTMLElement = HTMLInputElement>(text: string, among: ParentNode = this.box): T {
    const label = this.#one("label", (one) => one.textContent?.startsWith(text) ?? false, text, among);
    return (label.control ?? label.querySelector("input") ?? this.box.querySelector(`[id="${label.htmlFor}"]`)) as T;
  }

  async tick(text: string, among?: ParentNode) {
    act(() => this.labelled(text, among).click());
    await this.settled();
  }

  /** Past React's own record of the value, as a browser changes it. */
  async type(label: string, text: string) {
    const field = this.labelled(label);
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(field, text);
    act(() => void field.dispatchEvent(new Event("input", { bubbles: true })));
    await this.settled();
  }

  async choose(label: string, value: string) {
    const list = this.labelled<HTMLSelectElement>(label);
    list.value = value;
    act(() => void list.dispatchEvent(new Event("change", { bubbles: true })));
    await this.settled();
  }

  /** The choices below a heading. */
  group(legend: string): HTMLFieldSetElement {
    return this.#one("fieldset", (one) => one.querySelector("legend")?.textContent === legend, legend);
  }

  #one<K extends keyof HTMLElementTagNameMap>(
    tag: K,
    is: (element: HTMLElementTagNameMap[K]) => boolean,
    name: string,
    among: ParentNode = this.box,
  ): HTMLElementTagNameMap[K] {
    const found = [...among.querySelectorAll(tag)].find(is);
    if (!found) throw new Error(`there is no ${tag} called ${name}`);
    return found;
  }
}
