import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { homeFolder } from '../../../src-main/storage/home.ts';

test('SPECULA_HOME wins on every platform', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    expect(homeFolder({ SPECULA_HOME: 'here' }, platform, '/u')).toBe(resolve('here'));
  }
});

test('otherwise the place that the platform has for application data', () => {
  expect(homeFolder({}, 'linux', '/u')).toBe('/u/.local/share/specula');
  expect(homeFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/u')).toBe('/data/specula');
  expect(homeFolder({}, 'darwin', '/u')).toBe('/u/Library/Application Support/Specula');
  expect(homeFolder({ APPDATA: '/roaming' }, 'win32', '/u')).toBe('/roaming/Specula');
});
