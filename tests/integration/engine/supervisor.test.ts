import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureJob, TestEngine } from '../../fixtures/engine.ts';
import { withoutTensor } from '../../fixtures/gguf/corrupt.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';
import { mlpProjector } from '../../fixtures/gguf/projectors.ts';

let models: FixturePaths;
let engine: TestEngine;

beforeAll(async () => {
  models = await fixtureModels();
  engine = new TestEngine();
});
afterAll(() => engine.dispose());

const ids = (runId: string): number[] => engine.run(runId).rounds.flatMap((r) => r.tokens.map((t) => t.id));

describe('the engine process', () => {
  it('decodes a job and reports fingerprint, turn, rounds and end in order', async () => {
    const run = await engine.finish(fixtureJob('whole', models));
    expect(run.end).toEqual({ status: 'done', reason: null });
    expect(run.fingerprint).toMatchObject({
      specula: 'test',
      threads: 1,
      kvType: 'f32',
      device: 'CPU',
      gpuLayers: 0,
      contextSize: 2048,
      draft: { device: 'CPU', gpuLayers: 0, threads: 1, kvType: 'f32', contextSize: 2048 },
    });
    expect(run.turns).toHaveLength(1);
    expect(run.turns[0]).toMatchObject({ imageTokens: 144, gridProblem: null, endedBy: expect.any(String) });
    for (const ms of Object.values(run.turns[0]?.prefillMs ?? { none: 0 })) expect(ms).toBeGreaterThan(0);
    expect(run.turns[0]?.promptTokens.filter((t) => t === -1)).toHaveLength(144);
    expect(run.rounds.map((r) => r.round.index)).toEqual(run.rounds.map((_, i) => i));
    const newTokens = run.rounds.reduce((sum, r) => sum + r.round.accepted + 1, 0);
    expect(newTokens).toBe(ids('whole').length);
    expect(run.rounds.some((r) => r.round.accepted > 0)).toBe(true);
  });

  it('gives the same tokens as plain decoding', async () => {
    const plain = fixtureJob('plain', models, { method: { name: 'ar' }, draft: null }, { draft: null });
    expect((await engine.finish(plain)).fingerprint?.draft).toBeNull();
    expect(ids('whole')).toEqual(ids('plain'));
  });

  it('says so when it does not understand a job, and takes the next one', async () => {
    const run = await engine.finish(fixtureJob('half', models, { maxTokens: 10.5 }));
    expect(run.end).toMatchObject({ status: 'failed', reason: expect.stringMatching(/"start".*maxTokens/s) });
    expect(engine.client.status()).toMatchObject({ state: 'idle', runId: null });
    expect((await engine.finish(fixtureJob('after half', models, { maxTokens: 5 }))).end?.status).toBe(
      'done',
    );
  });

  it('refuses a second run while one is live, names it, and stops within a round', async () => {
    const job = fixtureJob('long', models, { maxTokens: 1500 });
    await engine.client.start(job);
    await engine.until(() => engine.run('long').rounds.length > 3);
    await expect(engine.client.start(fixtureJob('other', models))).rejects.toThrow(/run long is still live/);
    const before = engine.run('long').rounds.length;
    await engine.client.control('long', { action: 'stop' });
    await engine.until(() => engine.run('long').end !== null);
    expect(engine.run('long').end?.status).toBe('stopped');
    expect(engine.run('long').turns.at(-1)?.endedBy).toBe('stopped');
    expect(engine.run('long').rounds.length - before).toBeLessThan(30);
    await expect(engine.client.control('long', { action: 'stop' })).rejects.toThrow(/not live/);
  });

  it('steps one round at a time, then continues', async () => {
    const job = { ...fixtureJob('steps', models), startPaused: true };
    await engine.client.start(job);
    const run = engine.run('steps');
    await engine.until(() => run.states.at(-1) === 'paused');
    expect(run.rounds).toHaveLength(1);
    await engine.client.control('steps', { action: 'step' });
    await engine.until(() => run.rounds.length === 2 && run.states.at(-1) === 'paused');
    await engine.client.control('steps', { action: 'continue' });
    await engine.until(() => run.end !== null);
    expect(run.end?.status).toBe('done');
    expect(ids('steps')).toEqual(ids('whole'));
  });

  it('reports a run as crashed when the process is killed, keeps its rounds, and runs the next one', async () => {
    const job = fixtureJob('killed', models, { maxTokens: 1500 });
    await engine.client.start(job);
    const run = engine.run('killed');
    await engine.until(() => run.rounds.length > 3);
    const { pid } = engine.process ?? {};
    expect(pid).toBeGreaterThan(0);
    process.kill(pid ?? -1, 'SIGKILL');
    await engine.until(() => run.end !== null);
    expect(run.end?.status).toBe('crashed');
    expect(run.end?.reason).toMatch(/SIGKILL/);
    expect(run.rounds.length).toBeGreaterThan(3);
    const next = await engine.finish(fixtureJob('after', models));
    expect(next.end?.status).toBe('done');
    expect(ids('after')).toEqual(ids('whole'));
    expect(engine.client.status().restarts).toBe(1);
  });

  it('ends a run as crashed when the engine is restarted, paused or still loading, and runs the next one', async () => {
    const paused = engine.run('restarted');
    await engine.client.start({ ...fixtureJob('restarted', models), startPaused: true });
    await engine.until(() => paused.states.at(-1) === 'paused');
    await engine.client.restart();
    expect(paused.end).toEqual({ status: 'crashed', reason: 'the engine was restarted by the user' });
    expect(paused.rounds).toHaveLength(1);
    // A run that waits for the engine when it is restarted is given up, not decoded behind everybody's back.
    const restarting = engine.client.restart();
    const waiting = engine.client.start(fixtureJob('waiting', models));
    const again = engine.client.restart();
    await expect(waiting).rejects.toThrow('the engine ended before it could take the run');
    await Promise.all([restarting, again]);
    const next = await engine.finish(fixtureJob('restarted-next', models));
    expect(next.end?.status).toBe('done');
    expect(engine.run('waiting').rounds).toEqual([]);
  });

  it('fails a run with a message that is not understood, since it may have been a round', async () => {
    await engine.client.start({ ...fixtureJob('garbled', models), startPaused: true });
    const run = engine.run('garbled');
    await engine.until(() => run.states.at(-1) === 'paused');
    engine.forge({ kind: 'rounds', runId: 'garbled', records: [{}] });
    expect(run.end?.status).toBe('failed');
    expect(run.end?.reason).toContain('not understood');
    expect((await engine.finish(fixtureJob('after-garbled', models))).end?.status).toBe('done');
  });

  it('says what to do about a prompt that is too long, for the target or for the draft', async () => {
    const small = { ...fixtureJob('x', models).spec.engine, contextSize: 256 };
    const long = fixtureJob('long prompt', models, { engine: small }, { projector: null });
    const sample = { ...long.sample, turns: ['cat '.repeat(400)] };
    const target = await engine.finish({ ...long, sample });
    expect(target.end?.status).toBe('failed');
    expect(target.end?.reason).toMatch(
      /the prompt has \d+ tokens, but the context holds 256; choose a larger/,
    );
    // The draft cuts the picture into tiles, the target does not.
    const files = { draft: models.nearDraft, draftProjector: models.tilesProjector };
    const draft = await engine.finish(fixtureJob('long draft', models, { engine: small }, files));
    expect(draft.end?.status).toBe('failed');
    expect(draft.end?.reason).toMatch(/the draft model cannot take the prompt: .*\d+ of them image/);
  });

  it('fails with the name of the broken file and stays usable', async () => {
    const broken = await engine.finish(fixtureJob('broken', models, {}, { target: models.truncated }));
    expect(broken.end?.status).toBe('failed');
    expect(broken.end?.reason).toContain('truncated.gguf');
    const wrong = await engine.finish(fixtureJob('wrong', models, {}, { projector: models.wrongProjector }));
    expect(wrong.end?.status).toBe('failed');
    expect(wrong.end?.reason).toContain('wrongProjector.gguf');
    const recurrent = fixtureJob('mamba', models, {}, { target: models.mamba, projector: null });
    const refused = await engine.finish(recurrent);
    expect(refused.end?.status).toBe('failed');
    expect(refused.end?.reason).toMatch(/recurrent/);
    const next = await engine.finish(fixtureJob('fine', models));
    expect(next.end?.status).toBe('done');
  });
});

