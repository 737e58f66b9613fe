/** What a thread of this process runs, and what crosses its border. All of it is plain data. */

/** Work under way in a thread. */
export interface Running<Asked> {
  /** Told what the owner posts, in order. A failure that it throws ends the thread. */
  readonly hear: (message: Asked) => void;
  /** Ends the work. Once it resolves, the thread ends. */
  readonly stop: () => Promise<void>;
}

/** What a thread's module exports as `run`: it begins work on what it is `given`. */
export type Run<Given, Asked, Told> = (
  given: Given,
  tell: (message: Told) => void,
) => Running<Asked>;

/** What a thread is started with. */
export interface ThreadStart {
  /** The URL of its module. */
  readonly module: string;
  readonly given: unknown;
}

/** To the thread. */
export type Inward =
  | { readonly is: "message"; readonly message: unknown }
  | { readonly is: "stop" };

/** From the thread; a beat says no more than that it is not busy. */
export type Outward =
  | { readonly is: "message"; readonly message: unknown }
  | { readonly is: "beat" };

/** How often a thread that is not busy says so. */
export const BEAT_MS = 1000;
