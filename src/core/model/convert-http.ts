/** What a rule says of HTTP requests. */
import type { HttpMatchSpec, RuleSpec } from "../resources/rule.ts";
import type { HttpMatch, PathMatch } from "./policy.ts";
import type { Report } from "./problems.ts";

type PathSpec = NonNullable<HttpMatchSpec["paths"]>[number];

/**
 * The requests that a rule is about; undefined when it is about packets. Empty lists ask nothing.
 * Only a rule that allows may be about requests: where none is seen, any other would let pass what
 * it was to stop.
 */
export function readHttp(
  { action, http }: Pick<RuleSpec, "action" | "http">,
  path: string,
  report: Report,
): HttpMatch | undefined {
  const methods = http?.methods ?? [];
  const paths = http?.paths ?? [];
  if (methods.length === 0 && paths.length === 0) return undefined;
  if (action !== "Allow") report(path, `only an Allow rule may match HTTP requests, not ${action}`);
  const anyMethod = methods.length === 0 || methods.includes("*");
  const read = paths.flatMap((one, i) => readPath(one, `${path}.paths[${i}]`, report));
  return {
    ...(!anyMethod && { methods: [...new Set(methods)] }),
    ...(paths.length > 0 && { paths: read }),
  };
}

function readPath({ exact, prefix }: PathSpec, path: string, report: Report): PathMatch[] {
  if (exact && !prefix) return [{ exact }];
  if (prefix && !exact) return [{ prefix }];
  report(path, "a path is either exact or a prefix");
  return [];
}
