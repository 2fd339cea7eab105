/** MMSpec's names of methods, and ours. */
import { defaultGateThreshold, type GateSpec } from '../../domain/gate.ts';
import { defaultMethod, type MethodName, type MethodSpec } from '../../domain/method.ts';

const gated = '_vskip';
const dynamicTree = { kind: 'dynamic', topK: 8, depth: 3, nodes: 30 } as const;

const names: Readonly<Record<string, MethodName>> = {
  baseline: 'ar',
  pld: 'pld',
  lookahead: 'lookahead',
  recycling: 'recycling',
  sam: 'sam',
  medusa: 'medusa',
  eagle: 'eagle',
  eagle2: 'eagle2',
  eagle3: 'eagle3',
  msd: 'msd',
  vispec: 'vispec',
};

/** What MMSpec's code runs under a name, with its defaults; null for a name that it does not have. */
export function fromMmspec(name: string): { readonly method: MethodSpec; readonly gate: GateSpec } | null {
  const skips = name.endsWith(gated);
  const own = names[skips ? name.slice(0, -gated.length) : name];
  if (own === undefined) return null;
  // Its EAGLE-1 uses EAGLE-2's dynamic tree.
  const method: MethodSpec =
    own === 'eagle' ? { name: own, shape: dynamicTree } : defaultMethod(own, 'mmspec');
  return { method, gate: { mode: skips ? 'mmspec' : 'off', threshold: defaultGateThreshold } };
}

/** The name of a file for a method and gate: MMSpec's where it has one. Several configurations of one name need a suffix. */
export function toMmspec(method: MethodName, gate: GateSpec['mode']): string {
  const name = method === 'ar' ? 'baseline' : method;
  if (gate === 'off') return name;
  return gate === 'paper' || gate === 'mmspec' ? `${name}${gated}` : `${name}_${gate}`;
}

/** The `model_id` that MMSpec's scripts put together from the method and the temperature. */
export function modelId(name: string, temperature: string): string {
  if (name === 'baseline') return `${name}-temperature-${temperature}`;
  const second = name === 'pld' ? 'PLD' : name.replaceAll('_', '-');
  return `${name}-${second}-temperature-${temperature}`;
}
