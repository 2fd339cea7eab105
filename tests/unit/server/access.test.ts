import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { Access, isLoopback } from '../../../src-main/server/access.ts';

const request = (headers: Record<string, string>): IncomingMessage =>
  ({ headers }) as unknown as IncomingMessage;

test('only loopback addresses may be listened on', () => {
  for (const address of ['127.0.0.1', '127.8.9.1', '::1', 'localhost'])
    expect(isLoopback(address)).toBe(true);
  for (const address of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.evil.com', '', 'example.org']) {
    expect(isLoopback(address), address).toBe(false);
  }
});

test('names that are not loopback are refused: DNS rebinding', () => {
  const access = new Access(8470);
  for (const host of ['127.0.0.1:8470', 'localhost:9999', '[::1]:8470', 'localhost']) {
    expect(access.checkOrigin(request({ host })).ok, host).toBe(true);
  }
  for (const host of [
    'evil.com',
    'evil.com:8470',
    '127.0.0.1.evil.com:8470',
    'localhost.evil.com',
    '[::2]',
    '',
  ]) {
    expect(access.checkOrigin(request({ host })).ok, host).toBe(false);
  }
});

test('pages of other origins are refused, other ports of this computer too', () => {
  const access = new Access(8470);
  const host = '127.0.0.1:8470';
  expect(access.checkOrigin(request({ host, origin: `http://${host}` })).ok).toBe(true);
  for (const origin of ['http://127.0.0.1:3000', 'http://localhost:8470', 'https://evil.com', 'null', '']) {
    expect(access.checkOrigin(request({ host, origin })).ok, origin).toBe(false);
  }
});

test('the token or the cookie is needed, whole', () => {
  const access = new Access(8470);
  const cookie = access.cookie.split(';')[0] ?? '';
  expect(access.cookie).toMatch(/; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(access.token);
  expect(access.checkSecret(request({}), access.token).ok).toBe(true);
  expect(access.checkSecret(request({ cookie }), null).ok).toBe(true);
  expect(access.checkSecret(request({ cookie: `other=1; ${cookie}` }), null).ok).toBe(true);
  for (const token of ['', access.token.slice(1), `${access.token}x`, null]) {
    expect(access.checkSecret(request({}), token).ok, String(token)).toBe(false);
  }
  for (const bad of [cookie.slice(0, -1), cookie.replace('8470', '8471'), 'specula-8470=', 'specula-8470']) {
    expect(access.checkSecret(request({ cookie: bad }), null).ok, bad).toBe(false);
  }
  expect(new Access(8470).token).not.toBe(access.token);
});
