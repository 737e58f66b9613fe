import { badRequest } from "./status.ts";

const DEPTH_AT_MOST = 100;

/** The value itself; refuses one that is nested deeper than any object of ours could be. */
export function shallow(value: unknown): unknown {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_AT_MOST) throw badRequest(`it is nested more than ${DEPTH_AT_MOST} deep`);
    const objects = level.filter((each) => typeof each === "object" && each !== null);
    level = objects.flatMap((each) => Object.values(each));
  }
  return value;
}
