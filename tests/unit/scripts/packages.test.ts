import { expect, test } from 'vitest';
import { isInstalled } from '../../../scripts/lib/packages.mjs';

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.0.0' },
    'node_modules/@img/darwin': { version: '1.0.0', optional: true },
  },
};

test('every package at its version, optional ones perhaps not', () => {
  const zod = { 'node_modules/zod': { version: '4.0.0' } };
  expect(isInstalled(lock, { packages: zod })).toBe(true);
  expect(isInstalled(lock, { packages: { ...zod, 'node_modules/@img/darwin': { version: '1.0.0' } } })).toBe(
    true,
  );
});

test('a package that is missing or of another version asks for an install', () => {
  expect(isInstalled(lock, { packages: {} })).toBe(false);
  expect(isInstalled(lock, { packages: { 'node_modules/zod': { version: '3.9.0' } } })).toBe(false);
  const old = { 'node_modules/zod': { version: '4.0.0' }, 'node_modules/@img/darwin': { version: '0.9.0' } };
  expect(isInstalled(lock, { packages: old })).toBe(false);
});

test('nothing installed, or no record of it', () => {
  expect(isInstalled(lock, null)).toBe(false);
  expect(isInstalled(null, { packages: {} })).toBe(false);
});
