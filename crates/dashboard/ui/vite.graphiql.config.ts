import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// A build of its own: the dashboard's files stay as they are, whatever GraphiQL consists of.
export default defineConfig({
  root: "graphiql",
  base: "/graphiql/",
  publicDir: false,
  plugins: [react()],
  // GraphiQL brings 34 fonts inside of its style sheet. The page does with those of the machine.
  css: { transformer: "lightningcss", lightningcss: { visitor: { Rule: { "font-face": () => [] } } } },
  build: {
    outDir: process.env.ATALAYA_GRAPHIQL_DIST ?? "../../dist/graphiql",
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    // Inlined files would be data: addresses, which the page's policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: "licenses.md" },
    chunkSizeWarningLimit: 1_500,
    // React's compiler marked a module of GraphiQL for itself; nothing of it is compiled again.
    rolldownOptions: { checks: { moduleLevelDirective: false } },
  },
});
