/**
 * What one change costs once everything is calculated, under so many active selectors: tells the
 * microseconds from the change until what comes of it has been read.
 */
import type { ModelUpdate } from "../../src/core/model/update.ts";
import { Calculation } from "../../src/core/policy/calculation.ts";
import { Random } from "../../test/differential/random.ts";
import { consume } from "./consumer.ts";
import { collectGarbage } from "./heap.ts";
import {
  DEFAULT_TIER,
  endpoint,
  LOCAL,
  policy,
  profile,
  REMOTE,
  read,
  type WrittenEndpoint,
} from "./written.ts";

/** What selectors name: each a label of its own, or each another value of one label. */
export type Naming = "own labels" | "one label";

/** Microseconds by what changes. */
export interface UpdateTaken {
  readonly "endpoint label": number;
  readonly "local endpoint label": number;
  readonly "profile label": number;
  readonly selector: number;
}

/** Of each sort, those that have labels of their own and those that inherit them. */
const ENDPOINTS = 1000;
/** Labels and values that selectors name, whether any does. */
const NAMED = 10_000;
const FIRST_ADDRESS = 0x0a_00_00_01;
const WARMING = 3000;
const ROUNDS = 15;
/** Enough that each round pays for the garbage that it makes. */
const CHANGES = 3000;

const [written = "10", naming = "own labels"] = process.argv.slice(2);
const selectors = Number(written);
const random = new Random(1);
const calculation = new Calculation({ isLocal: ({ node }) => node === LOCAL });
start();
const taken: UpdateTaken = {
  selector: microseconds(() => governing(random.below(selectors), random.below(NAMED))),
  "endpoint label": microseconds(() => remote(random.below(ENDPOINTS), random.below(selectors))),
  "profile label": microseconds(() => handingOn(random.below(ENDPOINTS), random.below(selectors))),
  "local endpoint label": microseconds(() =>
    local(random.below(selectors), random.below(selectors)),
  ),
};
process.stdout.write(`${JSON.stringify(taken)}\n`);

/** One policy for each local endpoint, which allows from what one selector selects. */
function start(): void {
  calculation.update(DEFAULT_TIER);
  for (let i = 0; i < selectors; i++) {
    calculation.update(governing(i, i));
    calculation.update(local(i, i));
  }
  for (let i = 0; i < ENDPOINTS; i++) {
    calculation.update(handingOn(i, random.below(NAMED)));
    calculation.update(inheriting(i));
    calculation.update(remote(i, random.below(NAMED)));
  }
  calculation.inSync();
  const { policies, endpoints } = consume(calculation.flush());
  if (policies !== selectors || endpoints !== selectors) {
    throw new Error(`${policies} policies are active, and ${endpoints} endpoints`);
  }
}

/** Of rounds the fastest, as what else the machine does can only add: what a change takes in it. */
function microseconds(make: () => ModelUpdate): number {
  const told = (count: number): number => {
    const updates = Array.from({ length: count }, make);
    const begun = performance.now();
    for (const update of updates) {
      calculation.update(update);
      consume(calculation.flush());
    }
    return ((performance.now() - begun) * 1000) / count;
  };
  told(WARMING);
  collectGarbage();
  return Math.min(...Array.from({ length: ROUNDS }, () => told(CHANGES)));
}

function governing(i: number, named: number): ModelUpdate {
  const own = naming === "own labels";
  const wanted = own ? `has(set-${named})` : `set == 'value-${named}'`;
  return read(
    policy({
      namespace: "",
      name: `policy-${i}`,
      selector: own ? `has(slot-${i})` : `slot == 'value-${i}'`,
      ingress: [{ source: `alpha == "beta" && ${wanted}` }],
      egress: [],
    }),
  );
}

function remote(i: number, named: number): ModelUpdate {
  const labels = { alpha: "beta", ...pair("set", named) };
  return endpoint({ ...placed(i), name: `remote-${i}`, labels, profile: "none" });
}

function inheriting(i: number): ModelUpdate {
  const labels = { alpha: "beta" };
  return endpoint({ ...placed(ENDPOINTS + i), name: `heir-${i}`, labels, profile: profileOf(i) });
}

function handingOn(i: number, named: number): ModelUpdate {
  const [labels] = profile(profileOf(i), pair("set", named));
  if (!labels) throw new Error("a profile without labels");
  return labels;
}

function local(i: number, slot: number): ModelUpdate {
  const at = { ...placed(2 * ENDPOINTS + i), node: LOCAL };
  return endpoint({ ...at, name: `local-${i}`, labels: pair("slot", slot), profile: "none" });
}

function placed(i: number): Pick<WrittenEndpoint, "node" | "namespace" | "address"> {
  return { node: REMOTE, namespace: "default", address: FIRST_ADDRESS + i };
}

function pair(label: string, i: number): Record<string, string> {
  return naming === "own labels" ? { [`${label}-${i}`]: "true" } : { [label]: `value-${i}` };
}

function profileOf(i: number): string {
  return `profile-${i}`;
}
