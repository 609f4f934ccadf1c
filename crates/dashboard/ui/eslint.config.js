import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

export default typescript.config(
  { ignores: ["src/api/schema.d.ts"] },
  ...typescript.configs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    rules: {
      "@typescript-eslint/no-non-null-assertion": "error",
      // A page reads data through the hooks of api/ only.
      "no-restricted-globals": ["error", "fetch", "XMLHttpRequest", "sessionStorage"],
      "no-restricted-properties": ["error", { property: "innerHTML" }, { property: "outerHTML" }],
    },
  },
  { files: ["src/api/**", "src/session/**", "graphiql/server.ts"], rules: { "no-restricted-globals": "off" } },
);
