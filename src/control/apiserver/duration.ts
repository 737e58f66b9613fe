const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** How long, in milliseconds, as kubectl's Age column writes it: `58s`, `3m4s`, `5h`, `2d3h`, `4y`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < -SECOND) return "<invalid>";
  if (milliseconds < 2 * MINUTE) return `${Math.max(0, Math.floor(milliseconds / SECOND))}s`;
  if (milliseconds < 10 * MINUTE) return two(milliseconds, MINUTE, "m", SECOND, "s");
  if (milliseconds < 3 * HOUR) return `${Math.floor(milliseconds / MINUTE)}m`;
  if (milliseconds < 8 * HOUR) return two(milliseconds, HOUR, "h", MINUTE, "m");
  if (milliseconds < 2 * DAY) return `${Math.floor(milliseconds / HOUR)}h`;
  if (milliseconds < 8 * DAY) return two(milliseconds, DAY, "d", HOUR, "h");
  if (milliseconds < 2 * YEAR) return `${Math.floor(milliseconds / DAY)}d`;
  if (milliseconds < 8 * YEAR) return two(milliseconds, YEAR, "y", DAY, "d");
  return `${Math.floor(milliseconds / YEAR)}y`;
}

function two(
  length: number,
  large: number,
  largeName: string,
  small: number,
  smallName: string,
): string {
  const rest = Math.floor((length % large) / small);
  const whole = `${Math.floor(length / large)}${largeName}`;
  return rest === 0 ? whole : `${whole}${rest}${smallName}`;
}
