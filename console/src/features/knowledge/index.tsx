import { IconBook } from "@tabler/icons-react";

import type { Feature } from "../../shared/feature";
import { useTexts } from "./texts";

export const knowledge: Feature = {
  menu: [
    {
      to: "/knowledge",
      icon: IconBook,
      useLabel: () => useTexts()("knowledge"),
      roles: ["administrator", "ops", "supervisor", "auditor"],
    },
  ],
  routes: [
    {
      path: "knowledge",
      lazy: async () => ({ Component: (await import("./KnowledgePage")).KnowledgePage }),
    },
    {
      path: "knowledge/:name",
      lazy: async () => ({ Component: (await import("./KnowledgeFile")).KnowledgeFile }),
    },
  ],
};
