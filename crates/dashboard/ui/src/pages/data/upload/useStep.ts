import { useEffect, useRef } from "react";
import { useSearchParams } from "wouter";
import type { Step } from "./Steps";

/** The step is in the address, so that the browser's back button goes one step back. */
export function useStep(): [Step, (step: Step) => void] {
  const [params, setParams] = useSearchParams();
  const word = params.get("step");
  const step = word === "review" || word === "done" ? word : "file";
  return [step, (next) => setParams(next === "file" ? {} : { step: next })];
}

/** Another step begins at the top of the page. */
export function useTopOfStep(step: Step) {
  const before = useRef(step);
  useEffect(() => {
    if (before.current === step) return;
    before.current = step;
    scrollTo(0, 0);
    document.getElementById("content")?.focus({ preventScroll: true });
  }, [step]);
}
