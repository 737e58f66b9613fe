/** Watches over HTTP: a line of JSON for each event, until the client leaves or time is up. */

import type { ServerResponse } from "node:http";
import type { WatchEvent } from "./watch.ts";

/** How long a watch lasts that asks for no time of its own, in seconds. */
const DEFAULT_SECONDS = 1800;
const BOOKMARK_EVERY_MS = 60_000;
/** How much may wait for a client that reads slowly before it is cut off, to list again. */
const WAITING_BYTES_AT_MOST = 16 * 1024 * 1024;

/** What a stream needs of the watch that feeds it. */
export interface Feed {
  readonly bookmark: () => WatchEvent;
  readonly stop: () => void;
}

export interface StreamOptions {
  readonly seconds: number | undefined;
  readonly bookmarks: boolean;
  /** Starts the watch; undefined when there is nothing more to tell. */
  readonly start: (emit: (events: readonly WatchEvent[]) => void) => Feed | undefined;
  readonly format: (event: WatchEvent, first: boolean) => string;
}

/** The watches of one server, so that all can be ended with it. */
export class WatchStreams {
  readonly #open = new Set<() => void>();

  /** Writes a watch to a response whose head has not been written. */
  serve(response: ServerResponse, options: StreamOptions): void {
    response.writeHead(200, {
      "content-type": "application/json",
      "cache-control": "no-cache, private",
    });
    response.flushHeaders();
    let isFirst = true;
    const emit = (events: readonly WatchEvent[]): void => {
      if (response.writableEnded || response.destroyed) return;
      for (const event of events) {
        response.write(options.format(event, isFirst));
        if (event.type !== "BOOKMARK") isFirst = false;
      }
      if (response.writableLength > WAITING_BYTES_AT_MOST) response.destroy();
    };
    const feed = options.start(emit);
    if (!feed) {
      response.end();
      return;
    }
    const tellBookmark = (): void => {
      if (options.bookmarks) emit([feed.bookmark()]);
    };
    const finish = (): void => {
      tellBookmark();
      response.end();
    };
    const bookmarks = setInterval(tellBookmark, BOOKMARK_EVERY_MS);
    const end = setTimeout(finish, (options.seconds ?? DEFAULT_SECONDS) * 1000);
    this.#open.add(finish);
    response.on("close", () => {
      feed.stop();
      clearInterval(bookmarks);
      clearTimeout(end);
      this.#open.delete(finish);
    });
    response.on("error", () => response.destroy());
  }

  close(): void {
    for (const finish of this.#open) finish();
  }
}
