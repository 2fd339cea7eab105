/**
 * Starts the engine process, watches it, and starts it again when it dies. An assertion in ggml, a segmentation
 * fault or the out-of-memory killer ends that process only: the run is reported as crashed with what is
 * known, everything recorded before stays, and the next run finds a fresh engine.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineStatus } from '../../src-shared/contract/status.ts';
import { assertNever } from '../../src-shared/domain/assert.ts';
import type { EngineClient, EngineEvents, EngineJob, RunEnd } from './client.ts';
import type { EngineProcess, ForkEngine } from './host.ts';
import { type FromEngine, fromEngineSchema, type GpuChoice, type ToEngine } from './messages.ts';

export interface EngineOptions {
  readonly fork: ForkEngine;
  /** folder for crash notes */
  readonly home: string;
  readonly appVersion: string;
  /** milliseconds that a stop may take before the engine is restarted; 5000 when left out */
  readonly stopWithinMs?: number;
}

/** Loading a large model or encoding a large image cannot be interrupted: whoever presses Stop does not wait longer. */
const defaultStopWithinMs = 5000;

/** What the engine answers to a request; it says which. */
type Answer = Extract<FromEngine, { kind: 'tokens' | 'drafted' }>;

interface Asked {
  readonly take: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Log line between two processes. */
const newProcess = '--- new engine process ---';

const logLines = 200;
const statusLogLines = 30;
/** After this many deaths in a row without becoming ready, starting again by itself would only loop. */
const maxFailedStarts = 3;

const starting: EngineStatus = {
  state: 'starting',
  detail: 'starting the engine',
  progress: null,
  variant: null,
  llamaRelease: null,
  devices: [],
  loaded: null,
  runId: null,
  hit: null,
  restarts: 0,
  logTail: [],
};

export function createEngine(options: EngineOptions, events: EngineEvents): EngineClient {
  const crashFile = join(options.home, `engine-crash-${process.pid}.txt`);
  mkdirSync(options.home, { recursive: true });

  let status = starting;
  let log: string[] = [];
  let child: EngineProcess | null = null;
  let gpu: GpuChoice = 'auto';
  let live: string | null = null;
  let failedStarts = 0;
  let disposed = false;
  let stopTimer: NodeJS.Timeout | undefined;
  let requests = 0;
  const asked = new Map<number, Asked>();
  let waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  const setStatus = (change: Partial<EngineStatus>): void => {
    status = { ...status, ...change, logTail: log.slice(-statusLogLines) };
    events.status(status);
  };

  const settle = (error: Error | null): void => {
    const all = waiting;
    waiting = [];
    for (const w of all) error === null ? w.resolve() : w.reject(error);
  };

  const endRun = (end: RunEnd): void => {
    clearTimeout(stopTimer);
    stopTimer = undefined;
    if (live === null) return;
    const runId = live;
    live = null;
    events.end(runId, end);
  };

  const addLog = (line: string): void => {
    log = [...log.slice(-logLines + 1), line];
  };

  const launch = (): void => {
    rmSync(crashFile, { force: true });
    // Lines of the process before stay readable: they tell why it ended.
    if (log.length > 0) addLog(newProcess);
    setStatus({ ...starting, restarts: status.restarts });
    const started = options.fork();
    child = started;
    started.onLine(addLog);
    started.onMessage((message) => {
      if (child === started) receive(message);
    });
    started.onExit((code, signal) => {
      if (child === started) died(code, signal);
    });
    send({ kind: 'init', gpu, crashFile, appVersion: options.appVersion });
  };

  const send = (message: ToEngine): void => child?.post(message);

  const refuseAsked = (reason: string): void => {
    for (const { reject } of asked.values()) reject(new Error(reason));
    asked.clear();
  };

  /** Sends a request and waits for its answer; `pick` takes what was asked for out of it, null: it is something else. */
  const ask = <T>(message: (request: number) => ToEngine, pick: (answer: Answer) => T | null): Promise<T> => {
    const request = ++requests;
    const answer = new Promise<T>((resolve, reject) => {
      const take = (given: Answer): void => {
        const picked = pick(given);
        if (picked === null) reject(new Error(`the engine answered with ${given.kind}`));
        else resolve(picked);
      };
      asked.set(request, { take, reject });
    });
    send(message(request));
    return answer;
  };

  const answered = (request: number, settleIt: (request: Asked) => void): void => {
    // Models may have been loaded for it.
    if (live === null && status.state === 'loading')
      setStatus({ state: 'idle', detail: 'ready', progress: null });
    const waiting = asked.get(request);
    asked.delete(request);
    if (waiting !== undefined) settleIt(waiting);
  };

  const died = (code: number | null, signal: string | null): void => {
    child = null;
    if (disposed) return;
    const doing = status.state === 'loading' ? status.detail : null;
    const reason = deathReason(code, signal, doing, readCrashNote(crashFile), log);
    const wasReady = status.variant !== null;
    failedStarts = wasReady ? 0 : failedStarts + 1;
    setStatus({
      state: 'crashed',
      detail: reason,
      loaded: null,
      runId: null,
      hit: null,
      restarts: status.restarts + 1,
    });
    refuseAsked(reason);
    endRun({ status: 'crashed', reason });
    if (failedStarts < maxFailedStarts) {
      launch();
      return;
    }
    const detail = `the engine does not start: ${reason}. Repair it with "npm run setup", then press Restart`;
    setStatus({ state: 'unavailable', detail });
    settle(new Error(detail));
  };

  const receive = (raw: unknown): void => {
    const parsed = fromEngineSchema.safeParse(raw);
    if (!parsed.success) {
      const reason = `the engine sent a message that is not understood: ${parsed.error.message}`;
      addLog(reason);
      refuseAsked(reason);
      // It may have been a round: a run with a hole must not pass as whole.
      if (live === null) return;
      endRun({ status: 'failed', reason });
      relaunch();
      return;
    }
    handle(parsed.data);
  };

  const handle = (message: FromEngine): void => {
    switch (message.kind) {
      case 'ready':
        failedStarts = 0;
        setStatus({
          state: 'idle',
          detail: 'ready',
          variant: message.variant,
          llamaRelease: message.release,
          devices: message.devices,
        });
        settle(null);
        return;
      case 'unavailable':
        setStatus({ state: 'unavailable', detail: message.reason });
        settle(new Error(message.reason));
        return;
      case 'loading':
        setStatus({ state: 'loading', detail: message.what, progress: message.progress });
        return;
      case 'fingerprint':
        setStatus({ state: 'running', detail: 'decoding', progress: null, loaded: message.fingerprint });
        events.fingerprint(message.runId, message.fingerprint);
        return;
      case 'turn':
        events.turn(message.runId, message.turn);
        return;
      case 'rounds':
        for (const record of message.records) events.round(message.runId, record);
        return;
      case 'captured':
        setStatus({ state: 'running', detail: 'reading attention again', progress: message.progress });
        events.captured(message.runId, message.rounds);
        return;
      case 'state':
        setStatus({
          state: message.status,
          detail: message.status === 'paused' ? 'paused' : 'decoding',
          hit: message.hit,
        });
        events.state(message.runId, message.status);
        return;
      case 'taken-back':
        events.takenBack(message.runId, message.rounds, message.turn);
        return;
      case 'drafted':
        setStatus({ loaded: message.fingerprint });
        answered(message.request, (request) => request.take(message));
        return;
      case 'tokens':
        answered(message.request, (request) => request.take(message));
        return;
      case 'request-failed':
        answered(message.request, (request) => request.reject(new Error(message.reason)));
        return;
      case 'end':
        if (message.runId !== live) return;
        setStatus({ state: 'idle', detail: 'ready', progress: null, runId: null, hit: null });
        endRun({ status: message.status, reason: message.reason });
        return;
      case 'log':
        addLog(message.line);
        return;
      default:
        assertNever(message);
    }
  };

  /** Resolves when the engine can be told something; `job`: with the devices that it asks for. */
  const ready = (job: Pick<EngineJob, 'spec'> | null = null): Promise<void> => {
    if (job !== null && job.spec.engine.gpu !== gpu) {
      gpu = job.spec.engine.gpu;
      relaunch();
    }
    if (status.state === 'unavailable') return Promise.reject(new Error(status.detail));
    if (status.variant !== null && child !== null) return Promise.resolve();
    return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  };

  const relaunch = (): void => {
    refuseAsked('the engine was restarted');
    const old = child;
    child = null;
    old?.kill();
    failedStarts = 0;
    launch();
  };

  const handOver = async (
    job: Pick<EngineJob, 'runId' | 'spec'>,
    message: Extract<ToEngine, { kind: 'start' | 'recapture' }>,
  ): Promise<void> => {
    if (disposed) throw new Error('the engine was closed');
    if (live !== null) {
      throw new Error(`run ${live} is still live: stop it, or wait for its end, before starting another`);
    }
    const { runId } = job;
    live = runId;
    try {
      await ready(job);
    } catch (error) {
      if (live === runId) live = null;
      throw error;
    }
    if (live !== runId) throw new Error('the engine ended before it could take the run; start it again');
    setStatus({ state: 'loading', detail: 'preparing the run', progress: null, runId });
    send(message);
  };

  const forceStop = (): void => {
    endRun({ status: 'stopped', reason: 'stopped by the user; the engine was busy and had to be restarted' });
    relaunch();
  };

  launch();

  return {
    status: () => status,
    start: (job) => handOver(job, { kind: 'start', job }),
    recapture: (job) => handOver(job, { kind: 'recapture', job }),
    async tokenize({ spec, files, hashes }, text) {
      await ready();
      return ask(
        (request) => ({ kind: 'tokenize', request, job: { spec, files, hashes }, text }),
        (answer) => (answer.kind === 'tokens' ? answer.pieces : null),
      );
    },
    async draftOnce(job) {
      if (live !== null) throw new Error(`run ${live} is still live: stop it, or wait for its end, first`);
      await ready(job);
      setStatus({ state: 'loading', detail: 'drafting once', progress: null });
      return ask(
        (request) => ({ kind: 'draft-once', request, job }),
        (answer) => (answer.kind === 'drafted' ? answer.record : null),
      );
    },
    async control(runId, command) {
      if (live !== runId)
        throw new Error(`run ${runId} is not live any more, so it cannot ${command.action}`);
      send({ kind: 'control', command });
      if (command.action === 'stop')
        stopTimer ??= setTimeout(forceStop, options.stopWithinMs ?? defaultStopWithinMs);
    },
    async restart() {
      endRun({ status: 'crashed', reason: 'the engine was restarted by the user' });
      relaunch();
      await ready();
    },
    async dispose() {
      disposed = true;
      clearTimeout(stopTimer);
      settle(new Error('the engine was closed'));
      const last = child;
      if (last === null) return;
      const gone = new Promise<void>((resolve) => last.onExit(() => resolve()));
      send({ kind: 'shutdown' });
      const timer = setTimeout(() => last.kill(), 2000);
      await gone;
      clearTimeout(timer);
      rmSync(crashFile, { force: true });
    },
  };
}

function readCrashNote(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // No note: the process was killed from outside or died without an assertion.
    return '';
  }
}

/** One line (with the last log lines below) that says how the engine died; `loading`: what it was loading then. */
function deathReason(
  code: number | null,
  signal: string | null,
  loading: string | null,
  note: string,
  log: readonly string[],
): string {
  const how = signal !== null ? `it was ended by ${signal}` : `it exited with code ${code ?? 'unknown'}`;
  const what = note === '' ? how : `${note} (${how})`;
  const own = log.slice(log.lastIndexOf(newProcess) + 1);
  const tail = own.slice(-5).join('\n');
  const when = loading === null ? '' : ` while ${loading}`;
  const hint = loading === null ? '' : '; the file may be damaged, or too large for the memory';
  return `the engine process died${when}: ${what}${hint}${tail === '' ? '' : `\nlast log lines:\n${tail}`}`;
}
