/** `app://specula/`: the built renderer's files and the samples' images, and nothing else. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { securityHeaders } from '../server/headers.ts';
import type { Workbench } from '../workbench.ts';
import { isAppUrl } from './security.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Shown when the window crashed twice in a row; plain, so that nothing in it can fail. */
const crashedPage = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<title>Specula</title></head><body><h1>The window crashed twice</h1>
<p>Runs and their rounds are kept. <a href="/">Open the window again</a>; if it crashes again, restart Specula.</p>
</body></html>`;

export interface ProtocolOptions {
  /** folder of the built renderer */
  readonly folder: string;
  readonly image: Workbench['image'];
}

/**
 * Answers requests of the app scheme. Files come from a list made once, so that no address can name anything beside
 * the renderer's folder.
 */
export function createProtocolHandler(options: ProtocolOptions): (request: Request) => Promise<Response> {
  const files = new Map(listFiles(options.folder, ''));
  return async (request) => {
    if (!isAppUrl(request.url)) return plain(404, 'not found');
    if (request.method !== 'GET' && request.method !== 'HEAD') return plain(405, 'only GET is served');
    const url = new URL(request.url);
    const path = url.pathname === '/' ? '/index.html' : url.pathname;
    if (path === '/window-crashed') return answer(crashedPage, types['.html']);
    const file = files.get(path);
    if (file !== undefined) return answer(new Uint8Array(await readFile(file)), types[extname(file)]);
    const [, area, dataSetId, sampleId, ...rest] = path.split('/').map(decode);
    if (area === 'image' && dataSetId && sampleId && rest.length === 0) {
      const size = url.searchParams.get('size') === 'thumb' ? 'thumb' : 'full';
      const picture = await options.image(dataSetId, sampleId, size);
      if (picture !== null) return answer(picture.bytes, picture.type);
    }
    return plain(404, 'not found');
  };
}

/** `['/assets/a.js', '/absolute/assets/a.js']` for every file below the folder. */
function listFiles(folder: string, prefix: string): [string, string][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const name = `${prefix}/${entry.name}`;
    return entry.isDirectory() ? listFiles(path, name) : [[name, path] satisfies [string, string]];
  });
}

/** A malformed escape becomes empty, which no id is. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

function answer(body: BodyInit, type = 'application/octet-stream'): Response {
  return new Response(body, { headers: { ...securityHeaders, 'Content-Type': type } });
}

function plain(status: number, text: string): Response {
  return new Response(text, {
    status,
    headers: { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' },
  });
}
