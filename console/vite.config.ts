import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` shows changes at once; what it doesn't have, a running console process answers.
const console_process = process.env.VOXDESK_CONSOLE ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": console_process } },
  build: { target: "es2022", sourcemap: false, reportCompressedSize: true },
  test: {
    environment: "jsdom",
    setupFiles: ["tests/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    isolate: false, // a page's world anew for each file takes 30 s
    testTimeout: 60_000, // they may have a small share of a busy core
  },
});
