import { IconPhone } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

const roles = ["administrator", "supervisor", "auditor"] as const;

export const calls: Feature = {
  menu: [{ to: "/calls", icon: IconPhone, useLabel: () => useTexts()("calls"), roles }],
  routes: [
    { path: "calls", lazy: async () => ({ Component: (await import("./CallList")).CallList }) },
    {
      path: "calls/:call",
      lazy: async () => ({ Component: (await import("./CallPage")).CallPage }),
    },
  ],
};
