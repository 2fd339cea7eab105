import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BenchPlan,
  benchPlanSchema,
  type Cell,
  cellOf,
  cellsInOrder,
  plainOf,
  shardSchema,
  specOf,
} from '#shared/domain/bench.ts';
import { greedy, runSpecSchema } from '#shared/domain/run.ts';
import { plain, plan, pld } from '../bench-plans.ts';

const anyPlan: fc.Arbitrary<BenchPlan> = fc
  .record({
    samples: fc.integer({ min: 1, max: 12 }),
    targets: fc.integer({ min: 1, max: 3 }),
    repeats: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(0xffff_ffff),
  })
  .map(({ samples, targets, repeats, seed }) => ({
    ...plan,
    samples: Array.from({ length: samples }, (_, i) => `s${i}`),
    configurations: Array.from({ length: targets }, (_, t) =>
      plan.configurations.map((each) => ({ ...each, target: `t${t}` })),
    ).flat(),
    repeats,
    seed,
  }));

const numbers = (cells: readonly Cell[]): number[] => cells.map(({ number }) => number).sort((a, b) => a - b);

describe('the order of a bench', () => {
  it('has every cell once, whatever the shards', () => {
    fc.assert(
      fc.property(anyPlan, fc.integer({ min: 1, max: 5 }), (whole, of) => {
        const all = cellsInOrder(whole);
        const count = whole.samples.length * whole.configurations.length * whole.repeats;
        expect(numbers(all)).toEqual(Array.from({ length: count }, (_, i) => i));
        const parts = Array.from({ length: of }, (_, i) =>
          cellsInOrder({ ...whole, shard: { index: i + 1, of } }),
        );
        expect(numbers(parts.flat())).toEqual(numbers(all));
        for (const part of parts) {
          // A shard keeps the order that the whole bench has.
          const own = new Set(numbers(part));
          expect(part).toEqual(all.filter(({ number }) => own.has(number)));
          // All of a sample is on one machine, so that it can be compared.
          for (const other of parts) {
            if (other === part) continue;
            const samples = new Set(part.map(({ sampleId }) => sampleId));
            expect(other.some(({ sampleId }) => samples.has(sampleId))).toBe(false);
          }
        }
        for (const cell of all) expect(cellOf(whole, cell.number)).toEqual(cell);
      }),
      { numRuns: 40 },
    );
  });

  it('lets all configurations of a target take a sample before the next one', () => {
    fc.assert(
      fc.property(anyPlan, (whole) => {
        const perTarget = plan.configurations.length;
        const cells = cellsInOrder(whole);
        for (let at = 0; at < cells.length; at += perTarget) {
          const turn = cells.slice(at, at + perTarget);
          expect(new Set(turn.map(({ sampleId, repeat }) => `${sampleId} ${repeat}`)).size).toBe(1);
          expect(new Set(turn.map(({ configuration }) => configuration)).size).toBe(perTarget);
          expect(new Set(turn.map(({ configuration: c }) => whole.configurations[c]?.target)).size).toBe(1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('is shuffled anew for every sample, and the same for the same seed', () => {
    const many = { ...plan, samples: Array.from({ length: 60 }, (_, i) => `s${i}`), repeats: 1 };
    const order = cellsInOrder(many).map(({ configuration }) => configuration);
    expect(cellsInOrder(many).map(({ configuration }) => configuration)).toEqual(order);
    expect(cellsInOrder({ ...many, seed: 2 }).map(({ configuration }) => configuration)).not.toEqual(order);
    // Drift hits all alike: nobody is always first.
    const first = new Map<number | undefined, number>();
    for (let i = 0; i < order.length; i += 3) first.set(order[i], (first.get(order[i]) ?? 0) + 1);
    expect([...first.keys()].sort()).toEqual([0, 1, 2]);
    for (const count of first.values()) expect(count).toBeGreaterThan(8);
  });
});

describe('the run of a cell', () => {
  it('is a valid run, with a seed of its own for every repeat', () => {
    const sampled = { ...plan, sampling: { ...greedy, temperature: 1, seed: 0xffff_ffff } };
    for (const cell of cellsInOrder(sampled)) {
      const run = specOf(sampled, cell);
      expect(runSpecSchema.parse(run)).toEqual(run);
      expect(run).toMatchObject({ ...sampled.configurations[cell.configuration], sampleId: cell.sampleId });
      expect(run.sampling.seed).toBe(cell.repeat === 0 ? 0xffff_ffff : 0);
    }
  });

  it('is compared with plain decoding of the same target', () => {
    const two = { ...plan, configurations: [pld, plain, { ...pld, target: 'x' }, { ...plain, target: 'x' }] };
    expect([0, 1, 2, 3].map((i) => plainOf(two, i))).toEqual([1, 1, 3, 3]);
    expect(plainOf({ ...plan, configurations: [pld] }, 0)).toBeNull();
  });
});

it('a shard lies within its number of shards', () => {
  expect(benchPlanSchema.parse(plan)).toEqual(plan);
  for (const [index, of] of [
    [0, 1],
    [3, 2],
    [1, 0],
    [1.5, 2],
  ])
    expect(shardSchema.safeParse({ index, of }).success).toBe(false);
});
