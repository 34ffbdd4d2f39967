import { IconShieldLock } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

export const privacy: Feature = {
  menu: [
    {
      to: "/privacy",
      icon: IconShieldLock,
      useLabel: () => useTexts()("privacy"),
      roles: ["administrator", "auditor"],
    },
  ],
  routes: [
    {
      path: "privacy",
      lazy: async () => ({ Component: (await import("./PrivacyPage")).PrivacyPage }),
    },
  ],
};
