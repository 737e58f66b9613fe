/**
 * The few messages that kubectl sends as protobuf and nothing else: `kubectl create` of a namespace,
 * a service account or a service does, and the options of a delete may be. Field numbers are those of
 * Kubernetes' generated.proto files.
 */

import { badRequest, unsupportedMediaType } from "./status.ts";

/** The content type of Kubernetes' own encoding. */
export const PROTOBUF = "application/vnd.kubernetes.protobuf";

/** A `count` of 0 and an empty `string` are what a sender writes where it has none. */
type FieldType =
  | "string"
  | "bool"
  | "integer"
  | "count"
  | "integer or string"
  | "bytes"
  | "ignored"
  | "labels"
  | Message;

interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly repeated?: true;
}

type Message = ReadonlyMap<number, Field>;

const LABEL_ENTRY = message({ 1: "key", 2: "value" });
const OBJECT_META = message({
  1: "name",
  2: "generateName",
  3: "namespace",
  4: "selfLink",
  5: "uid",
  6: "resourceVersion",
  7: { name: "generation", type: "ignored" },
  8: { name: "creationTimestamp", type: "ignored" },
  9: { name: "deletionTimestamp", type: "ignored" },
  10: { name: "deletionGracePeriodSeconds", type: "ignored" },
  11: { name: "labels", type: "labels" },
  12: { name: "annotations", type: "labels" },
  14: { name: "finalizers", type: "string", repeated: true },
});
const OBJECT_REFERENCE = message({
  1: "kind",
  2: "namespace",
  3: "name",
  4: "uid",
  5: "apiVersion",
  6: "resourceVersion",
  7: "fieldPath",
});

const INT_OR_STRING = message({
  1: { name: "isText", type: "bool" },
  2: { name: "integer", type: "integer" },
  3: "text",
});
const SERVICE_PORT = message({
  1: "name",
  2: "protocol",
  3: { name: "port", type: "integer" },
  4: { name: "targetPort", type: "integer or string" },
  5: { name: "nodePort", type: "count" },
  6: "appProtocol",
});
const SERVICE_SPEC = message({
  1: { name: "ports", type: SERVICE_PORT, repeated: true },
  2: { name: "selector", type: "labels" },
  3: "clusterIP",
  4: "type",
  5: { name: "externalIPs", type: "string", repeated: true },
  7: "sessionAffinity",
  8: "loadBalancerIP",
  9: { name: "loadBalancerSourceRanges", type: "string", repeated: true },
  10: "externalName",
  11: "externalTrafficPolicy",
  12: { name: "healthCheckNodePort", type: "count" },
  13: { name: "publishNotReadyAddresses", type: "bool" },
  17: "ipFamilyPolicy",
  18: { name: "clusterIPs", type: "string", repeated: true },
  19: { name: "ipFamilies", type: "string", repeated: true },
  20: { name: "allocateLoadBalancerNodePorts", type: "bool" },
  21: "loadBalancerClass",
  22: "internalTrafficPolicy",
  23: "trafficDistribution",
});

const MESSAGES: ReadonlyMap<string, Message> = new Map([
  [
    "v1 Namespace",
    message({
      1: { name: "metadata", type: OBJECT_META },
      2: {
        name: "spec",
        type: message({ 1: { name: "finalizers", type: "string", repeated: true } }),
      },
      3: { name: "status", type: message({ 1: "phase" }) },
    }),
  ],
  [
    "v1 ServiceAccount",
    message({
      1: { name: "metadata", type: OBJECT_META },
      2: { name: "secrets", type: OBJECT_REFERENCE, repeated: true },
      3: { name: "imagePullSecrets", type: message({ 1: "name" }), repeated: true },
      4: { name: "automountServiceAccountToken", type: "bool" },
    }),
  ],
  [
    "v1 Service",
    message({
      1: { name: "metadata", type: OBJECT_META },
      2: { name: "spec", type: SERVICE_SPEC },
      3: { name: "status", type: "ignored" },
    }),
  ],
  ...["v1", "meta.k8s.io/v1"].map(
    (version) =>
      [
        `${version} DeleteOptions`,
        message({
          1: { name: "gracePeriodSeconds", type: "integer" },
          2: { name: "preconditions", type: message({ 1: "uid", 2: "resourceVersion" }) },
          3: { name: "orphanDependents", type: "bool" },
          4: "propagationPolicy",
          5: { name: "dryRun", type: "string", repeated: true },
        }),
      ] as const,
  ),
]);

