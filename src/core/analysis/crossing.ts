/** One way through a node, answered once for all addresses that its policy does not tell apart. */
import type { Cluster } from "../verdict/cluster.ts";
import type { End, Passage } from "../verdict/passage.ts";
import { sectionsOf } from "./ends.ts";
import { deniedBy, judge } from "./judge.ts";
import { Projection } from "./projection.ts";
import type { SetTable } from "./set-table.ts";
import type { Signature, Signatures } from "./signatures.ts";
import { joined, type SideTerms, type Term, type TermReader } from "./terms.ts";

/** What passes a node both ways, by the numbers of sets. */
export class Crossing {
  readonly #judge: (source: Signature, destination: Signature) => number;
  readonly #source: Projection;
  readonly #destination: Projection;
  readonly #answers = new Map<number, number>();

  constructor(
    cluster: Cluster,
    passage: Passage,
    signatures: Signatures,
    reader: TermReader,
    sets: SetTable,
  ) {
    const terms = termsOf(cluster, passage, reader);
    this.#source = new Projection(signatures, terms.source);
    this.#destination = new Projection(signatures, terms.destination);
    this.#judge = (source, destination) => {
      const [from, to] = [source.address, destination.address];
      const pair = { source: from, destination: to, known: signatures };
      return sets.numberOf(deniedBy(judge(cluster, [passage], pair)).complement());
    };
  }

  /** Equal for pairs of which the policy on the way says the same. */
  groupOf(source: Signature, destination: Signature): number {
    const from = this.#source.groupOf(source.index);
    return from * this.#destination.count + this.#destination.groupOf(destination.index);
  }

  /** The number of the set of connections that pass, answers included. */
  allowed(source: Signature, destination: Signature): number {
    const group = this.groupOf(source, destination);
    const known = this.#answers.get(group);
    if (known !== undefined) return known;
    const answer = this.#judge(source, destination);
    this.#answers.set(group, answer);
    return answer;
  }
}

/**
 * What the policy of a passage asks of addresses. Where host endpoints are in the way, answers may
 * be asked too: then each side is asked whatever the other is.
 */
function termsOf(cluster: Cluster, { node, entry, exit }: Passage, reader: TermReader): SideTerms {
  const hosts = [entry, exit].map((end) => hostTerms(cluster, node, end, reader));
  const first = joined([
    ...(entry.at === "workload"
      ? [reader.ofSection(cluster.workload(entry.endpoint, "egress"))]
      : []),
    ...(exit.at === "workload"
      ? [reader.ofSection(cluster.workload(exit.endpoint, "ingress"))]
      : []),
  ]);
  if (!hosts.some((terms) => terms !== undefined)) return first;
  const everything = joined([
    first,
    ...[entry, exit].flatMap((end) => {
      if (end.at !== "workload") return [];
      const { endpoint } = end;
      const asked = (["ingress", "egress"] as const).map((one) => cluster.workload(endpoint, one));
      return asked.map((section) => reader.ofSection(section));
    }),
    ...hosts.filter((terms) => terms !== undefined),
  ]);
  const both = new Set<Term>([
    ...everything.source,
    ...everything.destination,
    ...reader.ofFailsafes(cluster.configurationOf(node)),
  ]);
  return { source: both, destination: both };
}

function hostTerms(
  cluster: Cluster,
  node: string,
  end: End,
  reader: TermReader,
): SideTerms | undefined {
  if (end.at === "host") return undefined;
  const compiled = cluster.hostEndpoint(node, end.at === "workload" ? "workload" : end.interface);
  if (!compiled) return undefined;
  return joined(sectionsOf(compiled).map((section) => reader.ofSection(section)));
}