it('names the file when loading it kills the process', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'specula-broken-'));
  // llama.cpp does not check that a projector is complete.
  const projector = join(folder, 'incomplete.gguf');
  writeFileSync(projector, withoutTensor(mlpProjector(128, 2), 'mm.2.weight'));
  const run = await engine.finish(fixtureJob('incomplete', models, {}, { projector }));
  expect(run.end?.status).toBe('crashed');
  expect(run.end?.reason).toMatch(
    /died while loading the target's projector incomplete.gguf: .*may be damaged/,
  );
  expect((await engine.finish(fixtureJob('complete', models))).end?.status).toBe('done');
  rmSync(folder, { recursive: true });
});

it.skipIf(process.platform === 'win32')('an engine that does not react to Stop is restarted', async () => {
  const stuck = new TestEngine({ stopWithinMs: 200 });
  try {
    await stuck.client.start({ ...fixtureJob('stuck', models), startPaused: true });
    const run = stuck.run('stuck');
    await stuck.until(() => run.states.at(-1) === 'paused');
    process.kill(stuck.process?.pid ?? -1, 'SIGSTOP');
    await stuck.client.control('stuck', { action: 'stop' });
    await stuck.until(() => run.end !== null);
    expect(run.end?.status).toBe('stopped');
    expect(run.end?.reason).toContain('had to be restarted');
    expect(run.rounds).toHaveLength(1);
    expect((await stuck.finish(fixtureJob('free', models))).end?.status).toBe('done');
  } finally {
    await stuck.dispose();
  }
});

it('a closed engine takes no job and starts no new process for it', async () => {
  const closed = new TestEngine();
  await closed.dispose();
  const last = closed.process;
  // The engine was started for any device: another choice would start it anew.
  await expect(closed.client.start(fixtureJob('late', models))).rejects.toThrow('the engine was closed');
  expect(closed.process).toBe(last);
});
