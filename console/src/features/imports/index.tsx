import { IconFileImport, IconListCheck } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

export const imports: Feature = {
  menu: [
    {
      to: "/imports",
      icon: IconFileImport,
      useLabel: () => useTexts()("imports"),
      roles: ["administrator", "supervisor", "auditor"],
    },
    {
      to: "/jobs",
      icon: IconListCheck,
      useLabel: () => useTexts()("jobs"),
      roles: ["administrator", "ops", "supervisor", "auditor"],
    },
  ],
  routes: [
    {
      path: "imports",
      lazy: async () => ({ Component: (await import("./ImportsPage")).ImportsPage }),
    },
    {
      path: "jobs",
      lazy: async () => ({ Component: (await import("./JobsPage")).JobsPage }),
    },
  ],
};
