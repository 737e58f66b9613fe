import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatManifestError } from "../manifest/manifest-error.ts";
import { readManifests } from "./read.ts";

const lines = (...text: string[]): string => text.join("\n");
const read = (text: string): string[] =>
  readManifests(text, "f").errors.map((error) => formatManifestError(error));

describe("readManifests", () => {
  it("gives each resource its namespace, its defaults and its lines", () => {
    const text = lines(
      "apiVersion: v1",
      "kind: Namespace",
      "metadata: {name: a}",
      "---",
      "# red",
      "apiVersion: projectcalico.org/v3",
      "kind: NetworkPolicy",
      "metadata: {name: b}",
      "spec:",
      "  ingress:",
      "  - action: Allow",
    );
    const { resources, errors } = readManifests(text, "f", { namespace: "shop" });
    assert.deepEqual(errors, []);
    assert.deepEqual(
      resources.map(({ resource, line, document }) => [resource.kind, line, document.file]),
      [
        ["Namespace", 1, "f"],
        ["NetworkPolicy", 6, "f"],
      ],
    );
    assert.equal(resources[0]?.resource.metadata.namespace, undefined);
    assert.equal(resources[1]?.resource.metadata.namespace, "shop");
    assert.equal(resources[1]?.lineOf("spec.ingress[0]"), 11);
  });

  it("reads the items of lists, the type of a typed list being theirs", () => {
    const text = lines(
      "apiVersion: v1",
      "kind: List",
      "items:",
      "- {apiVersion: v1, kind: Namespace, metadata: {name: a}}",
      "- apiVersion: v1",
      "  kind: PodList",
      "  items:",
      "  - metadata:",
      "      name: b",
      "      namespace: a",
      "    spec: {hostNetwork: x}",
    );
    const { resources, errors } = readManifests(text, "f");
    assert.deepEqual(
      resources.map(({ resource, line }) => [resource.kind, line]),
      [["Namespace", 4]],
    );
    const [error] = errors;
    assert.deepEqual([error?.path, error?.line, error?.column], ["spec.hostNetwork", 11, 12]);
  });

  for (const [header, want] of [
    ["kind: Pod", "f:1:1: apiVersion: Required value"],
    ["apiVersion: v1", "f:1:1: kind: Required value"],
    [
      "{apiVersion: 1, kind: Pod}",
      "f:1:2: apiVersion: Invalid value: 1: must be of type string, not integer",
    ],
    ["- a", 'f:1:1: Invalid value: ["a"]: must be of type object, not array'],
    [
      "apiVersion: crd.projectcalico.org/v1\nkind: NetworkPolicy",
      'f:1:1: apiVersion: Unsupported value: "crd.projectcalico.org/v1": supported values: "projectcalico.org/v3"',
    ],
    [
      "apiVersion: extensions/v1beta1\nkind: NetworkPolicy",
      'f:1:1: apiVersion: Unsupported value: "extensions/v1beta1": supported values: "networking.k8s.io/v1"',
    ],
    [
      "apiVersion: v1\nkind: NetworkPolicy",
      'f:1:1: apiVersion: Unsupported value: "v1": supported values: "networking.k8s.io/v1", "projectcalico.org/v3"',
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(header)}`, () => assert.deepEqual(read(header), [want]));
  }

  it("suggests the kind that was meant, and names those there are", () => {
    const [error] = read("apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolcy\n");
    assert.match(error ?? "", /^f:2:1: kind: no kind "GlobalNetworkPolcy" in version/);
    assert.match(error ?? "", /did you mean "GlobalNetworkPolicy"\? supported: v1 Namespace, /);
  });

  it("skips foreign kinds when asked to, but no slip of a kind of ours", () => {
    const text = lines(
      "{apiVersion: apps/v1, kind: Deployment}",
      "---",
      "{apiVersion: v1, kind: ConfigMap}",
      "---",
      "{apiVersion: projectcalico.org/v3, kind: networkpolicy}",
    );
    const { errors } = readManifests(text, "f", { unknownKinds: "skip" });
    assert.deepEqual(
      errors.map((error) => error.line),
      [5],
    );
    assert.equal(readManifests(text, "f").errors.length, 3);
  });

  it("lists errors in the order of the text", () => {
    const text = lines(
      "apiVersion: projectcalico.org/v3",
      "kind: Tier",
      "metadata:",
      "  name: a_b",
      "spec:",
      "  order: x",
      "  ordr: 1",
      "---",
      "a: 1",
      "a: 2",
    );
    assert.deepEqual(read(text), [
      `f:4:3: metadata.name: Invalid value: "a_b": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name', or '123-abc')`,
      'f:6:3: spec.order: Invalid value: "x": must be of type number, not string',
      'f:7:3: unknown field "spec.ordr": did you mean "order"?',
      'f:10:1: key "a" is given twice',
    ]);
  });
});

