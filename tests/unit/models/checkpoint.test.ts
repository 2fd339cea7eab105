import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPickle } from '../../../src-main/models/checkpoint/pickle.ts';
import { readSafetensors } from '../../../src-main/models/checkpoint/safetensors.ts';
import type { CheckpointTensor } from '../../../src-main/models/checkpoint/tensor.ts';
import { readTorchFile } from '../../../src-main/models/checkpoint/torch.ts';
import { readF32, readWhole } from '../../../src-main/models/checkpoint/values.ts';
import { ModelError } from '../../../src-main/models/model-error.ts';
import { type SourceType, tensor, values } from '../../fixtures/checkpoint/state.ts';
import { op, safetensors, torchPickle, torchZip, zip } from '../../fixtures/checkpoint/write.ts';

const golden = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/checkpoint/golden-${name}.bin`, import.meta.url));

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'specula-checkpoint-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(content: Buffer): Promise<string> {
  const name = path.join(folder, `${files++}.bin`);
  await writeFile(name, content);
  return name;
}

async function numbers(one: CheckpointTensor | undefined): Promise<number[]> {
  if (one === undefined) return [];
  if (!['f64', 'f32', 'f16', 'bf16'].includes(one.dtype)) return await readWhole(one);
  const all: number[] = [];
  for await (const piece of readF32(one)) all.push(...piece);
  return all;
}

describe('files of torch.save, written by PyTorch', () => {
  it.each(['zip', 'zip-4', 'legacy'])('%s: every tensor', async (name) => {
    const tensors = new Map((await readTorchFile(golden(name))).map((one) => [one.name, one]));
    const read = (key: string) => numbers(tensors.get(key));
    expect([...tensors.values()].map(({ name: key, dtype, shape }) => [key, dtype, shape])).toEqual([
      ['f32', 'f32', [3, 5]],
      ['f16', 'f16', [3, 5]],
      ['bf16', 'bf16', [3, 5]],
      ['f64', 'f64', [3, 5]],
      ['ids', 'i64', [4]],
      ['mask', 'bool', [3]],
      ['parameter', 'f32', [7]],
      ['rows', 'f32', [2, 6]],
      ['shared', 'f16', [2, 3]],
      ['again', 'f16', [2, 3]],
      ['scalar', 'f32', []],
    ]);
    expect(await read('f32')).toEqual(values(15, 1, 0.25));
    expect(await read('f16')).toEqual(values(15, 2, 0.25));
    expect(await read('bf16')).toEqual(values(15, 3, 0.25, 7));
    expect(await read('f64')).toEqual(values(15, 4, 0.25));
    expect(await read('ids')).toEqual([0, -5, 70_000, 2 ** 40]);
    expect(await read('mask')).toEqual([1, 0, 1]);
    expect(await read('parameter')).toEqual(values(7, 6, 0.25));
    expect(await read('rows')).toEqual(values(24, 7, 0.25).slice(6, 18));
    expect(await read('again')).toEqual(await read('shared'));
    expect(await read('scalar')).toEqual([0.5]);
  });

  it('reads the state of a module with its metadata', async () => {
    const [weight, bias] = await readTorchFile(golden('module'));
    expect([weight?.name, bias?.name]).toEqual(['fc.weight', 'fc.bias']);
    expect(await numbers(weight)).toEqual(values(6, 9, 0.25));
  });

  it('refuses a transposed view, by name', async () => {
    await expect(readTorchFile(golden('transposed'))).rejects.toThrow(/tensor w is a view.*\.contiguous\(\)/);
  });

  it('refuses a whole module: its class would have to be imported', async () => {
    await expect(readTorchFile(golden('whole-module'))).rejects.toThrow(
      /asks for "__main__\.Layer".*runs nothing in them/,
    );
  });
});

describe('malicious pickles', () => {
  const call = (module: string, name: string, argument: string): Buffer =>
    Buffer.concat([
      op.proto2,
      op.global(module, name),
      op.mark,
      op.text(argument),
      op.tuple,
      op.reduce,
      op.stop,
    ]);

  it.each([
    ['os', 'system'],
    ['posix', 'system'],
    ['builtins', 'eval'],
    ['builtins', 'exec'],
    ['subprocess', 'Popen'],
    ['torch', 'load'],
    ['torch.hub', 'load'],
    ['torch._utils', '_rebuild_tensor_v3'],
    ['collections', 'OrderedDict.__init__'],
    ['operator', 'attrgetter'],
  ])('%s.%s is refused by name and never called', async (module, name) => {
    const pickle = call(module, name, 'touch /tmp/specula-was-here');
    const named = new RegExp(`asks for "${module}\\.${name}"`);
    await expect(readTorchFile(await file(torchZip([], pickle)))).rejects.toThrow(named);
    await expect(readTorchFile(await file(torchZip([], pickle)))).rejects.toBeInstanceOf(ModelError);
    // The old format begins with a number; a file that begins with a call is refused as well.
    await expect(readTorchFile(await file(pickle))).rejects.toThrow(named);
  });

  it('a name put together on the stack is refused too', () => {
    const stackGlobal = Buffer.concat([
      op.proto2,
      op.text('os'),
      op.text('system'),
      Buffer.from([0x93]),
      op.stop,
    ]);
    expect(() => readPickle(stackGlobal)).toThrow(/asks for "os\.system"/);
  });

  it.each([
    ['INST', Buffer.from('(ios\nsystem\n')],
    ['OBJ', Buffer.from('(o')],
    ['NEWOBJ', Buffer.from([0x81])],
    ['NEWOBJ_EX', Buffer.from([0x92])],
    ['EXT1', Buffer.from([0x82, 1])],
    ['PERSID', Buffer.from('Px\n')],
    ['INT', Buffer.from('I1\n')],
    ['BYTEARRAY8', Buffer.from([0x96, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['NEXT_BUFFER', Buffer.from([0x97])],
  ])('the opcode %s is refused', (_, bytes) => {
    expect(() => readPickle(Buffer.concat([op.proto2, bytes, op.stop]))).toThrow(
      /opcode 0x.*no dictionary of tensors/,
    );
  });

  it('storages, tensors and dictionaries cannot be built from anything else', () => {
    const refuse = (...parts: Buffer[]) =>
      expect(() => readPickle(Buffer.concat([op.proto2, ...parts, op.stop])));
    refuse(op.text('x'), op.persId).toThrow(/not one to a storage/);
    refuse(op.global('torch', 'FloatStorage'), op.emptyTuple, op.reduce).toThrow(
      /FloatStorage, which is no function/,
    );
    refuse(op.global('torch._utils', '_rebuild_tensor_v2'), op.emptyTuple, op.reduce).toThrow(
      /without storage/,
    );
    refuse(op.global('collections', 'OrderedDict'), op.mark, op.int(1), op.tuple, op.reduce).toThrow(
      /with arguments/,
    );
    refuse(op.emptyTuple, op.emptyTuple, Buffer.from('b')).toThrow(/state for something/);
    refuse(op.reduce).toThrow(/stack is empty/);
    refuse(op.setItems).toThrow(/mark is missing/);
    refuse(Buffer.from('h\u0007')).toThrow(/remembered as 7/);
  });

  it('text in its place is kept as text', () => {
    const key = '__proto__';
    const bytes = Buffer.concat([
      op.proto2,
      op.emptyDict,
      op.mark,
      op.text(key),
      op.int(1),
      op.setItems,
      op.stop,
    ]);
    const { value } = readPickle(bytes);
    expect(value).toMatchObject({ kind: 'dict', entries: new Map([[key, 1]]) });
    expect(Object.prototype).not.toHaveProperty('1');
  });
});

describe('broken files', () => {
  const state = [tensor('a', [3, 4], 1), tensor('b', [2, 2], 2, 'F16')];

  it('a torch archive cut off anywhere is refused with a ModelError', async () => {
    const whole = torchZip(state);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        await expect(readTorchFile(await file(whole.subarray(0, length)))).rejects.toBeInstanceOf(ModelError);
      }),
      { numRuns: 25 },
    );
  });

  it('the old format and safetensors cut off anywhere are refused with a ModelError', async () => {
    const old = await readFile(golden('legacy'));
    const safe = safetensors(state);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.999, noNaN: true }), async (share) => {
        const cut = (bytes: Buffer): Buffer => bytes.subarray(0, Math.floor(bytes.length * share));
        await expect(readTorchFile(await file(cut(old)))).rejects.toBeInstanceOf(ModelError);
        await expect(readSafetensors(await file(cut(safe)))).rejects.toBeInstanceOf(ModelError);
      }),
      { numRuns: 25 },
    );
  });

  it('damaged bytes give a ModelError or tensors inside the file', async () => {
    const wholes = [torchZip(state), safetensors(state), await readFile(golden('legacy'))];
    await fc.assert(
      fc.asyncProperty(fc.nat(2), fc.nat(), fc.nat(255), async (which, at, byte) => {
        const bytes = Buffer.from(wholes[which] ?? []);
        bytes[at % bytes.length] = byte;
        const read = which === 1 ? readSafetensors : readTorchFile;
        const tensors = await read(await file(bytes)).catch((error: unknown) => {
          expect(error).toBeInstanceOf(ModelError);
          return [];
        });
        for (const { start, bytes: length } of tensors)
          expect(start + length).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 60 },
    );
  });

  it('safetensors: a type we cannot read, offsets beside the shape', async () => {
    const bytes = safetensors([tensor('a', [2], 1)]);
    const replaced = (from: string, to: string): Buffer =>
      Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1');
    await expect(readSafetensors(await file(replaced('"F32"', '"F8X"')))).rejects.toThrow(
      /tensor a is of type F8X/,
    );
    await expect(readSafetensors(await file(replaced('[0,8]', '[0,4]')))).rejects.toThrow(
      /not those of its shape/,
    );
    await expect(readSafetensors(await file(replaced('[0,8]', '[8,0]')))).rejects.toThrow(
      /entry for a is not valid/,
    );
  });

  it('torch: a compressed entry, a missing storage, a storage that is too short, another byte order', async () => {
    const pickle = torchPickle(state);
    const entries = (data: readonly (readonly [string, Buffer])[], method?: number) =>
      zip([['x/data.pkl', pickle], ...data], method);
    const fails = async (bytes: Buffer, message: RegExp) =>
      await expect(readTorchFile(await file(bytes))).rejects.toThrow(message);
    await fails(entries([], 8), /compressed, as torch\.save never does/);
    await fails(entries([]), /x\/data\/0 is missing/);
    await fails(entries([['x/data/0', Buffer.alloc(4)]]), /storage 0 is shorter/);
    await fails(entries([['x/byteorder', Buffer.from('big')]]), /big-endian/);
    await fails(zip([['x/other', pickle]]), /holds no data\.pkl/);
    await fails(torchZip([], Buffer.concat([op.proto2, op.int(1), op.stop])), /no dictionary of tensors/);
  });

  it.each(['F64', 'F32', 'F16', 'BF16', 'I64', 'BOOL'] satisfies SourceType[])(
    '%s survives both formats',
    async (dtype) => {
      const whole = dtype === 'I64' || dtype === 'BOOL';
      const one = whole
        ? { name: 't', dtype, shape: [4], values: [1, 0, 0, 1] }
        : tensor('t', [5, 3], 4, dtype);
      expect(await numbers((await readTorchFile(await file(torchZip([one]))))[0])).toEqual(one.values);
      expect(await numbers((await readSafetensors(await file(safetensors([one]))))[0])).toEqual(one.values);
    },
  );
});
