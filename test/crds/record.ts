/**
 * Writes recorded.jsonl anew: what a real API server says, by the reference's definitions, of a
 * small manifest for each rule, so that a clone without either still has an oracle.
 *
 *     scripts/node test/crds/record.ts
 */
import { writeFileSync } from "node:fs";
import { kubernetesNetworkPolicy } from "../../src/core/resources/kubernetes-network-policy.ts";
import { controlPlaneAssets } from "../control-plane/assets.ts";
import { ControlPlane } from "../control-plane/control-plane.ts";
import { Random } from "../differential/random.ts";
import { shrink } from "../differential/shrink.ts";
import { candidates } from "./candidates.ts";
import { type Case, caseOf } from "./compare.ts";
import { referenceDefinitions } from "./definitions.ts";
import { formatRecord, RECORDED } from "./recorded.ts";
import { messagesOf, oneLine } from "./rules-met.ts";
import { install, judge } from "./server-side.ts";
import { sweep } from "./sweep.ts";

const MANIFESTS = 20_000;
const ACCEPTED_A_KIND = 4;
/** Of those accepted, the shortest that say something. */
const ACCEPTED_AT_LEAST = 250;
const LINE_AT_MOST = 2_000;

const assets = controlPlaneAssets();
const definitions = referenceDefinitions();
if (assets === undefined) throw new Error("needs kube-apiserver and etcd: scripts/test-tools");
if (definitions === undefined) throw new Error("needs the reference's definitions: shared vectors");
await using plane = await ControlPlane.start(assets);
const { client } = plane;
await install(
  client,
  definitions.map(({ crd }) => crd),
);

const rules = new Map(definitions.map(({ kind, schema }) => [kind, messagesOf(schema)]));
/** By what a case is an example of; as many as there were. */
const examples = new Map<string, Case[]>();
const models = [
  ...definitions.map(({ kind, schema }) => ({ kind, schemas: [kind.schema, schema] })),
  { kind: kubernetesNetworkPolicy, schemas: [kubernetesNetworkPolicy.schema] },
];
await sweep(candidates(new Random(1), models, MANIFESTS), {
  client,
  compare: () => undefined,
  purposeOf: () => undefined,
  watch: (one) => {
    for (const lesson of lessonsOf(one)) {
      examples.set(lesson, [...(examples.get(lesson) ?? []), one]);
    }
  },
});
const lines: string[] = [];
for (const [lesson, cases] of [...examples].sort(([a], [b]) => (a < b ? -1 : 1))) {
  const [first, ...others] = cases.sort(bySize);
  if (first?.theirs.accepted) {
    lines.push(...[first, ...others].slice(0, ACCEPTED_A_KIND).map(formatRecord));
  } else if (first) {
    lines.push(formatRecord(await smallest(first, lesson)));
  }
}
const short = lines.filter((line) => line.length <= LINE_AT_MOST);
writeFileSync(RECORDED, `${[...new Set(short)].join("\n")}\n`);

/** A refusal for one reason alone teaches most; then the shortest. */
function bySize(a: Case, b: Case): number {
  const [one, other] = [JSON.stringify(a.manifest), JSON.stringify(b.manifest)];
  return reasonsOf(a) - reasonsOf(b) || one.length - other.length || (one < other ? -1 : 1);
}

function reasonsOf({ theirs }: Case): number {
  return theirs.accepted ? 0 : theirs.causes.length;
}

/** What a case is an example of: the rules it breaks, or of what is accepted. */
function lessonsOf({ kind, manifest, theirs }: Case): string[] {
  if (theirs.accepted) {
    return JSON.stringify(manifest).length >= ACCEPTED_AT_LEAST ? [`${kind.kind} accepted`] : [];
  }
  const declared = rules.get(kind);
  return theirs.causes.flatMap(({ field, message }) => {
    const said = oneLine(message);
    if (declared) {
      return declared.filter((rule) => said.includes(rule)).map((rule) => `${kind.kind} ${rule}`);
    }
    const place = field.replaceAll(/\[[^\]]*\]/g, "").replace("egress", "ingress");
    return [`${kind.kind} ${place.replace(".to", ".from")} ${said.replace(/value: .*?:/, "")}`];
  });
}

/** The smallest manifest that the server still refuses for the same reason, and for no more. */
async function smallest(one: Case, lesson: string): Promise<Case> {
  let found = one;
  await shrink([one.manifest as object], async ([smaller]) => {
    if (smaller === undefined) return false;
    const again = caseOf(one.kind, smaller, await judge(client, one.kind, smaller));
    if (again.theirs.accepted || !lessonsOf(again).includes(lesson)) return false;
    if (reasonsOf(again) > reasonsOf(found)) return false;
    found = again;
    return true;
  });
  return found;
}