describe("the shorthand of tutorials", () => {
  const type = ["apiVersion: projectcalico.org/v3", "kind: NetworkPolicy"];
  const metadata = ["metadata:", "  name: a", "  namespace: b"];

  for (const [what, text, message, mended] of [
    [
      "everything at the top level",
      lines(...type, "name: a", "namespace: b", "order: 10", "ingress:", "- action: Allow"),
      'f:3:1: misplaced fields: write "name", "namespace" under metadata, "order", "ingress" under spec',
      lines(...type, ...metadata, "spec:", "  order: 10", "  ingress:", "    - action: Allow", ""),
    ],
    [
      "metadata that was not indented",
      lines(...type, "metadata:", "name: a", "namespace: b", "spec:", "  order: 10"),
      'f:4:1: misplaced fields: write "name", "namespace" under metadata',
      lines(...type, ...metadata, "spec:", "  order: 10", ""),
    ],
    [
      "the order in the metadata, the name in the spec",
      lines(...type, "metadata: {namespace: b, order: 10}", "spec: {name: a}"),
      'f:3:26: misplaced fields: write "spec.name" under metadata, "metadata.order" under spec',
      lines(...type, "metadata:", "  namespace: b", "  name: a", "spec:", "  order: 10", ""),
    ],
  ] as const) {
    it(`is refused and mended: ${what}`, () => {
      const { resources, errors } = readManifests(text, "f");
      assert.deepEqual(resources, []);
      assert.deepEqual(errors.map(formatManifestError), [message]);
      assert.equal(errors[0]?.mended, mended);
      assert.deepEqual(readManifests(mended, "mended").errors, []);
    });
  }

  it("shows no mended manifest that would be refused too, but says what else is wrong, and where", () => {
    const text = lines(...type, "name: a", "ingress:", "- action: permit");
    const { errors } = readManifests(text, "f");
    assert.deepEqual(errors.map(formatManifestError), [
      'f:3:1: misplaced fields: write "name" under metadata, "ingress" under spec',
      'f:5:3: spec.ingress[0].action: Unsupported value: "permit": supported values: "Allow", "Deny", "Log", "Pass"',
    ]);
    assert.equal(errors[0]?.mended, undefined);
  });

  it("spells actions, types and protocols as the API does", () => {
    const rule = ["ingress:", "- action: allow", "  protocol: tcp", "types: [ingress]"];
    const [error, ...more] = readManifests(lines(...type, "name: a", ...rule), "f").errors;
    assert.deepEqual(more, []);
    assert.match(error?.message ?? "", /words as the mended manifest spells them/);
    assert.match(
      error?.mended ?? "",
      /action: Allow\n {6}protocol: TCP\n {2}types:\n {4}- Ingress/,
    );
    assert.deepEqual(readManifests(error?.mended ?? "", "mended").errors, []);
  });

  it("leaves alone what an open section may hold", () => {
    const text = lines(
      "{apiVersion: v1, kind: Namespace, metadata: {name: a_b}, spec: {finalizers: [kubernetes]}}",
    );
    const [error, ...more] = readManifests(text, "f").errors;
    assert.deepEqual([error?.path, more], ["metadata.name", []]);
  });

  it("is not guessed at where a field has two values", () => {
    const text = lines(...type, "name: a", "metadata: {name: b}", "spec: {}");
    assert.deepEqual(read(text), ['f:3:1: unknown field "name"']);
  });

  it("keeps text that looks like a number text", () => {
    const text = lines(...type, "name: a", 'labels: {a: "0B1", b: "yes", c: "017"}', "spec: {}");
    const [error] = readManifests(text, "f").errors;
    const [mended] = readManifests(error?.mended ?? "", "mended").resources;
    const { a, b, c } = mended?.resource.metadata.labels ?? {};
    assert.deepEqual([a, b, c], ["0B1", "yes", "017"]);
  });
});
