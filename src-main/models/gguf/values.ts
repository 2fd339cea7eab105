/** The metadata of a GGUF file as they lie in it, to be written into another one, and the few values that we look into. */
import { open } from 'node:fs/promises';
import { ModelError } from '../model-error.ts';
import { valueTypes } from './format.ts';
import type { GgufLayout } from './header.ts';

export interface RawValue {
  readonly raw: { readonly type: number; readonly bytes: Uint8Array };
}

/** Every value, in the file's order. */
export async function readRawMetadata(path: string, { pairs }: GgufLayout): Promise<Map<string, RawValue>> {
  const start = pairs[0]?.start ?? 0;
  const length = (pairs.at(-1)?.end ?? start) - start;
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, start);
  if (bytesRead < length) throw new ModelError('damaged', path, 'the file ends early; download it again');
  const values = pairs.map((pair): [string, RawValue] => {
    const bytes = buffer.subarray(pair.start - start, pair.end - start);
    return [pair.key, { raw: { type: pair.type, bytes } }];
  });
  return new Map(values);
}

/** null for a value that is no text */
export function rawText(value: RawValue | undefined): string | null {
  if (value?.raw.type !== valueTypes.string) return null;
  return Buffer.from(value.raw.bytes.subarray(8)).toString('utf8');
}

/** null for a value that is no u32, such as one number per layer */
export function rawU32(value: RawValue | undefined): number | null {
  if (value?.raw.type !== valueTypes.u32) return null;
  return Buffer.from(value.raw.bytes).readUInt32LE();
}

/** null for a value that is no f32 */
export function rawF32(value: RawValue | undefined): number | null {
  if (value?.raw.type !== valueTypes.f32) return null;
  return Buffer.from(value.raw.bytes).readFloatLE();
}
