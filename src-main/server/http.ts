import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import sirv from 'sirv';
import type { Workbench } from '../workbench.ts';
import type { Access } from './access.ts';
import { securityHeaders } from './headers.ts';

export interface HttpOptions {
  readonly access: Access;
  /** folder of the built renderer */
  readonly renderer: string;
  readonly image: Workbench['image'];
}

/** Answers requests for the renderer's files and the samples' images. */
export function createRequestListener({ access, renderer, image }: HttpOptions): RequestListener {
  const files = sirv(renderer, {
    etag: true,
    single: true,
    setHeaders: (response, path) => {
      // Built assets carry a hash in their name; everything else may change with the next build.
      const forever = path.startsWith('/assets/');
      response.setHeader('Cache-Control', forever ? 'private, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, response) => {
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const url = parseUrl(request);
    if (url === null) return refuse(response, 400, 'The address is not valid.');
    const token = url.searchParams.get('token');
    const origin = access.checkOrigin(request);
    if (!origin.ok) return refuse(response, origin.status, origin.reason);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'Only GET is served.');
    }
    const secret = access.checkSecret(request, token);
    if (!secret.ok) return refuse(response, secret.status, secret.reason);
    if (token !== null) return welcome(response, url, access, token);
    const target = imageTarget(url);
    if (target === null)
      return files(request, response, () => refuse(response, 404, 'There is no such file.'));
    void sendImage(request, response, target, image);
  };
}

/** Sets the cookie and sends the visitor to the same address without the token. */
function welcome(response: ServerResponse, url: URL, access: Access, token: string): void {
  url.searchParams.delete('token');
  // A visitor with a cookie and a stale token keeps the cookie.
  if (access.isToken(token)) response.setHeader('Set-Cookie', access.cookie);
  const path = url.pathname.replace(/^\/+/, '/');
  response.writeHead(303, { Location: `${path}${url.search}`, 'Cache-Control': 'no-store' }).end();
}

interface ImageTarget {
  readonly dataSetId: string;
  readonly sampleId: string;
  readonly size: 'thumb' | 'full';
}

/** `/image/<data set>/<sample>[?size=thumb]`, or null for another address. Ids only: no address names a path. */
function imageTarget(url: URL): ImageTarget | null {
  const [, area, dataSetId, sampleId, ...rest] = url.pathname.split('/');
  if (area !== 'image' || !dataSetId || !sampleId || rest.length > 0) return null;
  try {
    return {
      dataSetId: decodeURIComponent(dataSetId),
      sampleId: decodeURIComponent(sampleId),
      size: url.searchParams.get('size') === 'thumb' ? 'thumb' : 'full',
    };
  } catch {
    return null;
  }
}

async function sendImage(
  request: IncomingMessage,
  response: ServerResponse,
  { dataSetId, sampleId, size }: ImageTarget,
  image: Workbench['image'],
): Promise<void> {
  try {
    const picture = await image(dataSetId, sampleId, size);
    if (picture === null) return refuse(response, 404, 'There is no such image, or it cannot be read.');
    const etag = `"${picture.hash}"`;
    response.setHeader('ETag', etag);
    response.setHeader('Cache-Control', 'private, no-cache');
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': picture.type, 'Content-Length': picture.bytes.length });
    response.end(request.method === 'HEAD' ? undefined : picture.bytes);
  } catch (error) {
    console.error(`image ${dataSetId}/${sampleId}:`, error);
    refuse(response, 500, 'The image could not be read.');
  }
}

/** The address of a request; null when it is none. The host in it means nothing. */
export function parseUrl(request: IncomingMessage): URL | null {
  return URL.parse(`http://localhost${request.url ?? ''}`);
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${reason}\n`);
}
