/**
 * Reads the pickles that torch.save writes, and nothing else. A pickle is a program for a small stack machine which can
 * call any function of any installed Python package; here it is read as data: only the opcodes that a dictionary of
 * tensors needs are known, and only the names in `globals` may be asked for. Nothing is ever imported or called.
 * Opcodes: Lib/pickletools.py of CPython. Names: torch/_utils.py and torch/serialization.py of PyTorch.
 */
import type { Dtype } from './tensor.ts';

/** What may be asked for by name: storages by their element type, and three functions that are done here by hand. */
const storages: ReadonlyMap<string, Dtype> = new Map([
  ['torch.DoubleStorage', 'f64'],
  ['torch.FloatStorage', 'f32'],
  ['torch.HalfStorage', 'f16'],
  ['torch.BFloat16Storage', 'bf16'],
  ['torch.LongStorage', 'i64'],
  ['torch.IntStorage', 'i32'],
  ['torch.ShortStorage', 'i16'],
  ['torch.CharStorage', 'i8'],
  ['torch.ByteStorage', 'u8'],
  ['torch.BoolStorage', 'bool'],
]);
const rebuildTensor = 'torch._utils._rebuild_tensor_v2';
const rebuildParameter = 'torch._utils._rebuild_parameter';
const orderedDict = 'collections.OrderedDict';
const globals: ReadonlySet<string> = new Set([
  ...storages.keys(),
  rebuildTensor,
  rebuildParameter,
  orderedDict,
]);

/** Memory that tensors are cut from: `key` names it in the file. */
export interface Storage {
  readonly kind: 'storage';
  readonly dtype: Dtype;
  readonly key: string;
  readonly elements: number;
}

export interface PickledTensor {
  readonly kind: 'tensor';
  readonly storage: Storage;
  /** in elements, as the strides are */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

interface Tuple {
  readonly kind: 'tuple';
  readonly items: readonly Value[];
}
export interface List {
  readonly kind: 'list';
  readonly items: Value[];
}
export interface Dict {
  readonly kind: 'dict';
  readonly entries: Map<string | number, Value>;
}
interface Global {
  readonly kind: 'global';
  readonly name: string;
}
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Tuple
  | List
  | Dict
  | Global
  | Storage
  | PickledTensor;

/** The file is not what torch.save writes, or asks for more than tensors. The message names what. */
export class PickleError extends Error {
  override readonly name = 'PickleError';
}

/** @returns the value, and where the pickle ends, as several may follow each other. @throws PickleError */
export function readPickle(bytes: Buffer, start = 0): { value: Value; end: number } {
  return new Machine(bytes, start).run();
}

const isKind = <K extends Exclude<Value, null | boolean | number | bigint | string>['kind']>(
  value: Value | undefined,
  kind: K,
): value is Extract<Value, { kind: K }> => typeof value === 'object' && value !== null && value.kind === kind;

class Machine {
  readonly #bytes: Buffer;
  #at: number;
  #stack: Value[] = [];
  /** stacks set aside by marks */
  readonly #below: Value[][] = [];
  readonly #memo = new Map<number, Value>();

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes;
    this.#at = start;
  }

  run(): { value: Value; end: number } {
    for (;;) {
      const at = this.#at;
      const opcode = this.#u8();
      if (opcode === 0x2e) return { value: this.#pop(), end: this.#at }; // STOP
      this.#step(opcode, at);
    }
  }

  #step(opcode: number, at: number): void {
    const value = this.#value(opcode);
    if (value !== undefined) this.#stack.push(value);
    else if (!this.#act(opcode)) {
      const code = opcode.toString(16).padStart(2, '0');
      throw new PickleError(`opcode 0x${code} at byte ${at}, which no dictionary of tensors needs`);
    }
  }

  /** Opcodes that put a value on the stack; undefined for any other. */
  #value(opcode: number): Value | undefined {
    switch (opcode) {
      case 0x4e: // NONE
        return null;
      case 0x88: // NEWTRUE
        return true;
      case 0x89: // NEWFALSE
        return false;
      case 0x4a: // BININT
        return this.#take(4).readInt32LE();
      case 0x4b: // BININT1
        return this.#u8();
      case 0x4d: // BININT2
        return this.#take(2).readUInt16LE();
      case 0x8a: // LONG1
        return this.#long(this.#u8());
      case 0x47: // BINFLOAT
        return this.#take(8).readDoubleBE();
      case 0x58: // BINUNICODE
        return this.#text(this.#u32());
      case 0x8c: // SHORT_BINUNICODE
        return this.#text(this.#u8());
      case 0x7d: // EMPTY_DICT
        return { kind: 'dict', entries: new Map() };
      case 0x5d: // EMPTY_LIST
        return { kind: 'list', items: [] };
      case 0x29: // EMPTY_TUPLE
        return { kind: 'tuple', items: [] };
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return { kind: 'tuple', items: this.#popMany(opcode - 0x84) };
      case 0x74: // TUPLE
        return { kind: 'tuple', items: this.#popMark() };
      case 0x68: // BINGET
        return this.#recall(this.#u8());
      case 0x6a: // LONG_BINGET
        return this.#recall(this.#u32());
      case 0x63: // GLOBAL
        return global(`${this.#line()}.${this.#line()}`);
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popMany(2);
        return global(`${String(module)}.${String(name)}`);
      }
      case 0x51: // BINPERSID
        return storageOf(this.#pop());
      case 0x52: // REDUCE
        return this.#reduce();
      default:
        return undefined;
    }
  }

  /** Opcodes that change what is there; false for any other. */
  #act(opcode: number): boolean {
    switch (opcode) {
      case 0x80: // PROTO
        this.#u8();
        return true;
      case 0x95: // FRAME
        this.#take(8);
        return true;
      case 0x28: // MARK
        this.#below.push(this.#stack);
        this.#stack = [];
        return true;
      case 0x30: // POP
        this.#pop();
        return true;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        return true;
      case 0x65: // APPENDS
        this.#append(this.#popMark());
        return true;
      case 0x73: // SETITEM
        this.#setItems(this.#popMany(2));
        return true;
      case 0x75: // SETITEMS
        this.#setItems(this.#popMark());
        return true;
      case 0x71: // BINPUT
        this.#remember(this.#u8());
        return true;
      case 0x72: // LONG_BINPUT
        this.#remember(this.#u32());
        return true;
      case 0x94: // MEMOIZE
        this.#remember(this.#memo.size);
        return true;
      case 0x62: // BUILD
        this.#build();
        return true;
      default:
        return false;
    }
  }

