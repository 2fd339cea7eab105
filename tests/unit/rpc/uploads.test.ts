import { expect, test } from 'vitest';
import { imageLimits } from '../../../src-main/images/pixels.ts';
import { Uploads } from '../../../src-main/rpc/uploads.ts';

test('pieces are joined in order, and only the newest files are kept', () => {
  const uploads = new Uploads(2);
  uploads.add('a', Uint8Array.of(1));
  uploads.add('b', Uint8Array.of(9));
  uploads.add('a', Uint8Array.of(2, 3));
  expect([...uploads.bytes('a')]).toEqual([1, 2, 3]);
  uploads.add('c', Uint8Array.of(7));
  expect(() => uploads.bytes('b')).toThrow(/choose it again/);
  expect([...uploads.bytes('c')]).toEqual([7]);
  uploads.remove('c');
  expect(() => uploads.bytes('c')).toThrow(/choose it again/);
});

test('a file beyond the limit is given up', () => {
  const uploads = new Uploads();
  uploads.add('a', new Uint8Array(imageLimits.fileBytes));
  expect(() => uploads.add('a', Uint8Array.of(1))).toThrow(/more than 64 MB: save it smaller/);
  expect(() => uploads.bytes('a')).toThrow(/choose it again/);
});
