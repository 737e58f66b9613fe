/** From what a node enforces to what its kernel is to hold. */
import type { HostInterface } from "../../core/model/endpoint.ts";
import type { Problem } from "../../core/model/model.ts";
import type { Direction } from "../../core/model/policy.ts";
import type { NodePolicy, Section } from "../../core/policy/policy.ts";
import type { Rendering } from "../nft/ruleset.ts";
import { AddressSpace } from "./address-space.ts";
import type { Allocation } from "./allocation.ts";
import { Chains } from "./chains.ts";
import { firstClasses, nextClasses } from "./classes.ts";
import { Codes, logChain } from "./codes.ts";
import { baseChains } from "./hooks.ts";
import { governedInterfaces, hostMaps, hostUses } from "./host-chains.ts";
import type { Label } from "./labels.ts";
import { lookupChains } from "./lookup-chains.ts";
import {
  classMaps,
  layOut,
  type PlannedMap,
  pointerElements,
  pointerMap,
  rowMaps,
} from "./maps.ts";
import { pointersFor, rowsBefore } from "./pointers.ts";
import { MAX_CLASS } from "./register.ts";
import { SectionChains } from "./section-chains.ts";
import { type SectionUse, setsInUse } from "./sets-in-use.ts";
import { OwnSides } from "./sides.ts";
import { StageTable } from "./stage-table.ts";
import { soundWorkloads, workloadChains, workloadMaps } from "./workload-chains.ts";

export interface Rendered {
  readonly rendering: Rendering;
  /** For the next rendering of this generation, once this one is applied. */
  readonly allocation: Allocation;
  /** What is not enforced as it was meant; the traffic concerned is denied. */
  readonly problems: readonly Problem[];
  /**
   * The generation is at its end: numbers or the room in maps run out, or classes are in too many
   * pieces. Not to be applied; render again, as the next generation and without an allocation.
   */
  readonly stale: boolean;
  /** Rendering the same again, when this is applied, would hold less. */
  readonly lingering: boolean;
}

/**
 * Renders `policy` for a node with these interfaces (those of workloads are passed over) as `generation`.
 * `previous` is the allocation of the rendering applied last, if that was of the same generation:
 * what stays the same then keeps its numbers, and the rendering leads from there to here. `space` has
 * what renderings before this one cut, of any generation, and was told of what changed in sets since.
 */
