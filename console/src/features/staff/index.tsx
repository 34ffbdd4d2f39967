import { IconHistory, IconUsers } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

export const staff: Feature = {
  menu: [
    {
      to: "/staff",
      icon: IconUsers,
      useLabel: () => useTexts()("staff"),
      roles: ["administrator"],
    },
    {
      to: "/audit",
      icon: IconHistory,
      useLabel: () => useTexts()("audit"),
      roles: ["administrator", "auditor"],
    },
  ],
  routes: [
    { path: "staff", lazy: async () => ({ Component: (await import("./StaffPage")).StaffPage }) },
    { path: "audit", lazy: async () => ({ Component: (await import("./AuditPage")).AuditPage }) },
  ],
};
