/** Makes a switch over a union exhaustive: a new member that is not handled is a type error here. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}

/** Returns `value`, or throws with `what` when it is null or undefined: for what a caller has already made sure of. */
export function required<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`missing: ${what}`);
  return value;
}
