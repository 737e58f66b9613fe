import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";

/**
 * The house: wings, and in each its rooms, lowest first. A room may import itself, rooms above it in
 * its own wing's list, the rooms of wings to the left, and the packages named beside it.
 */
const WINGS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  core: {
    text: [],
    net: [],
    sets: [],
    selector: [],
    manifest: ["js-yaml"],
    schema: [],
    resources: [],
    model: [],
    spec: [],
    calc: [],
    policy: [],
    verdict: [],
    analysis: [],
    explanation: [],
    "policy-test": [],
    lint: [],
    preview: [],
  },
  dataplane: { nft: [], program: [], apply: [], flows: [], lab: ["koffi"] },
  control: { storage: [], apiserver: ["fastify", "selfsigned"], sync: ["js-yaml"] },
  apps: { thread: [], agent: [], server: [], cli: ["commander", "js-yaml"] },
};

/** Wings import only leftwards; dataplane and control know nothing of each other. */
const LEFT_OF: Readonly<Record<string, readonly string[]>> = {
  core: [],
  dataplane: ["core"],
  control: ["core"],
  apps: ["core", "dataplane", "control"],
};

/** The oracle shares nothing with the fast path, in either direction. */
const NEVER: Readonly<Record<string, readonly string[]>> = {
  "core/spec": ["core/sets", "core/manifest", "core/schema", "core/resources"],
  "core/calc": ["core/spec"],
  "core/policy": ["core/spec"],
  "core/verdict": ["core/spec"],
  "core/explanation": ["core/spec"],
  "core/analysis": ["core/spec"],
  "core/policy-test": ["core/spec"],
  "core/lint": ["core/spec"],
  "core/preview": ["core/spec"],
};

const ROOT = join(import.meta.dirname, "..");
const SRC = join(ROOT, "src");
const IMPORT = /^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|\bimport\s*\(?\s*"([^"]+)"/gm;
const files = globSync("**/*.ts", { cwd: SRC, exclude: ["**/*.test.ts"] }).sort();

describe("architecture", () => {
  for (const file of files) {
    it(`${file} imports only what its room may`, () => {
      for (const specifier of importsOf(file)) {
        const problem = refusal(file, specifier);
        assert.equal(problem, undefined, `${file} imports ${specifier}: ${problem}`);
      }
    });
  }

  it("lists the packages that rooms import, each a decision written down", () => {
    const listed = Object.entries(WINGS).flatMap(([wing, rooms]) =>
      Object.entries(rooms).flatMap(([room, names]) =>
        names.map((name) => `${wing}/${room} ${name}`),
      ),
    );
    const imported = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => !specifier.startsWith(".") && !isBuiltin(specifier))
        .map((name) => `${roomOf(file)} ${name}`),
    );
    assert.deepEqual([...new Set(imported)].sort(), listed.sort());

    const { dependencies, devDependencies } = JSON.parse(read("package.json"));
    const used = new Set(listed.map((row) => row.slice(row.indexOf(" ") + 1)));
    assert.deepEqual(Object.keys(dependencies).sort(), [...used].sort());
    const pages = globSync("docs/decisions/*.md", { cwd: ROOT }).map(read).join("\n");
    for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
      assert.ok(pages.includes(`\`${name}\``), `no page of docs/decisions says why ${name}`);
    }
  });

  it("has no cycle of files", () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      assert.ok(!path.includes(file), `cycle: ${[...path, file].join(" -> ")}`);
      if (done.has(file)) return;
      for (const specifier of importsOf(file)) {
        if (specifier.startsWith(".")) visit(join(dirname(file), specifier), [...path, file]);
      }
      done.add(file);
    };
    for (const file of files) visit(file, []);
  });

  it("sees the rooms it speaks of", () => {
    const rooms = Object.entries(WINGS).flatMap(([wing, list]) =>
      Object.keys(list).map((room) => `${wing}/${room}`),
    );
    assert.deepEqual([...new Set(files.map(roomOf))].sort(), rooms.sort());
  });
});

/** Why `file` may not import `specifier`, or undefined when it may. */
function refusal(file: string, specifier: string): string | undefined {
  const room = roomOf(file);
  const [wing = "", name = ""] = room.split("/");
  const rooms = WINGS[wing];
  if (!rooms || !(name in rooms)) return `${room} is not a room`;
  if (isBuiltin(specifier)) {
    if (!specifier.startsWith("node:")) return "write it with node:";
    return wing === "core" ? "core is pure" : undefined;
  }
  if (!specifier.startsWith(".")) {
    return rooms[name]?.includes(specifier) ? undefined : "not a package of this room";
  }
  if (!specifier.endsWith(".ts")) return "imports name the file, with .ts";
  const target = relative(SRC, join(SRC, dirname(file), specifier));
  const other = roomOf(target);
  if (other === room) return undefined;
  if (target.includes("/internal/")) return "internal to another room";
  if (NEVER[room]?.includes(other)) return `${room} stays apart from ${other}`;
  const [otherWing = "", otherName = ""] = other.split("/");
  if (otherWing !== wing) {
    return LEFT_OF[wing]?.includes(otherWing) ? undefined : `${otherWing} is not left of ${wing}`;
  }
  const order = Object.keys(rooms);
  return order.indexOf(otherName) < order.indexOf(name) ? undefined : `${other} is below ${room}`;
}

function roomOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

/** The modules `file` names, whether it imports values or only types. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), "utf8");
  return Array.from(text.matchAll(IMPORT), (match) => match[1] ?? match[2] ?? "");
}

/** A file's text; `path` is from the root of the repository. */
function read(path: string): string {
  return readFileSync(join(ROOT, path), "utf8");
}
