/** Where recorded vectors may lie on this machine. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

/** `vectors` in the folder that is shared beside the project's own, or undefined where there is none. */
export function sharedVectors(): string | undefined {
  const place = resolve(import.meta.dirname, "../../../shared/vectors");
  return existsSync(join(place, "selectors.json")) ? place : undefined;
}
