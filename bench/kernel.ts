/**
 * The claim: what policy costs a new connection does not grow with the number of policies. One pod
 * under 10 to 10,000 policies, against the same node with `ct state established,related accept` as
 * its only rule. Every variant has namespaces of its own; they take turns, a few hundred connections
 * each, and a ratio is the median over the rounds of one round's ratio.
 *
 * The generator's own calls are part of every figure, the same for all; `calls` says how much. Not
 * said here: several processors at once, network cards, more flows than conntrack holds.
 */
import { compile } from "../src/core/policy/compile.ts";
import { Applier } from "../src/dataplane/apply/applier.ts";
import { forgetConnections } from "../src/dataplane/lab/conntrack.ts";
import { nftCommand } from "../src/dataplane/nft/nft-command.ts";
import { render } from "../src/dataplane/program/render.ts";
import { type Figure, median } from "./figure.ts";
import { callOverheadUs, Generator, pinTo } from "./generator.ts";
import { closeScene, type NodeScene, openScene } from "./node-scene.ts";
import { allowedFlows, clusterOf, NODE, PORTS } from "./policies.ts";

const ROUNDS = 120;
const PER_ROUND = 500;
const POLICIES = [10, 100, 1000, 10_000];

/** Sent before each measurement, and not measured. */
const WARM_UP = 100;

/** A way to set up the node. */
interface Variant {
  readonly name: string;
  /** Decides which flows there are; those of all variants are allowed by as many policies. */
  readonly policies: number;
  /** Sets the node up, and says what that took. */
  readonly install: (node: string) => Promise<readonly Figure[]>;
}

const VARIANTS: readonly Variant[] = [
  { name: "no rules", policies: 10_000, install: async () => [] },
  { name: "bare", policies: 10_000, install: installBare },
  ...POLICIES.map((policies) => ({
    name: `${policies} policies`,
    policies,
    install: (node: string) => installPolicies(node, policies),
  })),
];

const KINDS = { "tcp connection": "connectAll", "udp first packet": "sendAll" } as const;

export async function measure(tell: (line: string) => void): Promise<readonly Figure[]> {
  const scenes: NodeScene[] = [];
  const closeAll = (): void => scenes.splice(0).forEach(closeScene);
  const interrupted = (): never => {
    closeAll();
    process.exit(130);
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    const installed: Figure[] = [];
    const stands: Stand[] = [];
    for (const [i, variant] of VARIANTS.entries()) {
      tell(`setting up: ${variant.name}`);
      const scene = openScene(String(i));
      scenes.push(scene);
      installed.push(...(await variant.install(scene.node)));
      stands.push({ variant, scene, generator: new Generator(scene.client, scene.server, PORTS) });
    }
    pinTo(1);
    tell(`measuring: ${ROUNDS} rounds of ${PER_ROUND} connections and datagrams each`);
    const times = takeTurns(stands);
    for (const { generator } of stands) generator.close();
    return [...figuresOf(times), ...installed, overhead()];
  } finally {
    closeAll();
    process.removeListener("SIGINT", interrupted).removeListener("SIGTERM", interrupted);
  }
}

interface Stand {
  readonly variant: Variant;
  readonly scene: NodeScene;
  readonly generator: Generator;
}

/** Kind and variant, to microseconds in each round. */
type Times = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

function takeTurns(stands: readonly Stand[]): Times {
  const times = new Map(
    Object.keys(KINDS).map((kind) => [
      kind,
      new Map<string, number[]>(stands.map(({ variant }) => [variant.name, []])),
    ]),
  );
  for (let round = 0; round < ROUNDS; round++) {
    for (const [kind, send] of Object.entries(KINDS)) {
      for (const { scene } of stands) forgetConnections(scene.node);
      for (const { variant, generator } of shuffled(stands)) {
        // What the one before left to be done, and what it left cold, is not this one's cost.
        generator[send](allowedFlows(WARM_UP, variant.policies, Math.random));
        const time = generator[send](allowedFlows(PER_ROUND, variant.policies, Math.random));
        times.get(kind)?.get(variant.name)?.push(time);
      }
    }
  }
  return times;
}

function shuffled<T>(items: readonly T[]): readonly T[] {
  return items
    .map((item) => [Math.random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function figuresOf(times: Times): Figure[] {
  const figures: Figure[] = [];
  for (const [kind, byVariant] of times) {
    const compare = (name: string, peer: string, label = name): Figure => {
      const [own, others] = [byVariant.get(name) ?? [], byVariant.get(peer) ?? []];
      const ratios = own.map((time, i) => time / (others[i] ?? Number.NaN));
      return { ...figure(`${kind}, ${label}`, median(own), "µs"), peer, ratio: median(ratios) };
    };
    for (const { name } of VARIANTS) figures.push(compare(name, "bare"));
    figures.push(compare("10000 policies", "10 policies"));
  }
  return figures;
}

async function installBare(node: string): Promise<readonly Figure[]> {
  const nft = nftCommand({ netns: node });
  await nft.run([
    { op: "add table" },
    {
      op: "add base chain",
      chain: "forward",
      base: { hook: "forward", type: "filter", priority: 0 },
    },
    { op: "add rule", chain: "forward", rule: "ct state established,related accept" },
  ]);
  await nft.close();
  return [];
}

async function installPolicies(node: string, policies: number): Promise<readonly Figure[]> {
  const start = performance.now();
  const { rendering, problems } = render(compile(clusterOf(policies), NODE), [], undefined, 1);
  if (problems.length > 0) throw new Error(`not enforceable: ${problems[0]?.message}`);
  const rendered = performance.now();
  const nft = nftCommand({ netns: node });
  const applier = new Applier({ nft, onFailure: () => {} });
  const applied = await applier.apply(rendering);
  if (!applied.ok) throw applied.error;
  const loaded = performance.now();
  await applier.close();
  await nft.close();
  const elements = rendering.ruleset.maps.values().reduce((sum, map) => sum + map.elements.size, 0);
  return [
    figure(`compile and render, ${policies} policies`, rendered - start, "ms"),
    figure(`load, ${policies} policies`, loaded - rendered, "ms"),
    figure(`elements, ${policies} policies`, elements, "elements"),
  ];
}

function overhead(): Figure {
  callOverheadUs(2000);
  return figure("calls of the generator, a connection", callOverheadUs(20_000), "µs");
}

function figure(name: string, value: number, unit: string): Figure {
  return { bench: "kernel", case: name, value, unit };
}
