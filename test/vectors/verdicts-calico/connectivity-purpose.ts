/** Where connections are judged otherwise than in the reference's clusters, on purpose. */
import type { Manifest } from "./state-model.ts";

interface Spec {
  readonly ingress?: readonly RuleFields[] | null;
  readonly egress?: readonly RuleFields[] | null;
  readonly applyOnForward?: boolean;
  readonly doNotTrack?: boolean;
  readonly preDNAT?: boolean;
}

interface RuleFields {
  readonly http?: object | null;
  readonly notICMP?: { readonly code?: number } | null;
  readonly source?: EntityFields | null;
  readonly destination?: EntityFields | null;
}

interface EntityFields {
  readonly services?: { readonly namespace?: string } | null;
}

/** The first cell of a row in differences.md, and the resources that it speaks of. */
const DIFFERENCES: readonly (readonly [row: string, speaksOf: (one: Manifest) => boolean])[] = [
  ["`http` criteria", (one) => rulesOf(one).some(({ http }) => Boolean(http))],
  [
    "`services` without a namespace in a policy of a namespace",
    (one) => one.metadata.namespace !== undefined && rulesOf(one).some(leavesNamespaceOut),
  ],
  [
    "`notICMP` with type and code",
    (one) => rulesOf(one).some(({ notICMP }) => notICMP?.code !== undefined),
  ],
  [
    "Staged policies with `applyOnForward`, `doNotTrack` or `preDNAT`",
    (one) => one.kind === "StagedGlobalNetworkPolicy" && isForHosts(specOf(one)),
  ],
];

/** The row that tells why a state with these resources may come out otherwise, if there is one. */
export function connectivityPurpose(resources: readonly Manifest[]): string | undefined {
  return DIFFERENCES.find(([, speaksOf]) => resources.some(speaksOf))?.[0];
}

function specOf({ spec }: Manifest): Spec {
  return spec ?? {};
}

function rulesOf(manifest: Manifest): readonly RuleFields[] {
  const { ingress, egress } = specOf(manifest);
  return [...(ingress ?? []), ...(egress ?? [])];
}

function leavesNamespaceOut({ source, destination }: RuleFields): boolean {
  return [source?.services, destination?.services].some((one) => one && !one.namespace);
}

function isForHosts({ applyOnForward, doNotTrack, preDNAT }: Spec): boolean {
  return Boolean(applyOnForward || doNotTrack || preDNAT);
}
