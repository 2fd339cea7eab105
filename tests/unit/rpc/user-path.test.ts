import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { userPath } from '../../../src-main/rpc/user-path.ts';

test('a path is taken as people type it', () => {
  expect(userPath(' ~/MMSpec/test ')).toBe(join(homedir(), 'MMSpec', 'test'));
  expect(userPath('~')).toBe(homedir());
  expect(userPath('models/a.gguf')).toBe(resolve('models/a.gguf'));
  expect(userPath('~other/a')).toBe(resolve('~other/a'));
  expect(userPath(resolve('/data/set'))).toBe(resolve('/data/set'));
});
