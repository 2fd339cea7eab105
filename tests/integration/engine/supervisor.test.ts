import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureJob, TestEngine } from '../../fixtures/engine.ts';
import { type FixturePaths, fixtureModels } from '../../fixtures/gguf/index.ts';

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
    });
    expect(run.turns).toHaveLength(1);
    expect(run.turns[0]).toMatchObject({ imageTokens: 144, gridProblem: null, endedBy: expect.any(String) });
    expect(run.turns[0]?.promptTokens.filter((t) => t === -1)).toHaveLength(144);
    expect(run.rounds.map((r) => r.round.index)).toEqual(run.rounds.map((_, i) => i));
    const newTokens = run.rounds.reduce((sum, r) => sum + r.round.accepted + 1, 0);
    expect(newTokens).toBe(ids('whole').length);
    expect(run.rounds.some((r) => r.round.accepted > 0)).toBe(true);
  });

  it('gives the same tokens as plain decoding', async () => {
    await engine.finish(fixtureJob('plain', models, { method: { name: 'ar' }, draft: null }));
    expect(ids('whole')).toEqual(ids('plain'));
  });

  it('refuses a second run while one is live, names it, and stops within a round', async () => {
    const job = fixtureJob('long', models, { maxTokens: 1500 });
    await engine.client.start(job);
    await engine.until(() => engine.run('long').rounds.length > 3);
    await expect(engine.client.start(fixtureJob('other', models))).rejects.toThrow(/run long is still live/);
    const before = engine.run('long').rounds.length;
    await engine.client.control('long', 'stop');
    await engine.until(() => engine.run('long').end !== null);
    expect(engine.run('long').end?.status).toBe('stopped');
    expect(engine.run('long').rounds.length - before).toBeLessThan(30);
    await expect(engine.client.control('long', 'stop')).rejects.toThrow(/not live/);
  });

  it('steps one round at a time, then continues', async () => {
    const job = { ...fixtureJob('steps', models), startPaused: true };
    await engine.client.start(job);
    const run = engine.run('steps');
    await engine.until(() => run.states.at(-1) === 'paused');
    expect(run.rounds).toHaveLength(1);
    await engine.client.control('steps', 'step');
    await engine.until(() => run.rounds.length === 2 && run.states.at(-1) === 'paused');
    await engine.client.control('steps', 'continue');
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
