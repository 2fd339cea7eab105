/**
 * Who may talk to the server. It listens on loopback only, but every program and every web page on this computer
 * can reach loopback: so a secret is needed (from the printed address, then a cookie), the Host header must
 * be loopback (a foreign name that resolves here is DNS rebinding), and a page of another origin is refused.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export type Verdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly status: number; readonly reason: string };

const allowed: Verdict = { ok: true };

export class Access {
  /** in the printed address */
  readonly token: string;
  readonly #session = newSecret();
  readonly #cookieName: string;

  /** @param port sets servers on one computer apart, since a cookie does not know ports */
  constructor(port: number, token: string = newSecret()) {
    this.token = token;
    this.#cookieName = `specula-${port}`;
  }

  /** Value of `Set-Cookie` for a visitor with the right token. */
  get cookie(): string {
    return `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  isToken(candidate: string): boolean {
    return sameSecret(candidate, this.token);
  }

  /** Whether a request comes from a page of ours: right Host and, where the browser tells it, right Origin. */
  checkOrigin(request: IncomingMessage): Verdict {
    const { host = '', origin } = request.headers;
    if (!isLoopbackHost(host)) {
      return { ok: false, status: 403, reason: 'This server answers to 127.0.0.1 and localhost only.' };
    }
    if (origin !== undefined && origin !== `http://${host}`) {
      return { ok: false, status: 403, reason: 'A page of another origin may not use this server.' };
    }
    return allowed;
  }

  /** Whether a request carries the secret. `token`: the one in its address, or null. */
  checkSecret(request: IncomingMessage, token: string | null): Verdict {
    if (token !== null && this.isToken(token)) return allowed;
    const cookie = readCookie(request.headers.cookie ?? '', this.#cookieName);
    if (cookie !== null && sameSecret(cookie, this.#session)) return allowed;
    return {
      ok: false,
      status: 401,
      reason: 'Open the address that "specula serve" printed: it holds the token that this server asks for.',
    };
  }
}

/** Whether an address to listen on can be reached from this computer only. */
export function isLoopback(address: string): boolean {
  if (address === 'localhost' || address === '::1') return true;
  return isIP(address) === 4 && address.startsWith('127.');
}

/** The port may be another one: an ssh tunnel can end anywhere. */
function isLoopbackHost(header: string): boolean {
  const name = /^(.*?)(?::\d{1,5})?$/.exec(header)?.[1] ?? '';
  return isLoopback(name.replace(/^\[(.*)\]$/, '$1'));
}

function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Takes the same time wherever the two differ. */
function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function readCookie(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return null;
}
