import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { contentSecurityPolicy } from '../../../src-main/server/csp.ts';
import { listen } from '../../../src-main/server/server.ts';
import type { Workbench } from '../../../src-main/workbench.ts';
import { TestServer } from './client.ts';

const picture = { bytes: new Uint8Array([1, 2, 3]), type: 'image/png', hash: 'abc' };
const workbench: Pick<Workbench, 'call' | 'subscribe' | 'image'> = {
  call: async () => ({ kind: 'result', output: {} }),
  subscribe: () => () => {},
  image: async (dataSetId, sampleId, size) => {
    if (sampleId === 'broken') throw new Error('a disk that fails');
    return dataSetId === 'set / one' && sampleId === 'a' ? { ...picture, hash: size } : null;
  },
};

let server: TestServer;
let cookie: string;
beforeAll(async () => {
  server = await TestServer.start(workbench);
  cookie = await server.cookie();
});
afterAll(() => server.close());

test('the printed address is loopback with a token; the first visit gives a cookie and a clean address', async () => {
  expect(server.server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/);
  const first = await server.get(`/?token=${server.token}&view=2`);
  expect(first.status).toBe(303);
  expect(first.headers.location).toBe('/?view=2');
  expect(first.headers['set-cookie']?.[0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  expect(cookie).not.toContain(server.token);
  const second = await server.get('/', { Cookie: cookie });
  expect(second.status).toBe(200);
  expect(second.body.toString()).toContain('the window');
  // the address cannot be made to lead elsewhere
  const elsewhere = await server.get(`//evil.com/?token=${server.token}`);
  expect(elsewhere.headers.location).toMatch(/^\/(?!\/)/);
});

test('nothing is served without the token or the cookie', async () => {
  for (const path of [
    '/',
    '/assets/index-abc123.js',
    '/image/set%20%2F%20one/a',
    '/?token=wrong',
    '/nothing',
  ]) {
    const { status, body, headers } = await server.get(path);
    expect(status, path).toBe(401);
    expect(body.toString()).toContain('specula serve');
    expect(headers['set-cookie']).toBeUndefined();
  }
});

test('other hosts, other origins and other methods are refused, cookie or not', async () => {
  const host = `127.0.0.1:${server.server.port}`;
  expect((await server.get('/', { Cookie: cookie, Host: 'evil.com' })).status).toBe(403);
  expect((await server.get('/', { Cookie: cookie, Origin: 'http://evil.com' })).status).toBe(403);
  expect((await server.get('/', { Cookie: cookie, Origin: 'http://127.0.0.1:1' })).status).toBe(403);
  expect((await server.get('/', { Cookie: cookie, Origin: `http://${host}` })).status).toBe(200);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect((await server.get('/', { Cookie: cookie }, method)).status, method).toBe(405);
  }
});

test('every answer has the policy and the other security headers', async () => {
  for (const [path, headers] of [
    ['/', { Cookie: cookie }],
    ['/assets/index-abc123.js', { Cookie: cookie }],
    ['/image/set%20%2F%20one/a', { Cookie: cookie }],
    ['/', {}],
  ] as const) {
    const answer = await server.get(path, headers);
    expect(answer.headers['content-security-policy']).toBe(contentSecurityPolicy);
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['x-frame-options']).toBe('DENY');
    expect(answer.headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(answer.headers['referrer-policy']).toBe('no-referrer');
  }
  expect(contentSecurityPolicy).toContain("default-src 'none'");
  expect(contentSecurityPolicy).toContain("script-src 'self';");
  expect(contentSecurityPolicy).toContain("frame-ancestors 'none'");
});

test('only files of the window are served, whatever the address says', async () => {
  for (const path of [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/../../secret.txt',
    '/..\\secret.txt',
    '/%00',
    '/%E0%A4%A',
  ]) {
    const { status, body } = await server.get(path, { Cookie: cookie });
    expect([200, 400, 404], path).toContain(status);
    expect(body.toString(), path).not.toContain('not served');
  }
});

test('images come by id, with their type and an ETag that saves sending them again', async () => {
  const path = '/image/set%20%2F%20one/a';
  const full = await server.get(path, { Cookie: cookie });
  expect(full.status).toBe(200);
  expect(full.headers['content-type']).toBe('image/png');
  expect([...full.body]).toEqual([1, 2, 3]);
  expect(full.headers.etag).toBe('"full"');
  expect((await server.get(`${path}?size=thumb`, { Cookie: cookie })).headers.etag).toBe('"thumb"');
  const again = await server.get(path, { Cookie: cookie, 'If-None-Match': '"full"' });
  expect(again.status).toBe(304);
  expect(again.body.length).toBe(0);
  expect((await server.get(path, { Cookie: cookie }, 'HEAD')).body.length).toBe(0);
  expect((await server.get('/image/set%20%2F%20one/none', { Cookie: cookie })).status).toBe(404);
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const broken = await server.get('/image/set/broken', { Cookie: cookie });
  expect(broken.status).toBe(500);
  expect(broken.body.toString()).not.toContain('disk');
  expect(log).toHaveBeenCalledOnce();
  log.mockRestore();
});

test('built assets may be kept, the page itself is asked for each time', async () => {
  const asset = await server.get('/assets/index-abc123.js', { Cookie: cookie });
  expect(asset.headers['cache-control']).toContain('immutable');
  expect((await server.get('/', { Cookie: cookie })).headers['cache-control']).toBe('no-cache');
});

test('an address that others could reach and a port that is taken are refused with what to do', async () => {
  const options = { workbench, renderer: '.' };
  await expect(listen({ ...options, host: '0.0.0.0' })).rejects.toThrow(
    /Refused to listen on 0\.0\.0\.0.*ssh/,
  );
  await expect(listen({ ...options, host: '192.168.1.2' })).rejects.toThrow('Refused');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(listen({ ...options, port })).rejects.toThrow(`Port ${port} is taken`);
  other.close();
});
