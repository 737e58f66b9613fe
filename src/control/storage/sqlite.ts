/** A store in one SQLite file. What a call has returned survives the power being cut. */

import { closeSync, openSync } from "node:fs";
// The class is to be renamed `Database` in a coming Node: this file alone names it.
import { DatabaseSync as Database, type StatementSync as Statement } from "node:sqlite";
import type { Resource } from "../../core/resources/resource.ts";
import { ChangeListeners } from "./change-listeners.ts";
import { pageBefore } from "./page.ts";
import {
  atRevision,
  CHANGES_KEPT,
  type Change,
  type ChangeListener,
  type ListRange,
  type ObjectKey,
  type Page,
  type Storage,
} from "./storage.ts";

const TABLES = `
  CREATE TABLE IF NOT EXISTS objects (
    type TEXT, namespace TEXT, name TEXT, body TEXT NOT NULL,
    PRIMARY KEY (type, namespace, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS changes (
    revision INTEGER PRIMARY KEY, type TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    body TEXT, previous TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO counters VALUES ('format', 1), ('revision', 0), ('compacted', 0);`;

/** The layout above; a file of another one is not opened. */
const FORMAT = 1;

type Row = Readonly<Record<string, unknown>>;

/** Storage in one SQLite file: what was acknowledged outlives the process. */
export class SqliteStorage implements Storage {
  readonly #database: Database;
  readonly #changesKept: number;
  readonly #listeners = new ChangeListeners();
  readonly #statements = new Map<string, Statement>();
  #revision: number;
  #compacted: number;
  /** Changes of the transaction under way. */
  #pending: Change[] | undefined;

  /**
   * Opens the file, or makes it, readable by its owner only. Throws, saying why, when it is not a
   * store of ours or another process has it open.
   */
  constructor(path: string, options: { readonly changesKept?: number } = {}) {
    this.#changesKept = options.changesKept ?? CHANGES_KEPT;
    closeSync(openSync(path, "a", 0o600));
    this.#database = new Database(path);
    try {
      this.#database.exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL");
      this.#database.exec(`PRAGMA synchronous=FULL; BEGIN IMMEDIATE;${TABLES} COMMIT`);
    } catch (error) {
      this.#database.close();
      const locked = error instanceof Error && error.message.includes("locked");
      const reason = locked ? "is in use by another process" : "is not a store that can be opened";
      throw new Error(`${path} ${reason}`, { cause: error });
    }
    const format = this.#counter("format");
    if (format !== FORMAT) {
      this.#database.close();
      throw new Error(`${path} has layout ${format}; this version reads layout ${FORMAT}`);
    }
    this.#revision = this.#counter("revision");
    this.#compacted = this.#counter("compacted");
  }

  get revision(): number {
    return this.#revision;
  }

