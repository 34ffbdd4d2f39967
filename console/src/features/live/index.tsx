import { IconActivityHeartbeat } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

const roles = ["administrator", "ops", "supervisor", "auditor"] as const;

export const live: Feature = {
  menu: [{ to: "/live", icon: IconActivityHeartbeat, useLabel: () => useTexts()("live"), roles }],
  routes: [
    { path: "live", lazy: async () => ({ Component: (await import("./LivePage")).LivePage }) },
  ],
};
