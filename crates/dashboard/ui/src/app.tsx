import { QueryClientProvider } from "@tanstack/react-query";
import { Router } from "wouter";
import { queries } from "./api/queries";
import { ToastProvider } from "./components/Toast";
import { TextProvider } from "./i18n/text";
import { Gate } from "./session/Gate";

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <TextProvider>
        <Router base="/app">
          <ToastProvider>
            <Gate />
          </ToastProvider>
        </Router>
      </TextProvider>
    </QueryClientProvider>
  );
}
