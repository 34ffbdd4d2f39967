import type { Feature } from "../shared/feature";
import { account } from "./account";
import { calls } from "./calls";
import { flows } from "./flows";
import { imports } from "./imports";
import { knowledge } from "./knowledge";
import { live } from "./live";
import { pictures } from "./pictures";
import { privacy } from "./privacy";
import { scores } from "./scores";
import { staff } from "./staff";

/** In the order of the menu. */
export const features: readonly Feature[] = [
  live,
  calls,
  scores,
  pictures,
  flows,
  knowledge,
  imports,
  privacy,
  staff,
  account,
];