  get(key: ObjectKey): Resource | undefined {
    const row = this.#prepare(
      "SELECT body FROM objects WHERE type = ? AND namespace = ? AND name = ?",
    ).get(key.type, key.namespace, key.name);
    return parseBody(row?.body);
  }

  list(range: ListRange): Page | "Expired" {
    const revision = range.revision ?? this.#revision;
    const later = this.changes(revision);
    if (later === "Expired") return later;
    if (later.length > 0) {
      const { after: _, limit: __, ...whole } = range;
      return pageBefore(this.#rows(whole), later, range, revision);
    }
    const objects = this.#rows(range);
    const last = objects.at(-1)?.metadata;
    const remaining =
      last && range.limit !== undefined && objects.length === range.limit
        ? this.#countAfter({
            ...range,
            after: { namespace: last.namespace ?? "", name: last.name },
          })
        : 0;
    return { objects, revision, remaining };
  }

  create(key: ObjectKey, object: Resource): Resource | "AlreadyExists" {
    if (this.get(key)) return "AlreadyExists";
    return this.#write(key, object, undefined);
  }

  update(key: ObjectKey, object: Resource, expected?: string): Resource | "NotFound" | "Conflict" {
    const previous = this.get(key);
    if (!previous) return "NotFound";
    if (expected !== undefined && previous.metadata.resourceVersion !== expected) return "Conflict";
    return this.#write(key, object, previous);
  }

  delete(key: ObjectKey, expected?: string): Resource | "NotFound" | "Conflict" {
    const previous = this.get(key);
    if (!previous) return "NotFound";
    if (expected !== undefined && previous.metadata.resourceVersion !== expected) return "Conflict";
    return this.transaction(() => {
      this.#prepare("DELETE FROM objects WHERE type = ? AND namespace = ? AND name = ?").run(
        key.type,
        key.namespace,
        key.name,
      );
      return atRevision(previous, this.#record(key, undefined, previous));
    });
  }

  transaction<T>(work: () => T): T {
    if (this.#pending) return work();
    const before = { revision: this.#revision, compacted: this.#compacted };
    const changes: Change[] = [];
    this.#pending = changes;
    let result: T;
    try {
      this.#prepare("BEGIN IMMEDIATE").run();
      result = work();
      this.#compact();
      this.#prepare("COMMIT").run();
    } catch (error) {
      if (this.#database.isTransaction) this.#prepare("ROLLBACK").run();
      this.#revision = before.revision;
      this.#compacted = before.compacted;
      throw error;
    } finally {
      this.#pending = undefined;
    }
    this.#listeners.notify(changes);
    return result;
  }

  changes(revision: number): readonly Change[] | "Expired" {
    if (revision < this.#compacted || revision > this.#revision) return "Expired";
    if (revision === this.#revision) return [];
    const rows = this.#prepare("SELECT * FROM changes WHERE revision > ? ORDER BY revision");
    return rows.all(revision).map(parseChange);
  }

  subscribe(listener: ChangeListener): () => void {
    return this.#listeners.subscribe(listener);
  }

  close(): void {
    this.#listeners.clear();
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #write(key: ObjectKey, object: Resource, previous: Resource | undefined): Resource {
    return this.transaction(() => {
      const stored = atRevision(object, this.#revision + 1);
      const body = JSON.stringify(stored);
      this.#prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)").run(
        key.type,
        key.namespace,
        key.name,
        body,
      );
      // Parsed again: what is shared with listeners is not the caller's, and is what a read gives.
      const copy = parseBody(body) ?? stored;
      this.#record(key, copy, previous, body);
      return copy;
    });
  }

  #record(
    key: ObjectKey,
    object: Resource | undefined,
    previous: Resource | undefined,
    body: string | null = null,
  ): number {
    const revision = this.#revision + 1;
    this.#prepare("INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?)").run(
      revision,
      key.type,
      key.namespace,
      key.name,
      body,
      previous ? JSON.stringify(previous) : null,
    );
    this.#setCounter("revision", revision);
    this.#revision = revision;
    this.#pending?.push({ revision, key, object, previous });
    return revision;
  }

  #compact(): void {
    const compacted = this.#revision - this.#changesKept;
    if (compacted <= this.#compacted) return;
    this.#prepare("DELETE FROM changes WHERE revision <= ?").run(compacted);
    this.#setCounter("compacted", compacted);
    this.#compacted = compacted;
  }

  #rows(range: ListRange): Resource[] {
    const { where, parameters } = whereOf(range);
    const text = `SELECT body FROM objects WHERE ${where} ORDER BY namespace, name LIMIT ?`;
    const rows = this.#prepare(text).all(...parameters, range.limit ?? -1);
    return rows.map((row) => parseBody(row.body)).filter((object) => object !== undefined);
  }

  #countAfter(range: ListRange): number {
    const { where, parameters } = whereOf(range);
    const row = this.#prepare(`SELECT count(*) AS n FROM objects WHERE ${where}`);
    return Number(row.get(...parameters)?.n ?? 0);
  }

  #counter(name: string): number {
    const row = this.#prepare("SELECT value FROM counters WHERE name = ?").get(name);
    return Number(row?.value ?? 0);
  }

  #setCounter(name: string, value: number): void {
    this.#prepare("UPDATE counters SET value = ? WHERE name = ?").run(value, name);
  }

  #prepare(text: string): Statement {
    const known = this.#statements.get(text);
    if (known) return known;
    const statement = this.#database.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  }
}

function whereOf(range: ListRange): {
  readonly where: string;
  readonly parameters: readonly string[];
} {
  const parts = ["type = ?"];
  const parameters = [range.type];
  if (range.namespace !== undefined) {
    parts.push("namespace = ?");
    parameters.push(range.namespace);
  }
  if (range.after) {
    parts.push("(namespace, name) > (?, ?)");
    parameters.push(range.after.namespace, range.after.name);
  }
  return { where: parts.join(" AND "), parameters };
}

function parseBody(body: unknown): Resource | undefined {
  return typeof body === "string" ? (JSON.parse(body) as Resource) : undefined;
}

function parseChange(row: Row): Change {
  return {
    revision: Number(row.revision),
    key: { type: String(row.type), namespace: String(row.namespace), name: String(row.name) },
    object: parseBody(row.body),
    previous: parseBody(row.previous),
  };
}
