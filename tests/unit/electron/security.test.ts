import { describe, expect, test } from 'vitest';
import {
  isAllowedExternal,
  isAllowedPermission,
  isAppUrl,
  isTrustedSender,
  lockedPreferences,
} from '../../../src-main/electron/security.ts';

describe('isTrustedSender', () => {
  const windows = new Set([3]);
  const frame = { origin: 'app://specula', parent: null };

  test('accepts the top frame of a known window on the app', () => {
    expect(isTrustedSender({ frame, contentsId: 3 }, windows)).toBe(true);
  });

  test.each([
    ['a frame that has gone', { frame: null, contentsId: 3 }],
    ['unknown contents', { frame, contentsId: 4 }],
    ['a frame inside the page', { frame: { ...frame, parent: frame }, contentsId: 3 }],
    ['a web page', { frame: { ...frame, origin: 'https://specula' }, contentsId: 3 }],
    ['another host of the scheme', { frame: { ...frame, origin: 'app://specula.example' }, contentsId: 3 }],
    ['an opaque origin', { frame: { ...frame, origin: 'null' }, contentsId: 3 }],
  ])('refuses %s', (_name, sender) => {
    expect(isTrustedSender(sender, windows)).toBe(false);
  });
});

describe('isAppUrl', () => {
  test.each(['app://specula/', 'app://specula/index.html#/runs', 'app://specula/image/a/b?size=thumb'])(
    'accepts %s',
    (address) => expect(isAppUrl(address)).toBe(true),
  );

  test.each([
    'app://specula.example/',
    'app://specula:1/',
    'app://user@specula/',
    'app:specula',
    'https://specula/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '',
  ])('refuses %j', (address) => expect(isAppUrl(address)).toBe(false));
});

describe('isAllowedExternal', () => {
  test.each(['https://arxiv.org/abs/2305.00001', 'https://www.arxiv.org/', 'https://github.com/a/b'])(
    'lets %s out',
    (address) => expect(isAllowedExternal(address)).toBe(true),
  );

  test.each([
    'http://arxiv.org/',
    'https://arxiv.org.example/',
    'https://example.org/arxiv.org',
    'https://arxiv.org:8443/',
    'https://user:pw@arxiv.org/',
    'https://sub.github.com/',
    'mailto:someone@arxiv.org',
    'file:///C:/Windows/System32/calc.exe',
    'not an address',
  ])('keeps %s in', (address) => expect(isAllowedExternal(address)).toBe(false));
});

test('only the app may write to the clipboard, and nothing else is permitted', () => {
  expect(isAllowedPermission('clipboard-sanitized-write', 'app://specula/')).toBe(true);
  expect(isAllowedPermission('clipboard-sanitized-write', 'https://example.org/')).toBe(false);
  for (const permission of ['clipboard-read', 'geolocation', 'media', 'notifications', 'openExternal']) {
    expect(isAllowedPermission(permission, 'app://specula/')).toBe(false);
  }
});

test('every window is isolated, sandboxed and without Node', () => {
  const { contextIsolation, sandbox, webSecurity, ...off } = lockedPreferences;
  expect({ contextIsolation, sandbox, webSecurity }).toEqual({
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
  });
  expect(Object.values(off).every((value) => value === false)).toBe(true);
});
