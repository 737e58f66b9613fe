/** Measures one claim and prints its figures: `npm run bench -- NAME [--json]`. */
import { type Figure, formatJson, formatTable } from "./figure.ts";

/** What is told while it runs; figures are printed at its end. */
export type Progress = (line: string) => void;

type Bench = () => Promise<{ readonly measure: (tell: Progress) => Promise<readonly Figure[]> }>;

const BENCHES: ReadonlyMap<string, Bench> = new Map<string, Bench>([
  ["kernel", () => import("./kernel.ts")],
]);

const names = process.argv.slice(2).filter((argument) => argument !== "--json");
const [name = ""] = names;
const bench = BENCHES.get(name);
if (!bench || names.length !== 1) {
  const known = [...BENCHES.keys()].join(", ");
  process.stderr.write(`usage: npm run bench -- NAME [--json]; NAME is one of: ${known}\n`);
  process.exit(2);
}
const { measure } = await bench();
const figures = await measure((line) => process.stderr.write(`${line}\n`));
const format = process.argv.includes("--json") ? formatJson : formatTable;
process.stdout.write(`${format(figures)}\n`);
