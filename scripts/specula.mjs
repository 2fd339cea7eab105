#!/usr/bin/env node
/** Starts the command line with the project's own Node 24, whatever Node runs this file (20 or newer). */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { projectNode, root } from './lib/paths.mjs';

if (!existsSync(projectNode)) {
  console.error('specula: the packages are not installed. Run "npm run setup" in the project folder first.');
  process.exit(1);
}

const child = spawn(projectNode, [join(root, 'src-main', 'cli.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  // A group of its own: the terminal's Ctrl+C would reach it, and its engine, besides the one passed on here.
  detached: process.platform !== 'win32',
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  console.error(`specula: ${projectNode} cannot be started (${error.message}). Run "npm run setup" again.`);
  process.exit(1);
});
child.once('exit', (code, signal) => {
  // 128 + signal number, as shells tell it
  process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
});
