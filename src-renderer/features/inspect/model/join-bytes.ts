import { canFollow, isContinuation, utf8Length } from './bytes.ts';

/**
 * Text of one token within a sequence.
 * - whole: begins and ends between characters
 * - part: holds only bytes of a character that a later token completes; its own text is empty
 * - completes: its first character began in an earlier token
 * - broken: holds bytes that are no UTF-8, shown as U+FFFD
 */
export interface JoinedText {
  readonly text: string;
  readonly kind: 'whole' | 'part' | 'completes' | 'broken';
}

/** How many bytes at the end of `bytes` start a character that needs more bytes than there are. */
function openTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    const second = bytes[bytes.length - back + 1];
    const possible = second === undefined || back === 1 || canFollow(byte, second);
    return possible && utf8Length(byte) > back ? back : 0;
  }
  return 0;
}

/** Whether a character left open can no longer be completed, because `next` goes on with something else. */
function breaksOff(open: Uint8Array, next: Uint8Array): boolean {
  const [lead, second] = open;
  const [first] = next;
  if (lead === undefined || first === undefined) return false;
  return second === undefined ? !canFollow(lead, first) : !isContinuation(first);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

const nothing = new Uint8Array(0);
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/** Text of a piece, and the bytes at its end that start a character which is not complete. */
interface Read {
  readonly joined: JoinedText;
  readonly open: Uint8Array;
}

function read(bytes: Uint8Array, carried: boolean): Read {
  const tail = openTail(bytes);
  const text = decoder.decode(bytes.subarray(0, bytes.length - tail));
  return {
    joined: { text, kind: kindOf(text, carried, tail > 0) },
    open: tail > 0 ? bytes.slice(bytes.length - tail) : nothing,
  };
}

/** What pieces are that follow a whole character: an answer has many tokens, but few different ones. */
const alone = new WeakMap<Uint8Array, Read>();

function readAlone(piece: Uint8Array): Read {
  const known = alone.get(piece);
  if (known !== undefined) return known;
  const found = read(piece, false);
  alone.set(piece, found);
  return found;
}

/**
 * Decodes a sequence of token pieces as one UTF-8 text while keeping one entry per token: a character whose bytes
 * are spread over several tokens belongs to the token that completes it; one that is never completed makes the token
 * with its last bytes `broken`. The entries' texts joined are the decoded text, except for a character still open at
 * the end, which has no text yet. Pieces must not be changed afterwards: what they are is remembered.
 */
export function joinBytes(pieces: readonly Uint8Array[]): JoinedText[] {
  const out: JoinedText[] = [];
  let open: Uint8Array = nothing;
  for (const piece of pieces) {
    const last = out.at(-1);
    if (last !== undefined && breaksOff(open, piece)) {
      out[out.length - 1] = { text: `${last.text}\uFFFD`, kind: 'broken' };
      open = nothing;
    }
    const next = open.length > 0 ? read(concat(open, piece), true) : readAlone(piece);
    out.push(next.joined);
    open = next.open;
  }
  return out;
}

function kindOf(text: string, carried: boolean, open: boolean): JoinedText['kind'] {
  if (text.includes('\uFFFD')) return 'broken';
  if (text === '' && open) return 'part';
  return carried ? 'completes' : 'whole';
}