export function render(
  policy: NodePolicy,
  interfaces: readonly HostInterface[],
  previous: Allocation | undefined,
  generation: number,
  space = new AddressSpace(),
): Rendered {
  if (previous && previous.generation !== generation) {
    throw new Error(`an allocation of generation ${previous.generation} in ${generation}`);
  }
  const { sound, problems } = soundWorkloads(policy.workloads);
  const taken = new Set(policy.workloads.map(({ endpoint }) => endpoint.interfaceName));
  const governed = governedInterfaces(
    policy.hostEndpoints,
    interfaces.filter(({ name }) => !taken.has(name)),
  );
  const ownSides = new OwnSides();
  const workloads = sound.map(({ endpoint, ingress, egress }) => {
    const use = (section: Section, direction: Direction): SectionUse => {
      return { section, direction, own: ownSides.sideOf(section, direction, endpoint.addresses) };
    };
    return { endpoint, ingress: use(ingress, "ingress"), egress: use(egress, "egress") };
  });
  const uses = [
    ...workloads.flatMap(({ ingress, egress }) => [ingress, egress]),
    ...hostUses(governed, ownSides),
  ];
  const parts = space.cut(setsInUse(uses));

  const chains = new Chains(generation, previous?.chains);
  const leaves = new Codes("leaves", previous?.leaves);
  const sides = new Codes("sides", previous?.sides);
  const codeOf = (label: Label): number =>
    label.logs.length === 0 ? label.code : leaves.to(logChain(chains, label));
  const stages = new StageTable(parts, ownSides, codeOf, previous);
  const lookups = lookupChains(chains);
  const sections = new SectionChains(chains, lookups, stages, parts, (chain) => sides.to(chain));
  const chainOf = ({ section, direction, own }: SectionUse): string =>
    sections.chain(section, direction, own);
  const policed = workloads.map(({ endpoint, ingress, egress }) => {
    return { endpoint, ingress: chainOf(ingress), egress: chainOf(egress) };
  });
  const { configuration } = policy;
  const forHosts = hostMaps(governed, configuration, ownSides, chains, chainOf);
  const hostStems = new Set(forHosts.map(({ stem }) => stem));
  const bases = baseChains(
    chains,
    workloadChains(
      chains,
      policy.workloads.map(({ endpoint }) => endpoint),
      configuration,
    ),
    hostStems,
  );

  const before = previous && rowsBefore(previous.pointers, stages.stages);
  const classes =
    previous && before ? nextClasses(parts, previous.classes, before) : firstClasses(parts);
  const pointers = pointersFor(
    stages.stages,
    classes.partOf,
    classes.splitFrom,
    previous?.pointers ?? new Map(),
  );
  const planned: readonly PlannedMap[] = [
    ...classMaps(classes.memory),
    pointerMap(pointers.rows),
    ...rowMaps(stages),
    ...workloadMaps(policed),
    ...forHosts,
    leaves.map,
    sides.map,
  ];
  const { maps, sizes, crowded } = layOut(planned, chains, previous?.sizes ?? new Map());
  const limits = [
    ...(classes.memory.next - 1 > MAX_CLASS ? ["classes of addresses"] : []),
    ...(stages.exhausted ? ["stages of policy"] : []),
  ];
  if (!previous && limits.length > 0) return renderShut(policy, interfaces, generation, limits);
  const scattered = classes.partOf.size > 2 * parts.parts.length + SPARE_CLASSES;
  return {
    rendering: {
      ruleset: { generation, baseChains: bases, maps, chains: chains.rules },
      bridge: new Map([[chains.name("rows"), pointerElements(pointers.bridge)]]),
    },
    allocation: {
      generation,
      classes: classes.memory,
      ...stages.memory,
      leaves: leaves.memory,
      sides: sides.memory,
      chains: chains.memory,
      pointers: pointers.rows,
      sizes,
    },
    problems,
    stale: previous !== undefined && (limits.length > 0 || crowded || scattered),
    lingering: classes.lingering || pointers.lingering,
  };
}

/** How many classes more than twice the parts are borne before a new generation puts them right. */
const SPARE_CLASSES = 256;

/** Renders a node that has more policy than the numbers allow: no workload gets through. */
function renderShut(
  policy: NodePolicy,
  interfaces: readonly HostInterface[],
  generation: number,
  limits: readonly string[],
): Rendered {
  const deny: Section = { stages: [], final: "Deny", finalDecision: { by: "no-profile" } };
  const shut = {
    node: policy.node,
    configuration: policy.configuration,
    workloads: policy.workloads.map(({ endpoint }) => ({ endpoint, ingress: deny, egress: deny })),
    hostEndpoints: policy.hostEndpoints.map(({ endpoint, untracked, preDNAT }) => {
      const pass = (section: Section): Section => ({ ...section, stages: [] });
      return {
        endpoint,
        normal: { ingress: deny, egress: deny },
        forward: { ingress: deny, egress: deny },
        untracked: { ingress: pass(untracked.ingress), egress: pass(untracked.egress) },
        preDNAT: { ingress: pass(preDNAT.ingress) },
      };
    }),
  };
  const rendered = render(shut, interfaces, undefined, generation);
  const message = `all new connections are denied: too many ${limits.join(" and ")}`;
  const object = { apiVersion: "v1", kind: "Node", namespace: "", name: policy.node };
  const problem = { ...object, path: "", message };
  return { ...rendered, problems: [...rendered.problems, problem] };
}
