import { expect } from 'vitest';
import { promptTokensOf } from '../../../src-main/decoding/loop.ts';
import { roundRecordSchema } from '../../../src-shared/domain/round.ts';
import { type DraftTree, depths, pathTo } from '../../../src-shared/domain/tree.ts';
import type { Decoded } from '../../fixtures/decode.ts';

/** What must hold for every turn, whatever drafted it (architecture.md, "Invariants"; docstrings of src-shared/domain). */
export function checkInvariants(run: Decoded, endTokens: ReadonlySet<number>, maxTokens: number): void {
  const { records, ids } = run;
  expect(ids).toHaveLength(records.reduce((sum, { round }) => sum + round.accepted + 1, 0));
  expect(ids.length).toBeLessThanOrEqual(maxTokens);
  expect(ids.slice(0, -1).some((id) => endTokens.has(id))).toBe(false);
  if (run.endedBy === 'end-of-text') expect(endTokens.has(ids.at(-1) ?? -1)).toBe(true);
  if (run.endedBy === 'max-tokens') expect(ids).toHaveLength(maxTokens);
  expect(run.lasts).toEqual(records.map((_, i) => i === records.length - 1));

  const prompt = [...promptTokensOf(run.prefill.chunks)];
  const text = [...prompt, ...ids];
  let firstToken = 0;
  let root: number | undefined;
  for (const [i, record] of records.entries()) {
    const { round, tokens, tree } = record;
    expect(roundRecordSchema.parse(record)).toEqual(record);
    expect(round).toMatchObject({ index: i, firstToken });
    expect(tokens.map((t) => t.index)).toEqual(tokens.map((_, k) => firstToken + k));
    firstToken += tokens.length;
    expect(tokens).toHaveLength(round.accepted + 1);
    expect(round.drafted).toBeGreaterThanOrEqual(round.accepted);
    expect(round.noDraft === null).toBe(round.drafted > 0);
    expect(round.drafted).toBe(tree.verified - 1);
    checkTree(record.tree, round.accepted);
    checkGate(record);
    checkProvenance(record.tree, text, prompt.length, prompt.length + round.firstToken);
    if (i > 0) expect(tree.tokens[0]).toBe(root);
    root = tokens.at(-1)?.id;

    const levels = depths(tree.parents);
    let rowNode = 0;
    for (const token of tokens) {
      expect(token.rowNode).toBe(rowNode);
      expect(token.pTarget).toBeGreaterThan(0);
      if (token.origin === 'accepted') {
        rowNode = tree.tokens.findIndex(
          (id, n) => tree.parents[n] === token.rowNode && id === token.id && tree.fates[n] === 'accepted',
        );
        expect(token.depth).toBe(levels[rowNode]);
        expect(token.pTarget).toBe(tree.targetProb[rowNode]);
        expect(token.pDraft).toBe(tree.draftProb[rowNode]);
      } else expect(token.depth).toBe(0);
      if (token.shares) {
        const { system, image, text, generated } = token.shares;
        expect(system + image + text + generated).toBeCloseTo(1, 4);
        expect(token.shares.image).toBe(tree.imageShare[token.rowNode]);
      }
    }
    expect(tokens.filter((t) => t.origin === 'accepted')).toHaveLength(round.accepted);
    for (const frame of record.attention) {
      expect(frame.rows).toBe(tokens.length);
      expect(Buffer.from(frame.data, 'base64')).toHaveLength(frame.rows * frame.patches);
    }
  }
}

/** A skipped round commits one token; the tokens it gave up, where known, are as many as its tree says. */
function checkGate({ round, tokens, tree }: Decoded['records'][number]): void {
  const { gate } = round;
  const givenUp = tree.fates.filter((fate) => fate === 'given-up').length;
  expect(gate.forgone ?? 0).toBe(givenUp);
  if (!gate.skipped) expect(gate.forgone).toBeNull();
  expect(tokens.map((t) => t.origin).includes('forced-plain')).toBe(gate.skipped);
  if (gate.skipped) expect([round.accepted, tokens.length, gate.hit]).toEqual([0, 1, true]);
  if (gate.threshold !== null)
    expect(gate.hit && (gate.score === null || gate.score < gate.threshold)).toBe(false);
}

/** Every place that a copied token names has that token, after the path to it and the tokens that matched. */
function checkProvenance(
  tree: DraftTree,
  text: readonly number[],
  promptLength: number,
  committed: number,
): void {
  const { provenance, parents, tokens } = tree;
  if (provenance === null) return;
  expect(provenance).toHaveLength(tokens.length);
  expect(provenance[0]).toBeNull();
  const same = (a: readonly (number | undefined)[], b: readonly number[]) =>
    a.length === b.length && a.every((token, i) => token === b[i]);
  const wrong = provenance.flatMap((found, node) => {
    if (node === 0) return [];
    if (found === null || (tokens[node] ?? -1) < 0) return [{ node, found }];
    const { source, matched, at, rank } = found;
    if (at === null || source === 'draft') return [];
    const path = pathTo(parents, node).slice(1);
    const start = at + 1 - path.length;
    const right =
      rank === null
        ? at < committed &&
          same(
            path.map((n) => tokens[n]),
            text.slice(start, at + 1),
          ) &&
          same(text.slice(start - matched, start), text.slice(committed - matched, committed))
        : at <= committed && text[at - 1] === tokens[parents[node] ?? 0];
    const named = source === (at < promptLength ? 'prompt' : 'answer') && matched > 0;
    return right && named ? [] : [{ node, found }];
  });
  expect(wrong).toEqual([]);
}

function checkTree(tree: Decoded['records'][number]['tree'], accepted: number): void {
  const { fates, parents, tokens, verified } = tree;
  const count = tokens.length;
  for (const column of [parents, fates, tree.draftProb, tree.draftRank, tree.logProb, tree.targetProb]) {
    expect(column).toHaveLength(count);
  }
  for (const column of [tree.targetTop, tree.entropy, tree.margin, tree.imageShare]) {
    expect(column).toHaveLength(verified);
  }
  expect(fates[0]).toBe('root');
  expect(fates.filter((f) => f === 'accepted')).toHaveLength(accepted);
  const siblings = new Set<string>();
  const wrong: number[] = [];
  for (let i = 1; i < count; i++) {
    const parent = parents[i] ?? -1;
    siblings.add(`${parent}:${tokens[i]}`);
    const fate = fates[i] ?? 'root';
    const above = fates[parent];
    const live = above === 'root' || above === 'accepted';
    const judged = ['accepted', 'not-chosen', 'draw-refused'].includes(fate);
    const givenUp = fate === 'given-up' || above === 'given-up';
    const right =
      parent >= 0 &&
      parent < i &&
      (fate === 'cut-budget' || fate === 'cut-gate' || verified === 1) === i >= verified &&
      (i >= verified ||
        givenUp ||
        (judged === (live && fate !== 'after-end') &&
          (above !== 'after-end' || fate === 'after-end') &&
          tree.targetProb[i] !== null));
    if (!right) wrong.push(i);
  }
  expect(wrong).toEqual([]);
  expect(siblings.size).toBe(count - 1);
}
