/** One snapshot, calculated once in a process of its own, which tells what it took. */
import { Calculation } from "../../src/core/policy/calculation.ts";
import { consume, type Delivered } from "./consumer.ts";
import { collectGarbage, heldMegabytes } from "./heap.ts";
import { SNAPSHOTS, type Snapshot } from "./snapshots.ts";
import { LOCAL, read } from "./written.ts";

/** What a snapshot took. */
export interface SnapshotTaken {
  /** From the first update until the last flush has been read. */
  readonly seconds: number;
  /** What all threads together worked in that time. */
  readonly processorSeconds: number;
  /** What the calculation holds then. */
  readonly megabytes: number;
  /** What the whole process holds then. */
  readonly processMegabytes: number;
  readonly messages: number;
}

const DELETE = "-then-delete";

const [name = ""] = process.argv.slice(2);
const before = heldMegabytes();
const calculation = new Calculation({ isLocal: ({ node }) => node === LOCAL });
const spent = calculate();
const after = heldMegabytes();
const taken: SnapshotTaken = {
  ...spent,
  megabytes: after - before,
  processMegabytes: after,
};
checkHoldings();
process.stdout.write(`${JSON.stringify(taken)}\n`);

/** The inputs are gone when it returns. */
function calculate(): Omit<SnapshotTaken, "megabytes" | "processMegabytes"> {
  const make = SNAPSHOTS.get(name.replace(DELETE, ""));
  if (!make) throw new Error(`there is no snapshot ${name}`);
  const snapshot = make();
  collectGarbage();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  for (const input of snapshot.inputs) calculation.update(read(input));
  calculation.inSync();
  const delivered = consume(calculation.flush());
  const gone = name.endsWith(DELETE) ? deleteLocal(snapshot) : undefined;
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const processorSeconds = (user + system) / 1e6;
  check(snapshot, delivered, gone);
  return { seconds, processorSeconds, messages: delivered.messages + (gone?.messages ?? 0) };
}

function deleteLocal({ deletions }: Snapshot): Delivered {
  for (const input of deletions) calculation.update(read(input));
  return consume(calculation.flush());
}

/** Fewer or more than the reference implementation delivers would be other work. */
function check({ delivers }: Snapshot, delivered: Delivered, gone: Delivered | undefined): void {
  const { policies, sets, endpoints } = delivers;
  const { policies: p, sets: s, endpoints: e } = delivered;
  if (p !== policies || s !== sets || e !== endpoints) {
    const wanted = `${policies} policies, ${sets} sets and ${endpoints} endpoints`;
    throw new Error(`${name} delivered ${p} policies, ${s} sets and ${e} endpoints, not ${wanted}`);
  }
  if (gone && gone.gone < policies + sets + endpoints) {
    throw new Error(`${name} let go of ${gone.gone} things only`);
  }
}

/** Also keeps the calculation until the heap has been measured. */
function checkHoldings(): void {
  if (Object.values(calculation.holdings).every((held) => held === 0)) {
    throw new Error(`${name} left nothing`);
  }
}
