/** Random requests inside connections. */
import type { Flow } from "../../src/core/net/flow.ts";
import type { Principal, Request } from "../../src/core/net/request.ts";
import type { Random } from "./random.ts";
import { NAMESPACES, SERVICE_ACCOUNTS } from "./universe.ts";

/** Some are normal, some are other spellings of a normal one, some have no normal form. */
const PATHS = [
  "/",
  "/shop",
  "/shop/",
  "/shop/cart?item=1",
  "/shopping",
  "/shop/../api/v1",
  "/%73hop",
  "/shop/%252e%252e",
  "shop",
  "*",
] as const;

/** A request that `flow` carries, of those who are known, or not, or said not to be anybody. */
export function generateRequest(random: Random, flow: Flow): Request {
  const source = principal(random);
  const destination = principal(random);
  return {
    flow,
    ...(source && { source }),
    ...(destination && { destination }),
    ...(random.chance(90) && {
      http: {
        ...(random.chance(90) && { method: random.pick(["GET", "POST", "DELETE", "get"]) }),
        ...(random.chance(90) && { path: random.pick(PATHS) }),
      },
    }),
  };
}

function principal(random: Random): Principal | undefined {
  if (random.chance(25)) return undefined;
  return {
    namespace: random.pick([...NAMESPACES, "nowhere"]) ?? "",
    serviceAccount: random.pick([...SERVICE_ACCOUNTS, "nobody"]) ?? "",
    ...(random.chance(20) && { labels: new Map([["role", "api"]]) }),
  };
}