const MAGIC = Buffer.from("k8s\0");
const ENVELOPE = message({
  1: { name: "typeMeta", type: message({ 1: "apiVersion", 2: "kind" }) },
  2: { name: "raw", type: "bytes" },
  3: "contentEncoding",
  4: "contentType",
});

/** The object in an envelope; refuses kinds, fields and bytes that it does not know. */
export function decodeProtobuf(body: Buffer): Readonly<Record<string, unknown>> {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw malformed("it lacks the prefix k8s\\0");
  const envelope = decode(ENVELOPE, body.subarray(MAGIC.length));
  const { typeMeta, raw } = envelope as {
    readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string };
    readonly raw?: Buffer;
  };
  const { apiVersion = "", kind = "" } = typeMeta ?? {};
  const known = MESSAGES.get(`${apiVersion} ${kind}`);
  if (!known) {
    const what = `${PROTOBUF} of a ${kind || "nameless kind"} of ${apiVersion || "no version"}`;
    throw unsupportedMediaType(what, ["application/json", "application/yaml"]);
  }
  return { apiVersion, kind, ...decode(known, raw ?? Buffer.alloc(0)) };
}

function decode(type: Message, bytes: Buffer): Readonly<Record<string, unknown>> {
  const found = new Map<string, unknown>();
  const lists = new Map<string, unknown[]>();
  const labels = new Map<string, (readonly [string, unknown])[]>();
  const reader = new Reader(bytes);
  while (!reader.done) {
    const tag = reader.varint();
    const field = type.get(Math.floor(tag / 8));
    const value = reader.value(tag % 8);
    if (!field) throw malformed(`it has a field ${Math.floor(tag / 8)} that is not known here`);
    if (field.type === "ignored") continue;
    if (field.type === "labels") {
      const { key = "", value: text = "" } = decode(LABEL_ENTRY, bytesOf(value));
      listIn(labels, field.name).push([String(key), text]);
    } else if (field.repeated) {
      listIn(lists, field.name).push(readValue(field.type, value));
    } else {
      const read = readValue(field.type, value);
      const absent = (field.type === "count" && read === 0) || read === "";
      if (!absent) found.set(field.name, read);
    }
  }
  const maps = Array.from(
    labels,
    ([name, entries]) => [name, Object.fromEntries(entries)] as const,
  );
  return Object.fromEntries([...found, ...lists, ...maps]);
}

function listIn<T>(lists: Map<string, T[]>, name: string): T[] {
  const list = lists.get(name) ?? [];
  lists.set(name, list);
  return list;
}

function readValue(
  type: Exclude<FieldType, "ignored" | "labels">,
  value: number | Buffer,
): unknown {
  if (type === "string") return bytesOf(value).toString("utf8");
  if (type === "bytes") return bytesOf(value);
  if (type === "integer or string") {
    const { isText, integer, text = "" } = decode(INT_OR_STRING, bytesOf(value));
    return isText ? text : integer;
  }
  if (typeof type !== "string") return decode(type, bytesOf(value));
  if (typeof value !== "number") throw malformed("a number is not where one should be");
  return type === "bool" ? value !== 0 : value;
}

function bytesOf(value: number | Buffer): Buffer {
  if (typeof value === "number") throw malformed("a number is where text should be");
  return value;
}

class Reader {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  /** Numbers above 2^53 lose their last digits; no field that is read has any. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 10; shift++) {
      const byte = this.#bytes[this.#offset++];
      if (byte === undefined) throw malformed("it ends within a number");
      value += (byte & 0x7f) * 2 ** (7 * shift);
      if (byte < 0x80) return value;
    }
    throw malformed("it has a number of more than ten bytes");
  }

  value(wireType: number): number | Buffer {
    if (wireType === 0) return this.varint();
    if (wireType !== 2) throw malformed(`it has a field of wire type ${wireType}`);
    const length = this.varint();
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw malformed("it ends within a field");
    const value = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return value;
  }
}

/** Fields by number; a name alone is that of a text. */
function message(fields: Readonly<Record<number, string | Field>>): Message {
  return new Map(
    Object.entries(fields).map(([number, field]) => [
      Number(number),
      typeof field === "string" ? { name: field, type: "string" } : field,
    ]),
  );
}

function malformed(why: string): Error {
  return badRequest(`the body is no ${PROTOBUF} that can be read: ${why}`);
}
