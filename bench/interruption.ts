/** What a bench has made goes, too, when somebody stops it: by Ctrl-C or by `kill`. */

type Cleanup = () => Promise<void> | void;

const cleanups: Cleanup[] = [];
let isInterrupted = false;

/** Has `cleanup` called when the bench is interrupted, after those that are named later. */
export function onInterruption(cleanup: Cleanup): { readonly forget: () => void } {
  if (cleanups.length === 0) process.on("SIGINT", interrupt).on("SIGTERM", interrupt);
  cleanups.push(cleanup);
  return {
    forget: () => {
      cleanups.splice(cleanups.indexOf(cleanup), 1);
      if (cleanups.length === 0) process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    },
  };
}

/** Resolves at once, or never when the bench has been interrupted: then the process ends. */
export async function unlessInterrupted(): Promise<void> {
  if (isInterrupted) await new Promise(() => {});
}

async function interrupt(): Promise<void> {
  // npm passes on what the terminal has told us already.
  if (isInterrupted) return;
  isInterrupted = true;
  for (const cleanup of cleanups.toReversed()) {
    try {
      await cleanup();
    } catch (error) {
      process.stderr.write(`cannot clean up: ${String(error)}\n`);
    }
  }
  process.exit(130);
}
