/** Draft tree <-> blob, column by column; real numbers as float32. Format 2; format 1 had one provenance per tree. */
import { required } from '#shared/domain/assert.ts';
import {
  type DraftTree,
  type NodeFate,
  nodeFates,
  type Provenance,
  provenanceSources,
  type TopTokens,
} from '#shared/domain/tree.ts';
import { type ByteReader, ByteWriter } from './bytes.ts';
import { seal, unseal } from './envelope.ts';

const version = 2;
/** Part of the format: never renumber. */
const fateCodes = {
  root: 0,
  accepted: 1,
  'not-chosen': 2,
  'draw-refused': 3,
  'parent-refused': 4,
  'after-end': 5,
  'cut-budget': 6,
  'given-up': 7,
  'cut-gate': 8,
} as const satisfies Record<NodeFate, number>;
const fateNames = new Map<number, NodeFate>(nodeFates.map((name) => [fateCodes[name], name]));
const sourceCodes = {
  prompt: 1,
  answer: 2,
  draft: 3,
  turn: 4,
  run: 5,
} as const satisfies Record<Provenance['source'], number>;
const sourceNames = new Map<number, Provenance['source']>(
  provenanceSources.map((name) => [sourceCodes[name], name]),
);
const noRank = -1;
const noPlace = -1;
const noTop = 0xffff;

/** @throws RangeError when the columns do not fit each other */
export function encodeTree(tree: DraftTree): Buffer {
  checkLengths(tree);
  const w = new ByteWriter();
  w.u16(tree.tokens.length);
  w.u16(tree.verified);
  for (const token of tree.tokens) w.i32(token);
  for (const parent of tree.parents) w.i32(parent);
  for (const fate of tree.fates) w.u8(fateCodes[fate]);
  for (const column of [tree.draftProb, tree.logProb, tree.targetProb, tree.imageShare]) {
    for (const value of column) w.f32(value ?? Number.NaN);
  }
  for (const column of [tree.draftRank, tree.targetRank]) for (const rank of column) w.i32(rank ?? noRank);
  for (const column of [tree.entropy, tree.margin]) for (const value of column) w.f32(value);
  for (const top of tree.targetTop) writeTop(w, top);
  for (const top of tree.draftTop) writeTop(w, top);
  writeProvenance(w, tree.provenance);
  return seal(version, w.finish());
}

/** @param what names the tree in errors. @throws CorruptBlobError */
export function decodeTree(blob: Uint8Array, what: string): DraftTree {
  return unseal([1, version], blob, what, (r, found) => {
    const n = r.u16();
    const verified = r.u16();
    if (verified < 1 || verified > n) throw new RangeError(`it has ${verified} of ${n} nodes verified`);
    const tokens = times(n, () => r.i32());
    const parents = times(n, () => r.i32());
    const fates = times(n, () => readFate(r.u8()));
    const draftProb = times(n, () => readReal(r));
    const logProb = times(n, () => readReal(r));
    const targetProb = times(n, () => readReal(r));
    const imageShare = times(verified, () => readReal(r));
    const draftRank = times(n, () => readRank(r));
    const targetRank = times(n, () => readRank(r));
    const entropy = times(verified, () => r.f32());
    const margin = times(verified, () => r.f32());
    const targetTop = times(verified, () => required(readTop(r), 'the target row of a verified node'));
    const draftTop = times(n, () => readTop(r));
    const provenance = found === 1 ? readTreeProvenance(r, n) : readProvenance(r, n);
    return {
      verified,
      tokens,
      parents,
      fates,
      draftProb,
      draftRank,
      logProb,
      targetProb,
      targetRank,
      targetTop,
      entropy,
      margin,
      imageShare,
      draftTop,
      provenance,
    };
  });
}

function checkLengths(tree: DraftTree): void {
  const n = tree.tokens.length;
  const perNode = [
    'parents',
    'fates',
    'draftProb',
    'draftRank',
    'logProb',
    'targetProb',
    'targetRank',
  ] as const;
  for (const name of [...perNode, 'draftTop'] as const) {
    if (tree[name].length !== n) throw new RangeError(`draft tree: ${name} has not one entry per node`);
  }
  for (const name of ['targetTop', 'entropy', 'margin', 'imageShare'] as const) {
    if (tree[name].length !== tree.verified) {
      throw new RangeError(`draft tree: ${name} has not one entry per verified node`);
    }
  }
  if (tree.provenance !== null && tree.provenance.length !== n) {
    throw new RangeError('draft tree: provenance has not one entry per node');
  }
  if (tree.verified > n || n >= 0xffff)
    throw new RangeError(`draft tree: ${n} nodes, ${tree.verified} verified`);
}

const times = <T>(count: number, read: () => T): T[] => Array.from({ length: count }, read);

function readReal(r: ByteReader): number | null {
  const value = r.f32();
  return Number.isNaN(value) ? null : value;
}

function readRank(r: ByteReader): number | null {
  const rank = r.i32();
  return rank === noRank ? null : rank;
}

function readFate(code: number): NodeFate {
  const fate = fateNames.get(code);
  if (fate === undefined) throw new RangeError(`it has an unknown fate ${code}`);
  return fate;
}

function writeTop(w: ByteWriter, top: TopTokens | null): void {
  if (top === null) {
    w.u16(noTop);
    return;
  }
  if (top.ids.length !== top.probs.length || top.ids.length >= noTop) {
    throw new RangeError('draft tree: ids and probabilities of a distribution do not fit each other');
  }
  w.u16(top.ids.length);
  for (const id of top.ids) w.i32(id);
  for (const prob of top.probs) w.f32(prob);
}

function readTop(r: ByteReader): TopTokens | null {
  const count = r.u16();
  if (count === noTop) return null;
  return { ids: times(count, () => r.i32()), probs: times(count, () => r.f32()) };
}

function writeProvenance(w: ByteWriter, column: DraftTree['provenance']): void {
  w.u8(column === null ? 0 : 1);
  for (const p of column ?? []) {
    w.u8(p === null ? 0 : sourceCodes[p.source]);
    if (p === null) continue;
    w.i32(p.matched);
    w.i32(p.at ?? noPlace);
    w.i32(p.rank ?? noRank);
  }
}

function readProvenance(r: ByteReader, nodes: number): DraftTree['provenance'] {
  if (r.u8() === 0) return null;
  return times(nodes, () => {
    const code = r.u8();
    if (code === 0) return null;
    const source = sourceNames.get(code);
    if (source === undefined) throw new RangeError(`it has an unknown source ${code}`);
    const matched = r.i32();
    const at = r.i32();
    return { source, matched, at: at === noPlace ? null : at, rank: readRank(r) };
  });
}

/** Format 1: one copied span, whose tokens are the nodes of a chain. */
function readTreeProvenance(r: ByteReader, nodes: number): DraftTree['provenance'] {
  const code = r.u8();
  if (code === 0) return null;
  const [matched, start] = [r.i32(), r.i32(), r.i32()];
  const source = code === 1 ? 'prompt' : 'answer';
  return times(nodes, () => null).map((_, i) =>
    i === 0 ? null : { source, matched, at: start + i - 1, rank: null },
  );
}
