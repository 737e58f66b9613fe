/** How every command ends: scripts read the code, people the message. */
export const EXIT = {
  yes: 0,
  /** A negative answer: denied, invalid, not found, dropped. */
  no: 1,
  usage: 2,
  unreachable: 3,
  refused: 4,
  /** A fault of Picket's own. */
  fault: 70,
} as const;

/** One of {@link EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Told how the command that ran has ended. */
export type Ended = (code: ExitCode) => void;

/** Ends a command with a message for people on stderr. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Something on the command line that cannot be. */
export function usage(message: string): CommandFailure {
  return new CommandFailure(EXIT.usage, message);
}
