/**
 * `tour/tour.yaml`: the steps of an example, and what each is to show. It is no manifest, hence in a
 * folder of its own: `-f` reads every YAML file of the example's folder.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { isObject } from "../../core/schema/json-object.ts";
import { usage } from "./exit.ts";
import type { Question } from "./question.ts";

export interface Tour {
  /** The folder of the manifests that every step builds on. */
  readonly cluster: string;
  readonly steps: readonly TourStep[];
}

export interface TourStep {
  /** The folder whose manifests the step adds, for as long as it lasts. */
  readonly folder: string;
  readonly title: string;
  readonly probes: readonly TourProbe[];
}

export interface TourProbe extends Question {
  readonly expect: "allow" | "deny";
  /** The name of a policy that is to log this packet. */
  readonly log?: string;
}

/** Reads the tour of the example in `directory`, where its folders are. Throws CommandFailure (usage). */
export function readTour(directory: string): Tour {
  const file = join(directory, "tour", "tour.yaml");
  if (!existsSync(file)) throw usage(`${file}: no such file; an example has one`);
  const fields = new Fields(file, "", load(readFileSync(file, "utf8")));
  return {
    cluster: join(directory, fields.text("cluster")),
    steps: fields.list("steps").map((step) => ({
      folder: join(directory, step.text("folder")),
      title: step.text("title"),
      probes: step.list("probes").map(readProbe),
    })),
  };
}

function readProbe(fields: Fields): TourProbe {
  const family = fields.optionalNumber("family");
  if (family !== undefined && family !== 4 && family !== 6) throw fields.wrong("family", "4 or 6");
  const expect = fields.text("expect");
  if (expect !== "allow" && expect !== "deny") throw fields.wrong("expect", "allow or deny");
  const port = fields.optionalNumber("port");
  const sourcePort = fields.optionalNumber("sourcePort");
  const icmpType = fields.optionalNumber("icmpType");
  const icmpCode = fields.optionalNumber("icmpCode");
  const log = fields.optionalText("log");
  return {
    from: fields.text("from"),
    to: fields.text("to"),
    protocol: fields.text("protocol"),
    expect,
    ...(port !== undefined && { port: String(port) }),
    ...(sourcePort !== undefined && { sourcePort }),
    ...(icmpType !== undefined && { icmpType }),
    ...(icmpCode !== undefined && { icmpCode }),
    ...(family !== undefined && { family }),
    ...(log !== undefined && { log }),
  };
}

/** The fields of one mapping; what is wrong with one is told with its path. */
class Fields {
  readonly #file: string;
  readonly #path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(file: string, path: string, value: unknown) {
    if (!isObject(value)) {
      throw usage(`${file}: ${path === "" ? "the document" : path} must be a mapping`);
    }
    this.#file = file;
    this.#path = path;
    this.#fields = value;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#missing(name, "text");
  }

  optionalText(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "string") return value;
    throw this.wrong(name, "text");
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "number") return value;
    throw this.wrong(name, "a number");
  }

  list(name: string): Fields[] {
    const value = this.#get(name);
    if (!Array.isArray(value)) return this.#missing(name, "a list");
    return value.map((item, i) => new Fields(this.#file, `${this.#at(name)}[${i}]`, item));
  }

  wrong(name: string, wanted: string): Error {
    const found = JSON.stringify(this.#get(name)) ?? "nothing";
    return usage(`${this.#file}: ${this.#at(name)}: want ${wanted}, not ${found}`);
  }

  #missing(name: string, wanted: string): never {
    throw this.wrong(name, wanted);
  }

  #get(name: string): unknown {
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }

  #at(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }
}
