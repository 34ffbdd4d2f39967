import { IconChartBar } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

export const pictures: Feature = {
  menu: [
    {
      to: "/reports",
      icon: IconChartBar,
      useLabel: () => useTexts()("reports"),
      roles: ["administrator", "ops", "supervisor", "auditor"],
    },
  ],
  routes: [
    {
      path: "reports",
      lazy: async () => ({ Component: (await import("./ReportsPage")).ReportsPage }),
    },
  ],
};
