import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds the API: `make run` serves it there.
const api = process.env.ATALAYA_API ?? "http://127.0.0.1:8000";
const routes = [
  "/auth",
  "/accounts",
  "/regression",
  "/jobs",
  "/companies",
  "/audit",
  "/calendar",
  "/installation",
  "/predict",
  "/api",
  "/health",
];

export default defineConfig({
  base: "/app/",
  plugins: [react()],
  build: {
    outDir: process.env.ATALAYA_DIST ?? "../dist",
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    // Inlined files would be data: addresses, which the page's policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: Object.fromEntries(routes.map((route) => [route, api])) },
  // A test reads the sheets, which vitest would empty.
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"], css: { include: [/\?raw/] } },
});
