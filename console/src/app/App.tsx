import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { RouterProvider } from "react-router";

import { isWorthAnotherTry } from "../shared/api";
import { Confirmation } from "../shared/confirm";
import { router } from "./router";
import { colours, theme } from "./theme";

/** Everything that pages stand in. */
export function App() {
  const [queries] = useState(
    () =>
      new QueryClient({
        defaultOptions: { queries: { retry: isWorthAnotherTry, staleTime: 5_000 } },
      }),
  );
  return (
    <QueryClientProvider client={queries}>
      <MantineProvider theme={theme} cssVariablesResolver={colours} defaultColorScheme="auto">
        <Notifications position="bottom-right" />
        <RouterProvider router={router} />
        <Confirmation />
      </MantineProvider>
    </QueryClientProvider>
  );
}
