import { statSync } from 'node:fs';
import { cpus, release as osRelease, platform } from 'node:os';
import type { CaptureSpec, EngineOptions, Fingerprint } from '../../src-shared/domain/run.ts';
import { maxTreeLeaves } from '../decoding/limits.ts';
import { readModelMetadata } from '../models/metadata.ts';
import type { EngineJob } from './client.ts';
import type { NativeAddon, NativeModel, NativeSystemInfo } from './native/surface.ts';
import { chooseContext, chooseDevice, chooseGpuLayers, chooseKvType, chooseThreads } from './placement.ts';

export interface Host {
  readonly addon: NativeAddon;
  readonly system: NativeSystemInfo;
  readonly variant: string;
  readonly release: string;
  readonly physicalCores: number;
  readonly appVersion: string;
}

export interface Loaded {
  readonly target: NativeModel;
  readonly draft: NativeModel | null;
  readonly fingerprint: Fingerprint;
  /** layers whose attention is read, and the one the gate's score comes from; empty and null without capture */
  readonly layers: readonly number[];
  readonly scoreLayer: number | null;
}

interface Slot {
  readonly key: string;
  readonly model: NativeModel;
}

/** Holds the target and the draft between runs, and loads them anew only when a run asks for something else. */
export class Session {
  readonly #host: Host;
  readonly #onLoading: (what: string, progress: number | null) => void;
  #target: Slot | null = null;
  #draft: Slot | null = null;

  constructor(host: Host, onLoading: (what: string, progress: number | null) => void) {
    this.#host = host;
    this.#onLoading = onLoading;
  }

  /** Makes both models of a job ready. Errors name the file. */
  async prepare(job: EngineJob): Promise<Loaded> {
    const { spec, files } = job;
    const capture = spec.capture.layers !== 'none';
    const target = await this.#slot(
      this.#target,
      files.target,
      files.projector,
      spec.engine,
      capture,
      'target',
    );
    this.#target = target;
    if (target.model.info.treesRefused !== null) {
      throw new Error(`${files.target} cannot decode speculatively: ${target.model.info.treesRefused}`);
    }
    if (files.draft !== null) {
      // A draft is never looked into, so it always gets the fast attention kernels.
      this.#draft = await this.#slot(
        this.#draft,
        files.draft,
        files.draftProjector,
        spec.engine,
        false,
        'draft',
      );
    } else await this.#drop('draft');
    const layers = layersOf(spec.capture, target.model.info.layers);
    return {
      target: target.model,
      draft: this.#draft?.model ?? null,
      fingerprint: this.#fingerprint(job, target.model),
      layers,
      scoreLayer: layers.at(-1) ?? null,
    };
  }

  async dispose(): Promise<void> {
    await this.#drop('target');
    await this.#drop('draft');
  }

  async #drop(which: 'target' | 'draft'): Promise<void> {
    const slot = which === 'target' ? this.#target : this.#draft;
    if (which === 'target') this.#target = null;
    else this.#draft = null;
    await slot?.model.dispose();
  }

  async #slot(
    current: Slot | null,
    path: string,
    projector: string | null,
    options: EngineOptions,
    capture: boolean,
    role: 'target' | 'draft',
  ): Promise<Slot> {
    const key = JSON.stringify([path, projector, options, capture, statSync(path).mtimeMs]);
    if (current?.key === key) return current;
    await this.#drop(role);
    this.#onLoading(`loading the ${role}`, 0);
    const device = chooseDevice(options, this.#host.system.devices);
    const model = await this.#host.addon.loadModel({
      path,
      device: device?.name ?? '',
      gpuLayers: await this.#gpuLayers(path, options),
      onProgress: (fraction) => this.#onLoading(`loading the ${role}`, fraction),
    });
    try {
      const threads = chooseThreads(options, this.#host.physicalCores);
      if (projector !== null) {
        this.#onLoading(`loading the ${role}'s projector`, null);
        await model.loadProjector({
          path: projector,
          gpu: device !== null && device.type !== 'cpu',
          threads,
        });
      }
      const contextSize = chooseContext(options, model.info);
      await model.createContext({
        contextSize,
        batchSize: Math.min(contextSize, 2048),
        microBatch: Math.min(contextSize, capture ? 256 : 512),
        threads,
        kvType: chooseKvType(options, model.info, contextSize),
        maxLeaves: maxTreeLeaves,
        capture,
      });
    } catch (error) {
      await model.dispose();
      throw error;
    }
    return { key, model };
  }

  /** The layer count is read from the file only where it matters: when a GPU is there and the user left the choice to us. */
  async #gpuLayers(path: string, options: EngineOptions): Promise<number> {
    const device = chooseDevice(options, this.#host.system.devices);
    const bytes = statSync(path).size;
    const all = chooseGpuLayers(options, device, bytes, 0);
    if (all !== 0 || device === null || options.gpuLayers !== null) return all;
    return chooseGpuLayers(options, device, bytes, (await readModelMetadata(path)).layers);
  }

  #fingerprint(job: EngineJob, target: NativeModel): Fingerprint {
    const { spec, files, hashes } = job;
    const device = chooseDevice(spec.engine, this.#host.system.devices);
    const entry = (role: string, path: string | null) =>
      path === null ? [] : [{ role, name: path.split(/[\\/]/).at(-1) ?? path, sha256: hashes[path] ?? '' }];
    const contextSize = target.context?.contextSize ?? 0;
    return {
      specula: this.#host.appVersion,
      llamaRelease: this.#host.release,
      variant: this.#host.variant,
      device: device === null ? 'CPU' : `${device.name} (${device.description})`,
      gpuLayers: target.info.gpuLayers,
      threads: chooseThreads(spec.engine, this.#host.physicalCores),
      kvType: chooseKvType(spec.engine, target.info, contextSize),
      contextSize,
      cpu: cpus()[0]?.model ?? 'unknown',
      os: `${platform()} ${osRelease()}`,
      node: process.version,
      models: [
        ...entry('target', files.target),
        ...entry('projector', files.projector),
        ...entry('draft', files.draft),
        ...entry('draft projector', files.draftProjector),
      ],
    };
  }
}

/** Layer numbers asked for, ascending. Throws when one does not exist. */
export function layersOf(capture: CaptureSpec, count: number): readonly number[] {
  const { layers } = capture;
  if (layers === 'none') return [];
  if (layers === 'last') return [count - 1];
  if (layers === 'all') return Array.from({ length: count }, (_, i) => i);
  const sorted = [...new Set(layers)].sort((a, b) => a - b);
  const wrong = sorted.find((l) => l >= count);
  if (wrong !== undefined)
    throw new Error(`layer ${wrong} does not exist: the target has layers 0 to ${count - 1}`);
  // The gate reads the last layer (methods.md 5.2), so it is always among them.
  return sorted.includes(count - 1) ? sorted : [...sorted, count - 1];
}
