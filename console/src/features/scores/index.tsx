import { IconClipboardCheck } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

export const scores: Feature = {
  menu: [
    {
      to: "/scores",
      icon: IconClipboardCheck,
      useLabel: () => useTexts()("scores"),
      roles: ["administrator", "supervisor", "auditor"],
    },
  ],
  routes: [
    {
      path: "scores",
      lazy: async () => ({ Component: (await import("./ScoresPage")).ScoresPage }),
    },
  ],
};