  #reduce(): Value {
    const [callable, args] = this.#popMany(2);
    if (!isKind(callable, 'global') || !isKind(args, 'tuple')) {
      throw new PickleError('a call of no known function');
    }
    switch (callable.name) {
      case orderedDict:
        if (args.items.length > 0) throw new PickleError(`a call of ${orderedDict} with arguments`);
        return { kind: 'dict', entries: new Map() };
      case rebuildParameter: {
        const [tensor] = args.items;
        if (!isKind(tensor, 'tensor')) throw new PickleError('a parameter that is no tensor');
        return tensor;
      }
      case rebuildTensor:
        return tensorOf(args.items);
      default:
        throw new PickleError(`a call of ${callable.name}, which is no function`);
    }
  }

  /** State is set on ordered dictionaries only (`_metadata`, versions of modules), and means nothing here. */
  #build(): void {
    this.#pop();
    if (!isKind(this.#stack.at(-1), 'dict'))
      throw new PickleError('state for something that is no dictionary');
  }

  #append(items: readonly Value[]): void {
    const list = this.#stack.at(-1);
    if (!isKind(list, 'list')) throw new PickleError('items for something that is no list');
    for (const item of items) list.items.push(item);
  }

  #setItems(flat: readonly Value[]): void {
    const dict = this.#stack.at(-1);
    if (!isKind(dict, 'dict')) throw new PickleError('entries for something that is no dictionary');
    for (let at = 0; at + 1 < flat.length; at += 2) {
      const key = flat[at];
      if (typeof key !== 'string' && typeof key !== 'number')
        throw new PickleError('a key that is neither text nor number');
      dict.entries.set(key, flat[at + 1] ?? null);
    }
  }

  #remember(index: number): void {
    const top = this.#stack.at(-1);
    if (top === undefined) throw new PickleError('nothing to remember');
    this.#memo.set(index, top);
  }

  #recall(index: number): Value {
    const value = this.#memo.get(index);
    if (value === undefined) throw new PickleError(`nothing was remembered as ${index}`);
    return value;
  }

  #pop(): Value {
    const value = this.#stack.pop();
    if (value === undefined) throw new PickleError('its stack is empty');
    return value;
  }

  #popMany(count: number): Value[] {
    if (this.#stack.length < count) throw new PickleError('its stack is empty');
    return this.#stack.splice(-count, count);
  }

  #popMark(): Value[] {
    const below = this.#below.pop();
    if (below === undefined) throw new PickleError('a mark is missing');
    const items = this.#stack;
    this.#stack = below;
    return items;
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new PickleError('it is cut off');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #u8(): number {
    return this.#take(1)[0] ?? 0;
  }

  #u32(): number {
    return this.#take(4).readUInt32LE();
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8');
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end === -1) throw new PickleError('it is cut off');
    const line = this.#text(end - this.#at);
    this.#at++;
    return line;
  }

  /** Two's complement, lowest byte first; a number where it fits. */
  #long(length: number): number | bigint {
    const bytes = this.#take(length);
    const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const signed = BigInt.asIntN(length * 8, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  }
}

function global(name: string): Value {
  if (!globals.has(name)) throw new PickleError(`it asks for ${JSON.stringify(name)}, which is no tensor`);
  return { kind: 'global', name };
}

/** A persistent id: ('storage', type, key, device, elements). */
function storageOf(id: Value): Storage {
  const [tag, type, key, , elements] = isKind(id, 'tuple') ? id.items : [];
  const dtype = isKind(type, 'global') ? storages.get(type.name) : undefined;
  if (tag !== 'storage' || dtype === undefined || typeof key !== 'string' || !isSize(elements)) {
    throw new PickleError('a reference to data outside the pickle is not one to a storage');
  }
  return { kind: 'storage', dtype, key, elements };
}

const isSize = (value: Value | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function sizes(value: Value | undefined): readonly number[] | null {
  return isKind(value, 'tuple') && value.items.every(isSize) ? value.items : null;
}

/** Arguments of _rebuild_tensor_v2: storage, offset, size, stride, requires_grad, hooks. */
function tensorOf(args: readonly Value[]): PickledTensor {
  const [storage, offset, size, stride] = args;
  const [shape, strides] = [sizes(size), sizes(stride)];
  if (!isKind(storage, 'storage') || !isSize(offset) || shape === null || strides?.length !== shape.length) {
    throw new PickleError('a tensor without storage, shape or strides');
  }
  return { kind: 'tensor', storage, offset, shape, strides };
}
