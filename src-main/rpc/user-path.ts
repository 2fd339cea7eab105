import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The absolute path that a user typed: spaces around it are left out, `~` is the user's home folder. */
export function userPath(typed: string): string {
  const path = typed.trim();
  return /^~($|[\\/])/.test(path) ? join(homedir(), path.slice(1)) : resolve(path);
}
