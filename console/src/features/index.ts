import type { Feature } from "../shared/feature";
import { flows } from "./flows";
import { knowledge } from "./knowledge";

/** In the order of the menu. */
export const features: readonly Feature[] = [flows, knowledge];
