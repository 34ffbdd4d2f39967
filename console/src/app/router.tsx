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
