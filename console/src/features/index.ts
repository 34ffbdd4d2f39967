import type { Feature } from "../shared/feature";
import { flows } from "./flows";

/** In the order of the menu. */
export const features: readonly Feature[] = [flows];
