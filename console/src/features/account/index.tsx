import { IconUser } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

export const account: Feature = {
  menu: [],
  accountMenu: [
    {
      to: "/account",
      icon: IconUser,
      useLabel: () => useTexts()("account"),
      roles: ["administrator", "ops", "supervisor", "agent", "auditor"],
    },
  ],
  routes: [
    {
      path: "account",
      lazy: async () => ({ Component: (await import("./AccountPage")).AccountPage }),
    },
  ],
};
