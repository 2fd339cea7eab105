/** Generated draft trees and round records for the storage tests. */
import fc from 'fast-check';
import type { AttentionFrame, HeadFrame, RoundRecord } from '#shared/domain/round.ts';
import { autoEngine, type Fingerprint, greedy, type RunSpec, type Turn } from '#shared/domain/run.ts';
import type { Sample } from '#shared/domain/sample.ts';
import { type AnswerToken, tokenOrigins } from '#shared/domain/token.ts';
import { type DraftTree, nodeFates, provenanceSources, type TopTokens } from '#shared/domain/tree.ts';

const real = fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((x) => x + 0);
const unit = fc.double({ min: 0, max: 1, noNaN: true }).map((x) => x + 0);
const id = fc.nat(200_000);
const rank = fc.nat(200_000);
const orNull = <T>(a: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(a, { nil: null });
const column = <T>(a: fc.Arbitrary<T>, length: number): fc.Arbitrary<T[]> =>
  fc.array(a, { minLength: length, maxLength: length });

const top: fc.Arbitrary<TopTokens> = fc
  .nat(8)
  .chain((k) => fc.record({ ids: column(id, k), probs: column(unit, k) }));

/** Any tree whose columns fit each other. */
export const anyTree: fc.Arbitrary<DraftTree> = fc
  .integer({ min: 1, max: 20 })
  .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n })))
  .chain(([n, verified]) =>
    fc.record({
      verified: fc.constant(verified),
      tokens: column(fc.integer({ min: -1, max: 200_000 }), n),
      parents: fc.tuple(
        fc.constant(-1),
        ...Array.from({ length: n - 1 }, (_, i) => fc.integer({ min: 0, max: i })),
      ),
      fates: column(fc.constantFrom(...nodeFates), n),
      draftProb: column(orNull(unit), n),
      draftRank: column(orNull(rank), n),
      logProb: column(orNull(real), n),
      targetProb: column(orNull(unit), n),
      targetRank: column(orNull(rank), n),
      targetTop: column(top, verified),
      entropy: column(real, verified),
      margin: column(real, verified),
      imageShare: column(orNull(unit), verified),
      draftTop: column(orNull(top), n),
      provenance: orNull(
        column(
          orNull(
            fc.record({
              source: fc.constantFrom(...provenanceSources),
              matched: fc.nat(64),
              at: orNull(fc.nat(100_000)),
              rank: orNull(fc.nat(7)),
            }),
          ),
          n,
        ),
      ),
    }),
  );

export const anyFrame: fc.Arbitrary<AttentionFrame> = fc
  .tuple(fc.nat(80), fc.nat(6), fc.nat(50))
  .chain(([layer, rows, patches]) =>
    fc.record({
      layer: fc.constant(layer),
      rows: fc.constant(rows),
      patches: fc.constant(patches),
      scale: column(unit, rows),
      data: fc
        .uint8Array({ minLength: rows * patches, maxLength: rows * patches })
        .map((bytes) => Buffer.from(bytes).toString('base64')),
    }),
  );

export const anyHeadFrame: fc.Arbitrary<HeadFrame> = fc
  .tuple(fc.nat(80), fc.nat(5), fc.nat(6), fc.nat(50))
  .chain(([layer, heads, rows, patches]) =>
    fc.record({
      layer: fc.constant(layer),
      heads: fc.constant(heads),
      rows: fc.constant(rows),
      patches: fc.constant(patches),
      scale: column(unit, heads * rows),
      data: fc
        .uint8Array({ minLength: heads * rows * patches, maxLength: heads * rows * patches })
        .map((bytes) => Buffer.from(bytes).toString('base64')),
    }),
  );

/** The value with every number rounded to float32, as the blobs keep it. */
export function asFloat32<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, v: unknown) => (typeof v === 'number' ? Math.fround(v) : v));
}

