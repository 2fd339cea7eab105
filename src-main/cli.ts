/** Entry of the command line. Needs Node 24: `scripts/specula.mjs` starts it with the right one. */
import { CommanderError } from 'commander';
import { exitCodes, UsageError } from './cli/exit.ts';
import { createProgram } from './cli/program.ts';
import { processTerminal } from './cli/terminal.ts';
import { asFailure } from './rpc/expected.ts';

const terminal = processTerminal();
let stop: (() => void) | null = null;

/** First Ctrl+C: end in order. Second, or before there is anything to end: leave at once. */
function interrupt(): void {
  const current = stop;
  stop = null;
  if (current === null) process.exit(exitCodes.interrupted);
  current();
}

process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);
process.on('SIGHUP', interrupt);
// The reader of a pipe has gone, e.g. `| head`: nobody is left to print for.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') interrupt();
  else throw error;
});

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // commander has printed it: help and version are no errors
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (error instanceof UsageError) {
    terminal.err(`specula: ${error.message}\n`);
    return exitCodes.usage;
  }
  const failure = asFailure(error);
  const detail = failure?.detail ? `\n${failure.detail}` : '';
  const text = error instanceof Error ? error.message : String(error);
  terminal.err(`specula: ${failure?.message ?? text}${detail}\n`);
  if (failure === null && process.env.SPECULA_DEBUG) console.error(error);
  return exitCodes.failure;
}

const program = createProgram({
  terminal,
  onInterrupt: (action) => {
    stop = action;
  },
  onExit: (code) => {
    process.exitCode = code;
  },
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
