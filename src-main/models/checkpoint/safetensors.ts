/** The header of a safetensors file (format: README of github.com/huggingface/safetensors): length, JSON, data. */
import { open } from 'node:fs/promises';
import { z } from 'zod';
import { errorMessage } from '../../errors.ts';
import { elementsOf } from '../gguf/format.ts';
import { ModelError } from '../model-error.ts';
import { type CheckpointTensor, type Dtype, dtypeBytes } from './tensor.ts';

const dtypes: Readonly<Record<string, Dtype>> = {
  F64: 'f64',
  F32: 'f32',
  F16: 'f16',
  BF16: 'bf16',
  I64: 'i64',
  I32: 'i32',
  I16: 'i16',
  I8: 'i8',
  U8: 'u8',
  BOOL: 'bool',
};

/** The format's own limit. */
const longestHeader = 100_000_000;
const size = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const headerSchema = z.record(
  z.string(),
  z.union([
    z.object({ dtype: z.string(), shape: z.array(size).max(8), data_offsets: z.tuple([size, size]) }),
    z.record(z.string(), z.string()),
  ]),
);

/** Tensors of a file, in the order of their names. @throws ModelError for a file that is cut off, damaged or of another kind. */
export async function readSafetensors(path: string): Promise<CheckpointTensor[]> {
  await using file = await open(path, 'r').catch((error: unknown) => {
    throw new ModelError('missing', path, `cannot be opened (${errorMessage(error)}); check the path`);
  });
  const { size: fileBytes } = await file.stat();
  const fail = (reason: string): never => {
    throw new ModelError('damaged', path, `the file is cut off or damaged (${reason}); download it again`);
  };
  const first = Buffer.alloc(8);
  if ((await file.read(first, 0, 8, 0)).bytesRead < 8) fail('it is shorter than its header');
  const length = Number(first.readBigUInt64LE());
  if (length > longestHeader || 8 + length > fileBytes) fail(`a header of ${length} bytes is announced`);
  const json = Buffer.alloc(length);
  await file.read(json, 0, length, 8);
  const header = parseHeader(json, fail);
  const tensors: CheckpointTensor[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype: given, shape, data_offsets } = entryOf(name, entry, fail);
    const dtype = dtypes[given];
    if (dtype === undefined) {
      const known = Object.keys(dtypes).join(', ');
      throw new ModelError(
        'unsupported',
        path,
        `tensor ${name} is of type ${given}; save it as one of ${known}`,
      );
    }
    const [begin, end] = data_offsets;
    const start = 8 + length + begin;
    const bytes = end - begin;
    if (bytes !== elementsOf(shape) * dtypeBytes[dtype])
      fail(`tensor ${name} has ${bytes} bytes, not those of its shape`);
    if (start + bytes > fileBytes) fail(`tensor ${name} reaches behind the end`);
    tensors.push({ name, dtype, shape, file: path, start, bytes });
  }
  return tensors;
}

function parseHeader(json: Buffer, fail: (reason: string) => never): z.infer<typeof headerSchema> {
  try {
    return headerSchema.parse(JSON.parse(json.toString('utf8')));
  } catch (error) {
    return fail(
      `its header is not valid: ${error instanceof z.ZodError ? z.prettifyError(error) : errorMessage(error)}`,
    );
  }
}

const tensorEntry = z.object({
  dtype: z.string(),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]).refine(([begin, end]) => begin <= end),
});

function entryOf(name: string, entry: unknown, fail: (reason: string) => never): z.infer<typeof tensorEntry> {
  const parsed = tensorEntry.safeParse(entry);
  return parsed.success ? parsed.data : fail(`its entry for ${name} is not valid`);
}
