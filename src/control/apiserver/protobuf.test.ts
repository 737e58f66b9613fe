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

  it("reads what `kubectl create service` sends", () => {
    const number = (field: number, value: number): Buffer => Buffer.from([field << 3, value]);
    const port = (target: readonly Buffer[]): Buffer =>
      Buffer.concat([
        field(1, ""),
        field(2, "TCP"),
        number(3, 80),
        field(4, Buffer.concat(target)),
      ]);
    const spec = Buffer.concat([
      field(1, Buffer.concat([port([number(1, 0), number(2, 81), field(3, "")]), number(5, 0)])),
      field(1, port([number(1, 1), number(2, 0), field(3, "http")])),
      field(2, pair("app", "web")),
      field(3, ""),
      field(4, "ClusterIP"),
    ]);
    const body = envelope("v1", "Service", [
      field(1, field(1, "web")),
      field(2, spec),
      field(3, ""),
    ]);
    assert.deepEqual(decodeProtobuf(body), {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "web" },
      spec: {
        type: "ClusterIP",
        selector: { app: "web" },
        ports: [
          { protocol: "TCP", port: 80, targetPort: 81 },
          { protocol: "TCP", port: 80, targetPort: "http" },
        ],
      },
    });
  });

  it("reads a hundred thousand labels and items", () => {
    const labels = Buffer.concat(
      Array.from({ length: 1e5 }, (_, i) => field(11, pair(`${i}`, ""))),
    );
    const items = Buffer.concat(Array.from({ length: 1e5 }, () => field(14, "a")));
    const size = Buffer.from([0x0a, ...varint(labels.length + items.length)]);
    const { metadata } = decodeProtobuf(
      envelope("v1", "Namespace", [Buffer.concat([size, labels, items])]),
    ) as { readonly metadata: { readonly labels: object; readonly finalizers: readonly string[] } };
    assert.equal(Object.keys(metadata.labels).length, 1e5);
    assert.equal(metadata.finalizers.length, 1e5);
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
  const tag = varint((number << 3) | 2);
  return Buffer.concat([Buffer.from([...tag, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}
