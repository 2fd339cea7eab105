import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftTreeSchema } from '#shared/domain/tree.ts';
import {
  decodeAttention,
  decodeHeads,
  encodeAttention,
  encodeHeads,
} from '../../../src-main/storage/codec/attention.ts';
import { seal } from '../../../src-main/storage/codec/envelope.ts';
import { decodeTree, encodeTree } from '../../../src-main/storage/codec/tree.ts';
import { CorruptBlobError } from '../../../src-main/storage/errors.ts';
import { anyFrame, anyHeadFrame, anyTree, asFloat32, makeRecord } from './records.ts';

test('a draft tree comes back as it was, within float32', () => {
  fc.assert(
    fc.property(anyTree, (tree) => {
      const back = decodeTree(encodeTree(tree), 'tree');
      expect(back).toEqual(asFloat32(tree));
      draftTreeSchema.parse(back);
    }),
  );
});

test('an attention frame comes back as it was, within float32', () => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      expect(decodeAttention(encodeAttention(frame), 'frame')).toEqual(asFloat32(frame));
    }),
  );
});

test('attention of heads comes back as it was, within float32, and must fit together', () => {
  fc.assert(
    fc.property(anyHeadFrame, (frame) => {
      expect(decodeHeads(encodeHeads(frame), 'frame')).toEqual(asFloat32(frame));
      expect(() => encodeHeads({ ...frame, scale: [...frame.scale, 1] })).toThrow(RangeError);
    }),
  );
});

test('large blobs are compressed and come back too, and their damage is noticed', () => {
  const { tree } = makeRecord(1, 120, 32);
  const blob = encodeTree(tree);
  expect(blob.readUInt8(1)).toBe(1);
  expect(blob.length).toBeLessThan(0.7 * 120 * 32 * 8);
  expect(decodeTree(blob, 'tree')).toEqual(asFloat32(tree));
  for (let at = 20; at < blob.length; at += 501) {
    const damaged = Buffer.from(blob);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 0x55, at);
    expect(() => decodeTree(damaged, 'The tree')).toThrow(CorruptBlobError);
  }
});

test('any changed byte of a blob is noticed and named', () => {
  fc.assert(
    fc.property(anyTree, fc.nat(), fc.integer({ min: 1, max: 255 }), (tree, at, change) => {
      const blob = encodeTree(tree);
      const index = at % blob.length;
      blob.writeUInt8(blob.readUInt8(index) ^ change, index);
      // A zstd frame has bits that do not matter: such a change must leave the tree as it was.
      const read = () => expect(decodeTree(blob, 'The tree of round 7')).toEqual(asFloat32(tree));
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(CorruptBlobError);
        expect(String(error)).toContain('The tree of round 7');
      }
    }),
    { numRuns: 500 },
  );
});

test('a cut blob is noticed at every length', () => {
  const { tree, attention } = makeRecord(2);
  const frame = attention[0];
  if (frame === undefined) throw new Error('the record has no attention');
  for (const [blob, decode] of [
    [encodeTree(tree), decodeTree],
    [encodeAttention(frame), decodeAttention],
  ] as const) {
    for (let length = 0; length < blob.length; length += 13) {
      expect(() => decode(blob.subarray(0, length), 'The blob')).toThrow(CorruptBlobError);
    }
  }
});

test('a tree of format 1, which had one copied span, is read as the places of its tokens', () => {
  const { tree } = makeRecord(0, 4, 2);
  const now = encodeTree({ ...tree, provenance: null });
  const span = Buffer.alloc(13);
  span.writeUInt8(1, 0);
  for (const [i, value] of [2, 40, 3].entries()) span.writeInt32LE(value, 1 + 4 * i);
  // Small blobs are not compressed: a header of 6 bytes, and at the end one for "no provenance".
  const before = (end: Uint8Array) => seal(1, Buffer.concat([now.subarray(6, -1), end]));
  const copied = (at: number) => ({ source: 'prompt', matched: 2, at, rank: null });
  expect(decodeTree(before(span), 'tree')).toEqual({
    ...asFloat32(tree),
    provenance: [null, copied(40), copied(41), copied(42)],
  });
  expect(decodeTree(before(Uint8Array.of(0)), 'tree')).toEqual(asFloat32(tree));
});

test('a blob of another version is refused by its number', () => {
  const blob = encodeTree(makeRecord(0).tree);
  blob.writeUInt8(9, 0);
  expect(() => decodeTree(blob, 'The tree')).toThrow('The tree cannot be read: its format 9 is unknown');
});

test('columns that do not fit each other are refused when written', () => {
  const { tree } = makeRecord(0);
  expect(() => encodeTree({ ...tree, entropy: [1] })).toThrow('entropy has not one entry per verified node');
  const provenance = [null];
  expect(() => encodeTree({ ...tree, provenance })).toThrow('provenance has not one entry per node');
  expect(() => encodeTree({ ...tree, fates: [] })).toThrow('fates has not one entry per node');
});
