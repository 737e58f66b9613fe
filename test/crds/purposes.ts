/** Differences on purpose: which row of docs/reference/differences.md explains a case. */

import { isDeepStrictEqual } from "node:util";
import { entry, objectAt } from "../../src/core/schema/json-object.ts";
import type { Schema } from "../../src/core/schema/schema.ts";
import { bare, type Case, type Difference } from "./compare.ts";
import type { Cause, Refusal } from "./server-side.ts";

interface Purpose {
  /** The row's first cell. */
  readonly row: string;
  readonly explains: (difference: Difference) => boolean;
}

const BY_DEFINITION: readonly Purpose[] = [
  {
    row: "Tier without an `order`",
    explains: ({ sort, why, of }) =>
      of.kind.kind === "Tier" &&
      (entry(objectAt(of.manifest, "spec"), "order") ?? null) === null &&
      (sort === "defaults"
        ? isSameBut(of, (name) => name === "order")
        : sort !== "we refuse" && why.includes("tier order must be")),
  },
  {
    row: "StagedKubernetesNetworkPolicy that Kubernetes would refuse, or complete, as a NetworkPolicy",
    explains: (difference) =>
      difference.of.kind.kind === "StagedKubernetesNetworkPolicy" &&
      (difference.sort === "we refuse"
        ? everyError(difference, /\.(policyTypes\[\d+\]|protocol|operator)$/)
        : difference.sort === "defaults" && isSameBut(difference.of, isPolicyDefault)),
  },
  {
    row: 'Rule with a protocol\'s number in quotes, e.g. `"6"` or `"1"`',
    explains: isOfProtocolText,
  },
  {
    row: "Administrators' policies: label selector with an unknown operator",
    explains: (difference) =>
      difference.sort === "we refuse" && everyError(difference, /\.operator$/),
  },
  {
    row: "Administrators' policies: label selector with null for a value",
    explains: ({ sort, of }) => sort === "defaults" && isSameBut(of, (_, value) => value === ""),
  },
];

/** The definitions compare a protocol with the number and with the name, never with `"6"`. */
function isOfProtocolText({ sort, of }: Difference): boolean {
  const complaints =
    sort === "we refuse" ? of.shape.errors : of.theirs.accepted ? [] : of.theirs.causes;
  return (
    /"(p|notP)rotocol":"\d+"/.test(JSON.stringify(of.manifest)) &&
    complaints.length > 0 &&
    complaints.every(({ message }) => /protocol|ipVersion|ICMP/.test(message))
  );
}

/** What is filled in for a port without a protocol, and a label without a value. */
function isPolicyDefault(name: string, value: unknown): boolean {
  return value === "" || (name === "protocol" && value === "TCP");
}

/** Whether both sides keep the same object, but for the fields that are `left` out. */
function isSameBut(of: Case, left: (name: string, value: unknown) => boolean): boolean {
  const rest = (object: unknown): unknown =>
    JSON.parse(
      JSON.stringify(bare(object), (name, value) => (left(name, value) ? undefined : value)),
    );
  return of.theirs.accepted && isDeepStrictEqual(rest(of.shape.object), rest(of.theirs.object));
}

