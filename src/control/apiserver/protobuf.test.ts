import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decodeProtobuf } from "./protobuf.ts";

describe("decodeProtobuf", () => {
  it("reads what `kubectl create namespace` sends", () => {
    const labels = Buffer.concat([field(11, pair("a", "b")), field(11, pair("__proto__", "c"))]);
    const metadata = Buffer.concat([field(1, "prod"), field(8, ""), labels]);
    const body = envelope("v1", "Namespace", [field(1, metadata), field(2, ""), field(3, "")]);
    const decoded = decodeProtobuf(body);
    assert.deepEqual(Object.keys(decoded), ["apiVersion", "kind", "metadata", "spec", "status"]);
    assert.deepEqual(
      JSON.stringify(decoded.metadata),
      '{"name":"prod","labels":{"a":"b","__proto__":"c"}}',
    );
  });

  it("reads repeated fields and flags", () => {
    const body = envelope("v1", "ServiceAccount", [
      field(1, field(1, "web")),
      field(3, field(1, "one")),
      field(3, field(1, "two")),
      Buffer.from([4 << 3, 1]),
    ]);
    assert.deepEqual(decodeProtobuf(body), {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "web" },
      imagePullSecrets: [{ name: "one" }, { name: "two" }],
      automountServiceAccountToken: true,
    });
  });

  it("refuses kinds it does not know", () => {
    const body = envelope("v1", "Pod", []);
    assert.throws(() => decodeProtobuf(body), /protobuf of a Pod of v1/);
  });

  it("refuses bytes that are no message", () => {
    const whole = envelope("v1", "Namespace", [field(1, field(1, "prod"))]);
    assert.throws(() => decodeProtobuf(Buffer.from("{}")), /lacks the prefix/);
    for (const end of [6, 12, whole.length - 1]) {
      assert.throws(() => decodeProtobuf(whole.subarray(0, end)), /ends within/);
    }
    const unknown = envelope("v1", "Namespace", [field(9, "x")]);
    assert.throws(() => decodeProtobuf(unknown), /field 9/);
  });
});

function envelope(apiVersion: string, kind: string, fields: readonly Buffer[]): Buffer {
  const type = Buffer.concat([field(1, apiVersion), field(2, kind)]);
  const raw = field(2, Buffer.concat(fields));
  return Buffer.concat([Buffer.from("k8s\0"), field(1, type), raw, field(3, ""), field(4, "")]);
}

function pair(key: string, value: string): Buffer {
  return Buffer.concat([field(1, key), field(2, value)]);
}

function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}
