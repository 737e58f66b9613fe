/** Questions to `picket explain` about a cluster that is loaded once; tells what each took. */
import { Explainer } from "../src/apps/cli/explainer.ts";
import { admit } from "../src/core/resources/admit.ts";
import { type AnyResource, kindOf } from "../src/core/resources/kinds.ts";
import { Random } from "../test/differential/random.ts";
import { runningCluster } from "./knowing-cluster.ts";

/** What the questions took, in milliseconds. */
export interface Explained {
  readonly loadMs: number;
  /** One a question, in the order asked. */
  readonly answersMs: readonly number[];
}

const SIZE = { namespaces: 200, deployments: 100_000, policies: 10_000 };
const PORTS = ["80", "443", "5432", "6379", "8080"] as const;
const WARMING = 100;
const ASKED = 2000;

const resources = runningCluster(SIZE).map(admitted);
const start = performance.now();
const explainer = new Explainer(resources);
const loaded = performance.now();
const random = new Random(1);
const pod = () => {
  const i = random.below(SIZE.deployments);
  return `space-${i % SIZE.namespaces}/app-${i}`;
};
const ask = (): number => {
  const question = { from: pod(), to: pod(), protocol: "TCP", port: random.pick(PORTS) };
  const asked = performance.now();
  explainer.answer(question);
  return performance.now() - asked;
};
for (let i = 0; i < WARMING; i++) ask();
const explained: Explained = {
  loadMs: loaded - start,
  answersMs: Array.from({ length: ASKED }, ask),
};
process.stdout.write(`${JSON.stringify(explained)}\n`);

function admitted(object: object): AnyResource {
  const { apiVersion, kind } = object as Readonly<Record<string, string>>;
  const found = kindOf(apiVersion ?? "", kind ?? "");
  const admission = found && admit(found, object);
  if (!admission?.admitted) throw new Error(`the bench's own ${kind} is refused`);
  return admission.resource;
}
