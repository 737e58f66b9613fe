/** For tests: a thread that echoes, and dies of the words it is told. */
import type { Running } from "./module.ts";

/** Says what it was given, then what it hears. */
export function run(given: string, tell: (message: string) => void): Running<string> {
  tell(`given ${given}`);
  return {
    hear: (message) => {
      if (message === "throw") throw new Error("as it was told");
      if (message === "reject") void Promise.reject(new TypeError("in passing"));
      if (message === "exit") process.exit(3);
      if (message === "fill") fill();
      tell(`heard ${message}`);
    },
    stop: async () => tell("stopping"),
  };
}

/** Until there is no memory left. */
function fill(): never {
  const all: number[][] = [];
  for (;;) all.push(new Array<number>(100_000).fill(all.length));
}
