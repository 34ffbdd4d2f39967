import type { ComponentType } from "react";
import type { RouteObject } from "react-router";

import type { Role } from "./session";

/** A page in the menu. */
export interface MenuItem {
  to: string;
  icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
  /** A hook, so that the label follows the language. */
  useLabel: () => string;
  /** Who may open it; the API refuses everybody else as well. */
  roles: readonly Role[];
}

/** A part of the console: what stands in the menu, and its pages. */
export interface Feature {
  menu: readonly MenuItem[];
  /** In the menu at a person's own name. */
  accountMenu?: readonly MenuItem[];
  /** Load pages by `lazy`, so that the first page stays small. */
  routes: readonly RouteObject[];
}

export const may = (item: MenuItem, role: Role): boolean => item.roles.includes(role);
