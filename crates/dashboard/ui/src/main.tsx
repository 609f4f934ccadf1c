import "./styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import { session } from "./session/session";
import { canRunHere } from "./shell/Insecure";

// The reason is shown by the shell, which tries again; see session/Gate.tsx.
if (canRunHere()) void session.restore().catch(() => undefined);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