const BUILT_IN: readonly Purpose[] = [
  {
    row: "Kubernetes NetworkPolicy: `ipBlock` with bits set past its length, or mapped to IPv6",
    explains: ({ sort, of }) =>
      sort === "we admit" &&
      !of.theirs.accepted &&
      of.theirs.causes.length > 0 &&
      of.theirs.causes.every(
        ({ field, message }) =>
          field.includes("ipBlock") && /beyond the prefix length|IPv4-mapped/.test(message),
      ),
  },
  {
    row: "Object with a namespace, of a kind that has none",
    explains: ({ sort, of }) =>
      sort === "we refuse" &&
      !of.admission.admitted &&
      of.admission.errors.every(({ field }) => field === "metadata.namespace"),
  },
  {
    row: "Kubernetes NetworkPolicy with a `status`",
    explains: ({ sort, why }) =>
      sort === "we admit" && why.endsWith('strict decoding error: unknown field "status"'),
  },
  {
    row: "EndpointSlice with an address that is not in its canonical form",
    explains: ({ sort, of }) =>
      sort === "we admit" &&
      !of.theirs.accepted &&
      of.theirs.causes.length > 0 &&
      of.theirs.causes.every(({ message }) => message.includes("must be in canonical form")),
  },
  {
    row: 'Service with `""` for `type`, `protocol` or `sessionAffinity`; EndpointSlice with a port outside 1 to 65535',
    explains: ({ sort, of }) =>
      sort === "we refuse" &&
      !of.admission.admitted &&
      (of.kind.kind === "Service"
        ? hasEmptyWord(of)
        : of.kind.kind === "EndpointSlice" &&
          of.admission.errors.every(({ field }) => /^ports\[\d+\]\.port$/.test(field))),
  },
  {
    row: 'Pod with `""` for a port\'s `protocol`',
    explains: ({ sort, of }) => sort === "defaults" && of.kind.kind === "Pod" && hasEmptyWord(of),
  },
  {
    row: "Kubernetes' own kinds: null as an item of a list",
    explains: ({ sort, of }) =>
      sort === "we refuse" &&
      of.shape.errors.length > 0 &&
      of.shape.errors.every(({ message }) => message.includes("not null")),
  },
  {
    row: "Kubernetes' own kinds but NetworkPolicy: fields that policy does not need",
    explains: ({ sort, of }) =>
      sort === "we admit" &&
      of.kind.group !== "networking.k8s.io" &&
      !of.theirs.accepted &&
      complaintsOf(of.theirs).every(
        ({ field, message }) =>
          message.startsWith("Required value") ||
          /ontainers(\.ports)?\.name$/.test(field) ||
          !isRead(of.kind.schema, field),
      ),
  },
];

/** Every row that explains something here. */
export const ROWS: readonly string[] = [...BY_DEFINITION, ...BUILT_IN].map(({ row }) => row);

/** The row that explains a difference from the reference's definitions; undefined when none does. */
export function purposeOfDefinition(difference: Difference): string | undefined {
  return BY_DEFINITION.find(({ explains }) => explains(difference))?.row;
}

/** The row that explains a difference over one of Kubernetes' own kinds. */
export function purposeOfBuiltIn(difference: Difference): string | undefined {
  return BUILT_IN.find(({ explains }) => explains(difference))?.row;
}

/** Whether a word that Kubernetes would choose is there, and empty. */
function hasEmptyWord({ manifest }: Case): boolean {
  return /"(type|protocol|\w+(Affinity|Policy))":""/.test(JSON.stringify(manifest));
}

function everyError({ of }: Difference, field: RegExp): boolean {
  return of.shape.errors.every((error) => field.test(error.field));
}

/** What a refusal is about, list items unnumbered; of an unreadable request, the message tells. */
function complaintsOf({ causes, message }: Refusal): readonly Cause[] {
  const place = (field = ""): string => field.replaceAll(/\[[^\]]*\]/g, "");
  if (causes.length > 0) {
    return causes.map((cause) => ({ field: place(cause.field), message: cause.message }));
  }
  const unknown = message.matchAll(/unknown field "([^"]*)"/g);
  const typed = message.matchAll(/Go struct field \w+\.(\S+) of type/g);
  return Array.from([...unknown, ...typed], ([, field]) => ({ field: place(field), message }));
}

/** Whether a schema says anything of the field at this path: `spec.ports.name`. */
function isRead(schema: Schema<unknown>, path: string): boolean {
  let at: Schema<unknown> | undefined = schema;
  for (const step of path.split(".")) {
    while (at?.items) at = at.items;
    at =
      at?.additionalProperties ??
      (Object.hasOwn(at?.properties ?? {}, step) ? at?.properties?.[step] : undefined);
  }
  while (at?.items) at = at.items;
  return at !== undefined && (at.type !== undefined || at["x-kubernetes-int-or-string"] === true);
}
