import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { keyOf } from "../../src/control/apiserver/catalog.ts";
import { type ApiServer, createApiServer } from "../../src/control/apiserver/server.ts";
import { MemoryStorage } from "../../src/control/storage/memory.ts";
import { SqliteStorage } from "../../src/control/storage/sqlite.ts";
import { formatYaml } from "../../src/core/manifest/format.ts";
import { parseManifest } from "../../src/core/manifest/parse.ts";
import { admit } from "../../src/core/resources/admit.ts";
import { apiVersionOf, KINDS } from "../../src/core/resources/kinds.ts";
import { readManifests } from "../../src/core/resources/read.ts";
import type { Resource, ResourceKind } from "../../src/core/resources/resource.ts";
import { withSchemaDefaults } from "../../src/core/schema/defaults.ts";
import { isObject, type JsonObject } from "../../src/core/schema/json-object.ts";
import { resourcesOf } from "./arbitrary-resource.ts";
import { valuesOf } from "./arbitrary-value.ts";
import { runs } from "./runs.ts";

for (const kind of KINDS) {
  describe(`${kind.kind} of ${apiVersionOf(kind)}`, () => {
    it("is read back as it was printed, whatever it holds", () => {
      fc.assert(
        fc.property(valuesOf(kind.schema), (value) => {
          for (const text of [formatYaml(value), JSON.stringify(value, null, 2)]) {
            const { documents, errors } = parseManifest(text, "f");
            assert.deepEqual(errors, []);
            assert.deepStrictEqual(documents[0]?.value, value);
          }
        }),
        runs(),
      );
    });

    it("is admitted from its manifest as it was printed", () => {
      fc.assert(
        fc.property(resourcesOf(kind), (written) => {
          const admission = admit(kind, written);
          if (!admission.admitted) return;
          const { resource } = admission;
          for (const text of [formatYaml(resource), JSON.stringify(resource)]) {
            const { resources, errors } = readManifests(text, "f", { namespace: "default" });
            assert.deepEqual(errors, []);
            assert.deepStrictEqual(
              resources.map((one) => withoutPlace(one.resource)),
              [withoutPlace(resource)],
            );
          }
        }),
        runs(),
      );
    });

    // In Kubernetes' own kinds an empty list, an empty text and a zero are no values.
    it("has its defaults filled in once, and nothing of it replaced", () => {
      fc.assert(
        fc.property(fc.oneof(resourcesOf(kind), valuesOf(kind.schema)), (written) => {
          const filled = withSchemaDefaults(kind.schema, written);
          assert.deepStrictEqual(withSchemaDefaults(kind.schema, filled), filled);
          requireKept(written, filled, "", false);
          const admission = admit(kind, written);
          if (!admission.admitted) return;
          const place = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: {} };
          const named = { ...(written as JsonObject), ...place };
          requireKept(named, admission.resource, "", kind.group !== "projectcalico.org");
          assert.deepStrictEqual(admit(kind, admission.resource), admission);
        }),
        runs(),
      );
    });
  });
}

describe("what is stored", () => {
  const directory = mkdtempSync(join(tmpdir(), "picket-fuzz-"));
  after(() => rmSync(directory, { recursive: true }));
  const stores = [new MemoryStorage(), new SqliteStorage(join(directory, "picket.db"))];
  after(() => stores[1]?.close());
  for (const storage of stores) {
    it(`is what was given to ${storage.constructor.name}`, () => {
      let count = 0;
      const kinds = fc.constantFrom(...KINDS).chain((kind) => valuesOf(kind.schema));
      fc.assert(
        fc.property(kinds, (value) => {
          const name = `o${++count}`;
          const object = {
            ...(value as object),
            apiVersion: "v1",
            kind: "Any",
            metadata: { name },
          };
          const key = { type: "any", namespace: "", name };
          storage.create(key, object);
          const { metadata: _, ...found } = storage.get(key) ?? { metadata: {} };
          const { metadata: __, ...wanted } = object;
          assert.deepStrictEqual(found, wanted);
        }),
        runs(),
      );
    });
  }
});

describe("the API", () => {
  const token = "t";
  let server: ApiServer;
  before(() => {
    const log = { error: (about: object) => assert.fail(JSON.stringify(about)) };
    const tls = { key: "", cert: "" };
    const storage = new MemoryStorage();
    server = createApiServer({ storage, kinds: KINDS, token, tls, log, version: "0" });
  });
  after(() => server.close());

  /** Creates the object, and takes it away again. */
  const create = async (kind: ResourceKind, object: JsonObject, asYaml: boolean) => {
    const place = kind.scope === "Namespaced" ? "namespaces/default/" : "";
    const response = await server.fastify.inject({
      method: "POST",
      url: `${kind.group === "" ? "/api" : "/apis"}/${apiVersionOf(kind)}/${place}${kind.plural}`,
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": asYaml ? "application/yaml" : "application/json",
      },
      payload: asYaml ? formatYaml(object) : JSON.stringify(object),
    });
    const body: JsonObject = response.json();
    const { name } = (body as unknown as Resource).metadata;
    if (response.statusCode === 201) server.registry.storage.delete(keyOf(kind, "default", name));
    return { code: response.statusCode, body };
  };

  for (const kind of KINDS) {
    it(`gives a ${kind.kind} of ${apiVersionOf(kind)} back as it was admitted`, async () => {
      await fc.assert(
        fc.asyncProperty(resourcesOf(kind), fc.boolean(), async (written, asYaml) => {
          const { namespace: _, ...metadata } = kind.example.metadata as JsonObject;
          const { status: __, ...object } = { status: {}, ...written, metadata };
          const admission = admit(kind, object);
          const { code, body } = await create(kind, object, asYaml);
          if (!admission.admitted) return assert.ok([400, 403, 422].includes(code), `${code}`);
          if (code === 403) return; // By a rule between objects: the tier is not there, say.
          assert.equal(code, 201, JSON.stringify(body));
          assert.deepStrictEqual(contentOf(body), contentOf(admission.resource));
        }),
        runs(0.25),
      );
    });
  }
});

/** Without what a server sets. */
function contentOf(object: object): object {
  const content = { status: undefined, ...object, metadata: undefined };
  return { ...content, status: undefined };
}

/** Without the namespace, which a reader fills in. */
function withoutPlace(resource: Resource): Resource {
  const { namespace: _, ...metadata } = resource.metadata;
  return { ...resource, metadata };
}

/** Everything of `written` but nulls is in `filled`, as it was. */
function requireKept(written: unknown, filled: unknown, path: string, mayFillEmpty: boolean): void {
  if (written === null || written === undefined) return;
  if (written === "" && path === ".spec.tier") return; // Means `default`: resources.md §7.
  if (mayFillEmpty && (written === "" || written === 0 || isDeepStrictEqual(written, []))) return;
  if (Array.isArray(written)) {
    assert.ok(Array.isArray(filled), path);
    assert.equal(filled.length, written.length, path);
    for (const [i, item] of written.entries()) {
      requireKept(item, filled[i], `${path}[${i}]`, mayFillEmpty);
    }
  } else if (isObject(written)) {
    assert.ok(isObject(filled), path);
    for (const [name, item] of Object.entries(written)) {
      const kept = Object.hasOwn(filled, name) ? filled[name] : undefined;
      requireKept(item, kept, `${path}.${name}`, mayFillEmpty);
    }
  } else {
    assert.deepStrictEqual(filled, written, path);
  }
}
