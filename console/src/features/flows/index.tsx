import { IconRoute } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

const roles = ["administrator", "ops", "supervisor", "auditor"] as const;

export const flows: Feature = {
  menu: [
    {
      to: "/flows",
      icon: IconRoute,
      useLabel: () => useTexts()("flows"),
      roles,
    },
  ],
  routes: [
    { path: "flows", lazy: async () => ({ Component: (await import("./FlowList")).FlowList }) },
    {
      path: "flows/:flow",
      lazy: async () => ({ Component: (await import("./FlowPage")).FlowPage }),
      children: [
        { index: true, lazy: async () => ({ Component: (await import("./Graph")).Graph }) },
        { path: "edit", lazy: async () => ({ Component: (await import("./Edit")).Edit }) },
        { path: "try", lazy: async () => ({ Component: (await import("./Try")).Try }) },
        { path: "tests", lazy: async () => ({ Component: (await import("./Tests")).Tests }) },
        { path: "replay", lazy: async () => ({ Component: (await import("./Replay")).Replay }) },
        {
          path: "versions",
          lazy: async () => ({ Component: (await import("./Versions")).Versions }),
        },
      ],
    },
  ],
};
