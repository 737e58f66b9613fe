/**
 * A real API server agrees: it takes our CustomResourceDefinitions and judges by them as we do; it
 * judges by the reference's as we do; and Kubernetes' own kinds it validates and completes as we do.
 * Where it does not, docs/reference/differences.md says so.
 *
 * PICKET_SEED=… repeats a run, PICKET_MANIFESTS=… makes it longer or shorter.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { KINDS } from "../../src/core/resources/kinds.ts";
import { controlPlaneAssets } from "../control-plane/assets.ts";
import { ControlPlane } from "../control-plane/control-plane.ts";
import { Random, seedOfRun } from "../differential/random.ts";
import { requires } from "../requirements.ts";
import { sharedVectors } from "../vectors/place.ts";
import { documentedDifferences } from "../vectors/run.ts";
import { candidates, type Model } from "./candidates.ts";
import { type Case, compareBuiltIn, compareByDefinition } from "./compare.ts";
import { type Definition, ownDefinitions, referenceDefinitions } from "./definitions.ts";
import { purposeOfBuiltIn, purposeOfDefinition, ROWS } from "./purposes.ts";
import { recordedManifests } from "./recorded-manifests.ts";
import { RulesMet } from "./rules-met.ts";
import { install } from "./server-side.ts";
import { type Against, type Candidate, explain, formatSweep, sweep } from "./sweep.ts";

const seed = seedOfRun();
const wanted = Number(process.env.PICKET_MANIFESTS ?? 2_000);
const skip = requires({ controlPlane: true });
const shared = sharedVectors();
const reference = referenceDefinitions();

describe("an API server", { skip }, () => {
  it(`judges by our definitions as we do, PICKET_SEED=${seed}`, async (test) => {
    await agreeByDefinition(test, ownDefinitions(), () => undefined);
  });

  const without = reference === undefined && "no folder of vectors is shared with this clone";
  it(`judges by the reference's definitions as we do, PICKET_SEED=${seed}`, {
    skip: without,
  }, async (test) => {
    await agreeByDefinition(test, reference ?? [], purposeOfDefinition);
  });

  it(`judges Kubernetes' own kinds as we do, PICKET_SEED=${seed}`, async (test) => {
    await using plane = await start();
    const against = { client: plane.client, compare: compareBuiltIn, purposeOf: purposeOfBuiltIn };
    await agree(test, generated(BUILT_IN), against);
    await agree(test, recorded(BUILT_IN), against);
  });
});

describe("differences from a server on purpose", () => {
  it("are rows of the reference", () => {
    const page = join(import.meta.dirname, "../../docs/reference/differences.md");
    const documented = documentedDifferences(readFileSync(page, "utf8"));
    assert.deepEqual(
      ROWS.filter((row) => !documented.has(row)),
      [],
    );
  });
});

/** Kinds that a server knows without being told; NetworkPolicy as often as the others together. */
const BUILT_IN: readonly Model[] = KINDS.filter(({ group }) =>
  ["", "discovery.k8s.io", "networking.k8s.io"].includes(group),
).flatMap((kind) => {
  const model = { kind, schemas: [kind.schema] };
  return kind.group === "networking.k8s.io" ? Array(6).fill(model) : [model];
});

/** From so many on, each rule of each definition must have refused something. */
const ENOUGH_FOR_EVERY_RULE = 20_000;

/** Installs the definitions and puts manifests of their kinds, random and recorded, to the server. */
async function agreeByDefinition(
  test: TestContext,
  definitions: readonly Definition[],
  purposeOf: Against["purposeOf"],
): Promise<void> {
  await using plane = await start();
  await install(
    plane.client,
    definitions.map(({ crd }) => crd),
  );
  const met = new RulesMet(definitions);
  const watch = (one: Case): void => met.watch(one);
  const against = { client: plane.client, compare: compareByDefinition, purposeOf, watch };
  const models = definitions.map(({ kind, schema }) => ({ kind, schemas: [kind.schema, schema] }));
  await agree(test, generated(models), against);
  await agree(test, recorded(definitions), against);
  if (wanted >= ENOUGH_FOR_EVERY_RULE) assert.deepEqual(met.unmet, [], "rules that nothing broke");
}

async function start(): Promise<ControlPlane> {
  return await ControlPlane.start(controlPlaneAssets() ?? "");
}

function generated(models: readonly Model[]): Iterable<Candidate> {
  return candidates(new Random(seed), models, wanted);
}

/** The recorded manifests of these kinds, where there are any. */
function recorded(models: readonly Pick<Definition, "kind">[]): Candidate[] {
  const kinds = new Set(models.map(({ kind }) => kind));
  return shared === undefined
    ? []
    : recordedManifests(shared).filter(({ kind }) => kinds.has(kind));
}

const EXPLAINED = 3;

async function agree(
  test: TestContext,
  manifests: Iterable<Candidate>,
  against: Against,
): Promise<void> {
  const found = await sweep(manifests, against);
  for (const line of formatSweep(found)) test.diagnostic(line);
  const { differences } = found;
  const first = differences.slice(0, EXPLAINED).map((one) => explain(one, against));
  const texts = await Promise.all(first);
  assert.equal(differences.length, 0, `${differences.length} differ: ${texts.join("\n")}`);
}
