import { Router } from "wouter";
import { ToastProvider } from "./components/Toast";
import { TextProvider } from "./i18n/text";
import { Gate } from "./session/Gate";

export function App() {
  return (
    <TextProvider>
      <Router base="/app">
        <ToastProvider>
          <Gate />
        </ToastProvider>
      </Router>
    </TextProvider>
  );
}
