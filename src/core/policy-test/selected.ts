/** Whom a peer selects, or why that is nobody. */
import { closest } from "../schema/closest.ts";
import { compareBytes } from "../text/byte-order.ts";
import type { Target } from "./end.ts";

/** Everyone whom a peer selects, by name and address; or why that is nobody. */
export type Selected = { readonly targets: readonly Target[] } | { readonly nobody: string };

export function selected(targets: readonly Target[], nobody: string): Selected {
  return targets.length > 0 ? { targets } : { nobody };
}

/** `no pod is called shop/wed: did you mean "shop/web"?` */
export function missing(what: string, name: string, names: readonly string[]): string {
  const near = closest(name, [...new Set(names)].sort(compareBytes));
  return `${what} is called ${name}${near === undefined ? "" : `: did you mean "${near}"?`}`;
}
