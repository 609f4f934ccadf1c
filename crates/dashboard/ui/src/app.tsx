import { Router } from "wouter";
import { ToastProvider } from "./components/Toast";
import { TextProvider } from "./i18n/text";
import { Gate } from "./session/Gate";
import { canRunHere, Insecure } from "./shell/Insecure";

export function App() {
  return (
    <TextProvider>
      <Router base="/app">
        <ToastProvider>{canRunHere() ? <Gate /> : <Insecure />}</ToastProvider>
      </Router>
    </TextProvider>
  );
}
