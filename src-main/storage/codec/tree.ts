/** Draft tree <-> blob, column by column; real numbers as float32. Format 1. */
import { required } from '#shared/domain/assert.ts';
import {
  type DraftTree,
  type NodeFate,
  nodeFates,
  type Provenance,
  type TopTokens,
} from '#shared/domain/tree.ts';
import { type ByteReader, ByteWriter } from './bytes.ts';
import { seal, unseal } from './envelope.ts';

const version = 1;
/** Part of the format: never renumber. */
const fateCodes = {
  root: 0,
  accepted: 1,
  'not-chosen': 2,
  'draw-refused': 3,
  'parent-refused': 4,
  'after-end': 5,
  'cut-budget': 6,
} as const satisfies Record<NodeFate, number>;
const fateNames = new Map<number, NodeFate>(nodeFates.map((name) => [fateCodes[name], name]));
const noRank = -1;
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
  return unseal(version, blob, what, (r) => {
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
    const provenance = readProvenance(r);
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

function writeProvenance(w: ByteWriter, p: Provenance | null): void {
  w.u8(p === null ? 0 : p.source === 'prompt' ? 1 : 2);
  if (p === null) return;
  for (const value of [p.matched, p.start, p.length]) w.i32(value);
}

function readProvenance(r: ByteReader): Provenance | null {
  const source = r.u8();
  if (source === 0) return null;
  return { matched: r.i32(), start: r.i32(), length: r.i32(), source: source === 1 ? 'prompt' : 'answer' };
}
