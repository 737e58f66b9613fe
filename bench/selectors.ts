/** Selectors as policies write them: how long one takes to parse, to print and to ask. */
import { parseSelector } from "../src/core/selector/parse.ts";
import { format, matches } from "../src/core/selector/selector.ts";
import type { Figure } from "./figure.ts";
import type { Progress } from "./main.ts";
import { microsecondsOf } from "./microseconds.ts";

const SELECTORS = [
  "all()",
  "color == 'red'",
  "has(app) && env in {'prod', 'staging'}",
  "a=='b'&&!has(c)||d!='e'",
  "app.kubernetes.io/name starts with 'front' && tier not in {'dev', 'test', 'qa'}",
  "projectcalico.org/namespace == 'default' && (role == 'db' || role == 'cache') && !has(held)",
];

const LABELS = new Map([
  ["app.kubernetes.io/name", "frontend"],
  ["color", "red"],
  ["env", "prod"],
  ["projectcalico.org/namespace", "default"],
  ["role", "cache"],
]);

/** Microseconds for each selector. */
export async function measure(tell: Progress): Promise<readonly Figure[]> {
  return SELECTORS.flatMap((text) => {
    tell(text);
    const selector = parseSelector(text);
    const works = {
      parse: () => parseSelector(text).op.length,
      print: () => format(selector).length,
      match: () => Number(matches(selector, LABELS)),
    };
    return Object.entries(works).map(([work, once]) => ({
      bench: "selectors",
      case: `${work} ${text}`,
      value: microsecondsOf(once),
      unit: "us",
    }));
  });
}
