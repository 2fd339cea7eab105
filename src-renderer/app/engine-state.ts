import type { EngineStatus } from '#shared/contract/status.ts';
import { assertNever } from '#shared/domain/assert.ts';
import type { Tone } from '../ui/badge.tsx';

/** How a state of the engine is called and toned. */
export function describeState(state: EngineStatus['state']): { readonly label: string; readonly tone: Tone } {
  switch (state) {
    case 'starting':
      return { label: 'Starting', tone: 'neutral' };
    case 'idle':
      return { label: 'Idle', tone: 'ok' };
    case 'loading':
      return { label: 'Loading', tone: 'accent' };
    case 'running':
      return { label: 'Running', tone: 'accent' };
    case 'paused':
      return { label: 'Paused', tone: 'warn' };
    case 'crashed':
      return { label: 'Crashed', tone: 'danger' };
    case 'unavailable':
      return { label: 'Not available', tone: 'danger' };
    default:
      return assertNever(state);
  }
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** What the engine runs on, for the strip: of the loaded models when some are loaded, otherwise what is there. */
export function engineFacts(status: EngineStatus): readonly Fact[] {
  const loaded = status.loaded;
  if (loaded === null) {
    const device = status.devices.find((d) => d.type !== 'cpu') ?? status.devices[0];
    return [
      ...(device === undefined ? [] : [{ label: 'Device', value: device.description || device.name }]),
      ...(status.variant === null ? [] : [{ label: 'Variant', value: status.variant }]),
    ];
  }
  return [
    { label: 'Device', value: loaded.device },
    { label: 'Variant', value: loaded.variant },
    { label: 'GPU layers', value: String(loaded.gpuLayers) },
    { label: 'Threads', value: String(loaded.threads) },
    { label: 'KV', value: loaded.kvType.toUpperCase() },
    { label: 'Models', value: loaded.models.map((model) => model.name).join(' + ') },
  ];
}