/** A record shaped like one of a real run: a tree of `nodes` nodes with `top` alternatives, one layer of attention with two heads. */
export function makeRecord(index: number, nodes = 30, topK = 10, patches = 256): RoundRecord {
  const accepted = index % 3;
  const tops = (seed: number): TopTokens => ({
    ids: Array.from({ length: topK }, (_, i) => (seed * 7919 + i * 104729) % 150_000),
    probs: Array.from({ length: topK }, (_, i) => 1 / (i + 2 + (seed % 5))),
  });
  const count = accepted + 1;
  const data = Buffer.from(Array.from({ length: count * patches }, (_, i) => (i * 37 + index) % 256));
  return {
    round: {
      index,
      turn: 0,
      firstToken: firstToken(index),
      drafted: nodes - 1,
      accepted,
      noDraft: null,
      gate: { score: 0.25, threshold: 0.35, hit: false, skipped: false, forgone: null },
      ms: { draft: 1.5, verify: 20.25, capture: 0.5, other: 0.25 },
    },
    tokens: Array.from({ length: count }, (_, i) => makeToken(index, firstToken(index) + i)),
    tree: {
      verified: nodes,
      tokens: Array.from({ length: nodes }, (_, i) => i + index),
      parents: Array.from({ length: nodes }, (_, i) => Math.floor((i - 1) / 2)),
      fates: Array.from({ length: nodes }, (_, i) => nodeFates[i % nodeFates.length] ?? 'root'),
      draftProb: Array.from({ length: nodes }, (_, i) => (i === 0 ? null : 1 / (i + 1))),
      draftRank: Array.from({ length: nodes }, (_, i) => (i === 0 ? null : i % 8)),
      logProb: Array.from({ length: nodes }, (_, i) => (i === 0 ? null : -Math.log(i + 1))),
      targetProb: Array.from({ length: nodes }, (_, i) => (i === 0 ? null : 1 / (i + 2))),
      targetRank: Array.from({ length: nodes }, (_, i) => (i === 0 ? null : i)),
      targetTop: Array.from({ length: nodes }, (_, i) => tops(i + index)),
      entropy: Array.from({ length: nodes }, (_, i) => i / 10),
      margin: Array.from({ length: nodes }, (_, i) => i / 7),
      imageShare: Array.from({ length: nodes }, (_, i) => i / nodes),
      draftTop: Array.from({ length: nodes }, (_, i) => (i % 3 === 0 ? tops(i) : null)),
      provenance: null,
    },
    attention: [
      {
        layer: 23,
        rows: count,
        patches,
        scale: Array.from({ length: count }, () => 0.5),
        data: data.toString('base64'),
      },
    ],
    heads: [
      {
        layer: 23,
        heads: 2,
        rows: count,
        patches,
        scale: Array.from({ length: 2 * count }, (_, i) => (i + 1) / 8),
        data: Buffer.concat([data, data.toReversed()]).toString('base64'),
      },
    ],
    pieces: [{ id: index, bytes: Buffer.from(` w${index}`).toString('base64') }],
  };
}

/** Rounds commit 1, 2 and 3 tokens in turn. */
function firstToken(index: number): number {
  const [threes, rest] = [Math.floor(index / 3), index % 3];
  return threes * 6 + (rest * (rest + 1)) / 2;
}

function makeToken(round: number, index: number): AnswerToken {
  return {
    turn: 0,
    index,
    id: round,
    origin: tokenOrigins[index % tokenOrigins.length] ?? 'plain',
    depth: 0,
    round,
    rowNode: 0,
    pTarget: 0.125 + index * 1e-6,
    targetRank: 0,
    pDraft: index % 2 === 0 ? null : 0.0625,
    draftRank: index % 2 === 0 ? null : 1,
    entropy: 1.1,
    margin: 2.2,
    score: 0.3,
    shares: index % 4 === 0 ? null : { system: 0.1, image: 0.2, text: 0.3, generated: 0.4 },
  };
}

export const sample: Sample = {
  id: 'sample_1',
  image: 'sample_1.png',
  turns: ['What is here?'],
  category: 'scene',
  topic: 'general vqa',
};

export const spec: RunSpec = {
  dataSetId: 'builtin',
  sampleId: 'sample_1',
  target: 'target',
  projector: 'projector',
  draft: 'draft',
  draftProjector: null,
  method: { name: 'draft-model', shape: { kind: 'chain', length: 4 } },
  gate: { mode: 'off', threshold: 0.35 },
  sampling: greedy,
  maxTokens: 64,
  systemPrompt: null,
  capture: { layers: 'last' },
  engine: autoEngine,
};

export const turn: Turn = {
  index: 0,
  user: 'What is here?',
  promptTokens: [1, 2, -1, -1, 3],
  imageTokens: 2,
  image: { width: 640, height: 480 },
  grids: [{ nx: 2, ny: 1, area: { x: 0, y: -80, w: 640, h: 640 } }],
  gridProblem: null,
  prefillMs: { tokenize: 1, encode: 20.5, decode: 30, draft: 4 },
  endedBy: null,
};

export const fingerprint: Fingerprint = {
  specula: '0.1.0',
  llamaRelease: 'v0.5.0',
  variant: 'linux-x64',
  device: 'CPU',
  gpuLayers: 0,
  threads: 2,
  kvType: 'f32',
  contextSize: 2048,
  draft: { device: 'CPU', gpuLayers: 0, threads: 2, kvType: 'f16', contextSize: 1024 },
  cpu: 'some processor',
  os: 'linux',
  node: '24',
  models: [{ role: 'target', name: 'target', sha256: 'ab' }],
};
