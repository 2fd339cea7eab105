import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProtocolHandler } from '../../../src-main/electron/protocol.ts';
import { contentSecurityPolicy } from '../../../src-main/server/csp.ts';

const asked: string[] = [];
let folder: string;
let handle: (request: Request) => Promise<Response>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'specula-protocol-'));
  const renderer = join(folder, 'renderer');
  mkdirSync(join(renderer, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(renderer, 'index.html'), '<title>Specula</title>');
  writeFileSync(join(renderer, 'assets', 'a.js'), 'export {};');
  handle = createProtocolHandler({
    folder: renderer,
    image: async (dataSetId, sampleId, size) => {
      asked.push(`${dataSetId}|${sampleId}|${size}`);
      return sampleId === 'none' ? null : { bytes: new Uint8Array([1, 2]), type: 'image/png', hash: '12' };
    },
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

const get = (address: string, method = 'GET') => handle(new Request(address, { method }));

describe('the app protocol', () => {
  test('serves the renderer with the content security policy', async () => {
    const page = await get('app://specula/');
    expect(page.status).toBe(200);
    expect(await page.text()).toBe('<title>Specula</title>');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');
    const script = await get('app://specula/assets/a.js?v=1');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  });

  test.each([
    'app://specula/../secret.txt',
    'app://specula/%2e%2e/secret.txt',
    'app://specula/..%2fsecret.txt',
    'app://specula/assets/..%5c..%5csecret.txt',
    'app://specula//etc/passwd',
    'app://specula/assets/',
    'app://specula/missing.js',
    'app://other/index.html',
  ])('has nothing at %s', async (address) => {
    const response = await get(address);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('not found');
  });

  test('serves images by data set and sample', async () => {
    const response = await get('app://specula/image/my%20set/a%2Fb?size=thumb');
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2]));
    await get('app://specula/image/set/b');
    expect(asked).toEqual(['my set|a/b|thumb', 'set|b|full']);
  });

  test.each(['image/set/none', 'image/set', 'image/set/a/b', 'image/set/%E0%A4%A', 'image//a'])(
    'has no image at %s',
    async (path) => expect((await get(`app://specula/${path}`)).status).toBe(404),
  );

  test('shows a page without scripts after a second crash', async () => {
    expect(await (await get('app://specula/window-crashed')).text()).toContain('crashed twice');
  });

  test('refuses other methods', async () => {
    expect((await get('app://specula/', 'POST')).status).toBe(405);
  });
});
