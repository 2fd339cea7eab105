import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { downloadFault, findElectron, hasDesktop } from '../../../scripts/lib/electron.mjs';

test('a desktop is a display on Linux and always there elsewhere', () => {
  expect(hasDesktop('linux', {})).toBe(false);
  expect(hasDesktop('linux', { DISPLAY: '' })).toBe(false);
  expect(hasDesktop('linux', { DISPLAY: ':0' })).toBe(true);
  expect(hasDesktop('linux', { WAYLAND_DISPLAY: 'wayland-0' })).toBe(true);
  expect(hasDesktop('darwin', {})).toBe(true);
  expect(hasDesktop('win32', {})).toBe(true);
});

test('the binary is found only when it is really there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'specula-electron-'));
  try {
    expect(findElectron(folder)).toBeNull();
    writeFileSync(join(folder, 'path.txt'), 'electron');
    expect(findElectron(folder)).toBeNull();
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist', 'electron'), '');
    expect(findElectron(folder)).toBe(join(folder, 'dist', 'electron'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a failed download is told in one line', () => {
  expect(downloadFault('TypeError: fetch failed\n    at node:internal\n')).toBe(
    'its download server cannot be reached',
  );
  expect(downloadFault('Error: x\n  getaddrinfo ENOTFOUND github.com\n  at y')).toBe(
    'download failed: getaddrinfo ENOTFOUND github.com',
  );
  expect(downloadFault('')).toBe('the download failed without a message');
});
