import { randomUUID } from "node:crypto";
import { closeSync, ftruncateSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * A file that only those have who inherit its descriptor: nobody else can read or write it, and
 * nothing of it is left when the last of them is gone, however that comes about.
 */
export class NamelessFile {
  readonly descriptor: number;

  constructor() {
    const path = join(tmpdir(), `picket-${randomUUID()}`);
    this.descriptor = openSync(path, "wx+", 0o600);
    unlinkSync(path);
  }

  /** Replaces what the file holds. Who opens `/proc/self/fd/…` of it reads it from the start. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    ftruncateSync(this.descriptor, 0);
    for (let at = 0; at < bytes.length; ) {
      at += writeSync(this.descriptor, bytes, at, bytes.length - at, at);
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
