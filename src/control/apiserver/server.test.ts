import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { KINDS } from "../../core/resources/kinds.ts";
import { MemoryStorage } from "../storage/memory.ts";
import { type Credentials, loadCredentials } from "./credentials.ts";
import { type ApiServer, createApiServer } from "./server.ts";

const directory = mkdtempSync(join(tmpdir(), "picket-server-"));
const SETS = "/apis/projectcalico.org/v3/globalnetworksets";
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

describe("the API server", () => {
  let server: ApiServer;
  let credentials: Credentials;
  before(async () => {
    credentials = await loadCredentials(directory, Date.now());
    server = newServer(credentials);
  });
  after(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  /** One request, with the token unless other headers are given. */
  const send = async (
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    url: string,
    body?: string | object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const payload = typeof body === "object" ? JSON.stringify(body) : body;
    const type = body === undefined ? {} : { "content-type": "application/json" };
    const token = { authorization: `Bearer ${credentials.token}` };
    const response = await server.fastify.inject({
      method,
      url,
      headers: { ...token, ...type, ...headers },
      ...(payload !== undefined && { payload }),
    });
    const isJson = String(response.headers["content-type"]).startsWith("application/json");
    return {
      code: response.statusCode,
      body: isJson ? response.json() : {},
      headers: response.headers,
    };
  };

  it("lets only those in who bear the token, and anyone ask for its health", async () => {
    for (const authorization of ["", "Bearer wrong", `Basic ${credentials.token}`]) {
      const { code, body } = await send("GET", "/apis", undefined, { authorization });
      assert.deepEqual([code, body.kind, body.reason], [401, "Status", "Unauthorized"]);
    }
    for (const path of ["/healthz", "/livez", "/readyz", "/version"]) {
      assert.equal((await send("GET", path, undefined, { authorization: "" })).code, 200);
    }
  });

  it("answers what it does not have with a Status", async () => {
    for (const path of ["/none", "/apis/none", "/apis/none/v1", "/api/v2", `${SETS}/none`]) {
      const { code, body } = await send("GET", path);
      assert.deepEqual([path, code, body.kind, body.reason], [path, 404, "Status", "NotFound"]);
    }
    assert.equal((await send("PUT", SETS, {})).code, 405);
    const everywhere = "/apis/projectcalico.org/v3/networksets";
    assert.equal((await send("POST", everywhere, {})).code, 405);
    assert.equal((await send("GET", "/openapi/v2")).code, 404);
    assert.equal((await send("GET", "/%zz")).code, 400);
  });

  it("refuses bodies that it cannot read", async () => {
    const cases: [string | object, Readonly<Record<string, string>>, number, RegExp][] = [
      ["{", {}, 400, /not JSON/],
      ["a: [", { "content-type": "application/yaml" }, 400, /not YAML/],
      ["x", { "content-type": "text/plain" }, 415, /unknown format/],
      ["", {}, 400, /needs a body/],
      ["[]", {}, 400, /must be a GlobalNetworkSet/],
      [`{"metadata":${"[".repeat(100_000)}`, {}, 400, /./],
      [{ metadata: { name: "s", labels: nested(5000) }, spec: {} }, {}, 400, /nested/],
    ];
    for (const [body, headers, expected, message] of cases) {
      const { code, body: status } = await send("POST", SETS, body, headers);
      assert.equal(code, expected, JSON.stringify(status).slice(0, 300));
      assert.match(String(status.message), message);
    }
    const large = await send("POST", SETS, `"${"x".repeat(3 * 1024 * 1024)}"`);
    assert.deepEqual([large.code, large.body.reason], [413, "RequestEntityTooLarge"]);
    const patch = { "content-type": "application/strategic-merge-patch+json" };
    assert.equal((await send("PATCH", `${SETS}/s`, "{}", patch)).code, 415);
  });

  it("creates from YAML, answers as a table, and pages", async () => {
    for (const name of ["a", "b", "c"]) {
      const yaml = `metadata: {name: ${name}, labels: {app: ${name}}}\nspec: {nets: [10.0.0.0/8]}`;
      const { code } = await send("POST", SETS, yaml, { "content-type": "application/yaml" });
      assert.equal(code, 201);
    }
    const table = await send("GET", SETS, undefined, { accept: TABLE });
    const { columnDefinitions, rows } = table.body as unknown as {
      readonly columnDefinitions: readonly { readonly name: string }[];
      readonly rows: readonly { readonly cells: readonly unknown[]; readonly object: object }[];
    };
    assert.deepEqual(
      columnDefinitions.map(({ name }) => name),
      ["Name", "Age"],
    );
    assert.deepEqual(
      rows.map(({ cells }) => cells[0]),
      ["a", "b", "c"],
    );
    const first = await send("GET", `${SETS}?limit=2`);
    assert.deepEqual(namesOf(first), ["a", "b"]);
    assert.equal(first.body.metadata?.remainingItemCount, 1);
    await send("DELETE", `${SETS}/c`);
    const next = `${SETS}?limit=2&continue=${first.body.metadata?.continue}`;
    assert.deepEqual(namesOf(await send("GET", next)), ["c"]);
    assert.deepEqual(namesOf(await send("GET", SETS)), ["a", "b"]);
    assert.equal((await send("GET", `${SETS}?continue=zzz`)).code, 400);
    const metadata = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    const partial = await send("GET", SETS, undefined, { accept: metadata });
    assert.equal(partial.body.kind, "PartialObjectMetadataList");
    assert.equal((await send("GET", SETS, undefined, { accept: "image/png" })).code, 406);
    assert.deepEqual(namesOf(await send("DELETE", `${SETS}?labelSelector=app%3Da`)), ["a"]);
    assert.deepEqual(namesOf(await send("GET", SETS)), ["b"]);
  });

  it("tells of unknown fields in a header, if it is asked to", async () => {
    const body = { metadata: { name: "w" }, spec: { nets: [], nest: [] } };
    assert.equal((await send("POST", SETS, body)).code, 400);
    const { code, headers } = await send("POST", `${SETS}?fieldValidation=Warn`, body);
    assert.equal(code, 201);
    assert.match(String(headers.warning), /^299 - "unknown field \\"spec\.nest\\"/);
  });

  it("applies a batch or nothing of it", async () => {
    const set = (name: string, spec: object): object => ({
      apiVersion: "projectcalico.org/v3",
      kind: "GlobalNetworkSet",
      metadata: { name },
      spec,
    });
    const apply = (...items: readonly object[]) =>
      send("POST", "/picket/v1/apply", { kind: "List", apiVersion: "v1", items });
    const bad = await apply(set("x", {}), set("y", { nets: ["no"] }));
    assert.equal(bad.code, 422);
    const { refused } = bad.body as unknown as {
      readonly refused: readonly { readonly index: number; readonly status: { code: number } }[];
    };
    assert.deepEqual(
      refused.map(({ index, status }) => [index, status.code]),
      [[1, 422]],
    );
    assert.equal((await send("GET", `${SETS}/x`)).code, 404);
    assert.equal((await apply(set("x", {}), set("y", { nets: ["10.0.0.0/8"] }))).code, 200);
    assert.equal((await send("GET", `${SETS}/x`)).code, 200);
  });

  describe("refuses at once", () => {
    const yaml = { "content-type": "application/yaml" };
    const protobuf = { "content-type": "application/vnd.kubernetes.protobuf" };
    const set = '{"metadata":{"name":"x"},"spec":{"nets":[]';
    const levels = Array.from({ length: 9 }, (_, i) => {
      return `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`;
    });
    for (const [what, body, headers, code, message] of [
      ["4 MiB of JSON", `{"a":"${"x".repeat(1 << 22)}"}`, {}, 413, /limit of 3145728 bytes/],
      ["4 MiB of YAML", `a: ${"x".repeat(1 << 22)}`, yaml, 413, /limit of 3145728 bytes/],
      ["4 MiB of protobuf", "x".repeat(1 << 22), protobuf, 413, /limit of 3145728 bytes/],
      ["a million brackets", "[".repeat(1e6), {}, 400, /not JSON/],
      ["JSON of a million levels", `${"[".repeat(1e6)}${"]".repeat(1e6)}`, {}, 400, /100 deep/],
      ["YAML of a million levels", "- ".repeat(1e6), yaml, 400, /more than 100 levels/],
      ["aliases of aliases", ["l0: &l0 [x]", ...levels].join("\n"), yaml, 400, /10000 values/],
      ["two documents", "a: 1\n---\na: 2", yaml, 400, /2 documents instead of one/],
      [
        "a key of YAML twice",
        "metadata: {name: x}\nmetadata: {}",
        yaml,
        400,
        /2:1: key "metadata"/,
      ],
      ["a key of JSON twice", `${set},"nets":[]}}`, {}, 400, /duplicate field "spec\.nets"/],
      ["a key twice in a list", '{"a":[{},{"b":1,"\\u0062":1}]}', {}, 400, /field "a\[1\]\.b"/],
      ["__proto__", `${set}},"__proto__":{"a":1}}`, {}, 400, /unknown field "__proto__"/],
      [
        "a name of a million bytes",
        `{"metadata":{"name":"${"x".repeat(1e6)}"},"spec":{}}`,
        {},
        422,
        /253/,
      ],
      ["bytes that are no text", "\xff\xfe", {}, 400, /not JSON/],
      ["null", "null", {}, 400, /must be a GlobalNetworkSet/],
      ["nothing but a comment", "# a", yaml, 400, /a GlobalNetworkSet/],
    ] as const) {
      it(what, async () => {
        const answer = await send("POST", SETS, body, headers);
        assert.deepEqual([answer.code, answer.body.kind], [code, "Status"]);
        assert.match(answer.body.message ?? "", message);
        assert.ok((answer.body.message ?? "").length < 2000);
      });
    }
  });

  it("keeps its credentials to itself, and keeps them", async () => {
    const files = readdirSync(directory).sort();
    assert.deepEqual(files, ["ca.crt", "server.crt", "server.key", "token"]);
    for (const file of files) assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600);
    assert.deepEqual(await loadCredentials(directory, Date.now()), credentials);
    const years = Date.now() + 9.99 * 365 * 24 * 3600 * 1000;
    const renewed = await loadCredentials(directory, years);
    assert.notEqual(renewed.cert, credentials.cert);
    assert.equal(renewed.token, credentials.token);
  });
});

interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly kind?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly items?: readonly { readonly metadata: { readonly name: string } }[];
    readonly metadata?: { readonly continue?: string; readonly remainingItemCount?: number };
  };
}

function newServer({ cert, key, token }: Credentials): ApiServer {
  const log = {
    error: (about: object, message: string) => {
      throw new Error(message, { cause: about });
    },
  };
  const storage = new MemoryStorage();
  return createApiServer({ storage, kinds: KINDS, token, tls: { cert, key }, log, version: "0" });
}

function namesOf(answer: Answer): string[] | undefined {
  return answer.body.items?.map(({ metadata }) => metadata.name);
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = { a: value };
  return value;
}
