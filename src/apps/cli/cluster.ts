/** The cluster that a question about all connections is about: from manifests or a server. */
import type { Owners } from "../../core/analysis/groups.ts";
import {
  FullNet,
  ownerName,
  type Placement,
  placed,
  withTunnels,
} from "../../core/analysis/placement.ts";
import { apartFromNets } from "../../core/analysis/unknown-addresses.ts";
import { formatManifestError } from "../../core/manifest/manifest-error.ts";
import { modelOf } from "../../core/model/convert.ts";
import type { Model } from "../../core/model/model.ts";
import { formatProblem } from "../../core/model/problems.ts";
import { formatPrefix, type Prefix, parseStrictPrefix } from "../../core/net/address.ts";
import { type AnyResource, VERDICT_KINDS } from "../../core/resources/kinds.ts";
import type { Owner } from "../../core/resources/pod-template.ts";
import type { ResourceKind } from "../../core/resources/resource.ts";
import { clientOf, type ServerOptions } from "./client.ts";
import { EXIT, usage } from "./exit.ts";
import type { Locate } from "./explanation.ts";
import { withImplied } from "./implied.ts";
import { locator, readAll, requireValid } from "./manifests.ts";
import { fetchAll } from "./snapshot.ts";
import type { Source } from "./sources.ts";
import type { Terminal } from "./terminal.ts";

/** A cluster to analyse. */
export interface AnalysedCluster {
  /** Those that were written, and what was made up for them. */
  readonly resources: readonly AnyResource[];
  readonly model: Model;
  readonly owners: Owners;
  readonly locate: Locate;
}

/** Resources as they were written, and where. */
export interface Written {
  readonly resources: readonly AnyResource[];
  readonly locate: Locate;
}

/** Everything of these kinds that a server holds. */
export async function fetchCluster(
  terminal: Terminal,
  options: ServerOptions,
  kinds: readonly ResourceKind[] = VERDICT_KINDS,
): Promise<Written> {
  const client = clientOf(terminal, options);
  const tell = (problem: string): void => terminal.tell(`warning: ${problem}`);
  const resources = await fetchAll(client, kinds, tell);
  client.close();
  return { resources, locate: () => undefined };
}

/**
 * What manifests describe, controllers as their pods. What a server would refuse and that can be
 * read all the same is warned of; what cannot be read ends the command. Throws CommandFailure (usage).
 */
export function readCluster(terminal: Terminal, sources: readonly Source[]): Written {
  const files = readAll(sources, {
    unknownKinds: "skip",
    controllers: "as pods",
    doubtful: "read",
  });
  const loaded = requireValid(terminal, files, EXIT.usage);
  for (const error of files.flatMap(({ doubts }) => doubts)) {
    terminal.tell(`warning: a server would refuse it: ${formatManifestError(error)}`);
  }
  return { resources: loaded.map(({ resource }) => resource), locate: locator(loaded) };
}

/**
 * The cluster of those resources, with places for pods that have none; what had to be made up is
 * told, and the problems of its objects unless the command speaks of them. Throws CommandFailure
 * (usage) if it has nobody to ask about.
 */
export function clusterOf(
  terminal: Terminal,
  { resources: written, locate }: Written,
  podNets: readonly Prefix[],
  called: string,
  problems: "told" | "left out" = "told",
): AnalysedCluster {
  const placement = place(written, podNets);
  const { resources, notes } = withImplied(placement.resources);
  const model = modelOf(resources);
  for (const note of [...notes, ...notesOn(placement, podNets)]) terminal.tell(`note: ${note}`);
  if (problems === "told") {
    for (const problem of model.problems) terminal.tell(`warning: ${formatProblem(problem)}`);
  }
  if (model.workloads.length === 0 && model.hosts.length === 0) {
    throw usage(`${called}: no workload is described there, so nobody reaches anybody`);
  }
  if (model.policies.length === 0) {
    terminal.tell(`note: ${called}: there is no policy, so that profiles alone decide`);
  }
  const { owners } = placement;
  return { resources, model: apartFromNets(withTunnels(model)), owners, locate };
}

/** The nets of `--pod-cidr`. Throws CommandFailure (usage). */
export function podNetsOf(texts: readonly string[] = []): Prefix[] {
  return texts
    .flatMap((text) => text.split(","))
    .map((text) => {
      const net = parseStrictPrefix(text);
      if (!net) throw usage(`--pod-cidr: "${text}" is not a network: want 10.48.0.0/16, say`);
      return net;
    });
}

function place(resources: readonly AnyResource[], podNets: readonly Prefix[]): Placement {
  try {
    return placed(resources, podNets);
  } catch (error) {
    if (error instanceof FullNet) throw usage(`--pod-cidr: ${error.message}`);
    throw error;
  }
}

function notesOn({ unknown, onUnknownNodes }: Placement, podNets: readonly Prefix[]): string[] {
  const notes: string[] = [];
  if (unknown.length > 0 && podNets.length === 0) {
    const wanted = "no CIDR matches them; --pod-cidr says where they will be";
    notes.push(`the addresses of ${listOf(unknown)} are not known: ${wanted}`);
  }
  if (unknown.length > 0 && podNets.length > 0) {
    const nets = podNets.map(formatPrefix).join(" and ");
    notes.push(`${listOf(unknown)} are taken to have the first free addresses of ${nets}`);
  }
  if (onUnknownNodes.length > 0) {
    const taken = "taken to have addresses of their own";
    notes.push(`${listOf(onUnknownNodes)} use the network of nodes nobody describes; ${taken}`);
  }
  return notes;
}

/** The first few by name, and how many more there are. */
function listOf(owners: readonly Owner[]): string {
  const names = owners.map(ownerName).sort();
  if (names.length <= 4) return names.join(", ");
  return `${names.slice(0, 3).join(", ")} and ${names.length - 3} others`;
}
