import type { Api } from '#shared/contract/transport.ts';

/** Bytes of one piece; as base64 it stays below what one message may hold. */
const pieceBytes = 600_000;

/** Sends a file piece by piece. Returns the id under which the main side has it. */
export async function sendPicture(api: Api, file: Blob): Promise<string> {
  const upload = crypto.randomUUID();
  for (let at = 0; at < file.size || at === 0; at += pieceBytes) {
    const piece = new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer());
    await api.call('pictures.send', { upload, part: base64Of(piece) });
  }
  return upload;
}

function base64Of(bytes: Uint8Array): string {
  let text = '';
  // Spread over arguments, so in slices that engines take.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
