import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const tauri = {
  group: ["@tauri-apps/*"],
  message: "Only src/host may name Tauri; add what you need to the Host interface.",
};
const host = {
  group: ["**/host", "**/host/*"],
  message: "Views and components talk to src/state, which talks to the host.",
};
const views = { group: ["**/views/*", "**/components/*"], message: "State does not know what shows it." };

export default ts.config(
  { ignores: ["dist", "dist-demo", "node_modules", "src/bindings"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
  },
  {
    rules: {
      "no-restricted-imports": ["error", { patterns: [tauri] }],
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: [".svelte"] } },
    rules: { "@typescript-eslint/switch-exhaustiveness-check": "error" },
  },
  { files: ["src/host/**"], rules: { "no-restricted-imports": ["error", { patterns: [views] }] } },
  { files: ["src/state/**"], rules: { "no-restricted-imports": ["error", { patterns: [tauri, views] }] } },
  {
    files: ["src/views/**", "src/components/**", "src/*.svelte"],
    rules: { "no-restricted-imports": ["error", { patterns: [tauri, host] }] },
  },
);
