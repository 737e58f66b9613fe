import type { Family } from "./family.ts";
import { selectors } from "./selectors.ts";

/** The families, in the order of the report. */
export const families: readonly Family[] = [selectors];
