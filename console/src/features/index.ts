import type { Feature } from "../shared/feature";

/** In the order of the menu. */
export const features: readonly Feature[] = [];
