/** What is measured: methods in their shapes, each under every gate. */
import { join } from 'node:path';
import { loadManifest } from '../../../src-main/models/manifest.ts';
import {
  defaultMethod,
  draftFileLabel,
  draftFileOf,
  type MethodName,
  type MethodSpec,
  methodLabel,
  methodsWithVariants,
} from '../../../src-shared/domain/method.ts';
import { modelFile, root } from '../bench-models.ts';
import type { BenchGate, BenchOptions } from './options.ts';

export interface Contender {
  readonly method: MethodSpec;
  readonly gate: BenchGate;
  /** file of a draft head */
  readonly head: string | null;
}

/**
 * A method with its defaults, MMSpec's variant too, and those that draft trees as a chain: on a processor a wide tree costs
 * several passes, which is not so where memory alone bounds it.
 */
function forms(name: MethodName, length: number): MethodSpec[] {
  const usual = [
    defaultMethod(name),
    ...(methodsWithVariants.includes(name) ? [defaultMethod(name, 'mmspec')] : []),
  ];
  const [first] = usual;
  if (first === undefined || draftFileOf(first) === null || !('shape' in first)) return usual;
  return [...usual, { ...first, shape: { kind: 'chain', length } }];
}

/** @returns what can be measured, and lines about what cannot: no draft file of theirs is among the built-in models */
export async function contenders(options: BenchOptions): Promise<{ all: Contender[]; absent: string[] }> {
  const { files } = await loadManifest(join(root, 'models'));
  const all: Contender[] = [];
  const absent: string[] = [];
  for (const method of options.methods.flatMap((name) => forms(name, options.chain))) {
    const kind = draftFileOf(method);
    const file = files.find((one) => one.role === 'head' && one.head === kind)?.file;
    if (kind !== null && kind !== 'model' && file === undefined) {
      absent.push(`${methodLabel(method)}: ${draftFileLabel(kind)} is not among the built-in models`);
      continue;
    }
    const head = file === undefined ? null : modelFile(file);
    for (const gate of options.gates) all.push({ method, gate, head });
  }
  return { all, absent };
}
