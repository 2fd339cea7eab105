import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder of the database and the caches: `SPECULA_HOME`, else the platform's place for application data.
 * @param env environment variables
 */
export function homeFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  userHome: string = homedir(),
): string {
  if (env.SPECULA_HOME) return resolve(env.SPECULA_HOME);
  if (platform === 'darwin') return join(userHome, 'Library', 'Application Support', 'Specula');
  if (platform === 'win32') return join(env.APPDATA || join(userHome, 'AppData', 'Roaming'), 'Specula');
  return join(env.XDG_DATA_HOME || join(userHome, '.local', 'share'), 'specula');
}

export function databaseFile(home: string): string {
  return join(home, 'specula.db');
}
