import { Loader } from "@mantine/core";
import { createBrowserRouter } from "react-router";

import { features } from "../features";
import { Broken } from "../shared/Broken";
import { FirstPage } from "./FirstPage";
import { NotThere } from "./NotThere";
import { Shell } from "./Shell";

/** Every page is loaded when it is first opened. */
export const router = createBrowserRouter([
  {
    // By one-time link: whoever opens these isn't signed in yet.
    errorElement: <Broken />,
    hydrateFallbackElement: <Loader m="xl" />,
    children: [
      {
        path: "first",
        lazy: async () => ({ Component: (await import("../features/sign-in/First")).First }),
      },
      {
        path: "password",
        lazy: async () => ({
          Component: (await import("../features/sign-in/ChoosePassword")).ChoosePassword,
        }),
      },
    ],
  },
  {
    element: <Shell />,
    errorElement: <Broken />,
    hydrateFallbackElement: <Loader m="xl" />,
    children: [
      { index: true, element: <FirstPage /> },
      ...features.flatMap((feature) => feature.routes),
      { path: "*", element: <NotThere /> },
    ],
  },
]);
