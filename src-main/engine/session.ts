import { statSync } from 'node:fs';
import { cpus, release as osRelease, platform } from 'node:os';
import { basename } from 'node:path';
import { type CaptureSpec, mapLayers } from '../../src-shared/domain/capture.ts';
import { type GateSpec, readsScore } from '../../src-shared/domain/gate.ts';
import type { EngineOptions, Fingerprint, Placement } from '../../src-shared/domain/run.ts';
import type { Capture } from '../decoding/attention.ts';
import { maxTreeLeaves } from '../decoding/limits.ts';
import { Trie } from '../decoding/retrieval/trie.ts';
import { fileLabel } from '../models/inflate/label.ts';
import { estimateMemory } from '../models/memory.ts';
import { readDecoderMetadata, readProjectorMetadata } from '../models/metadata.ts';
import type { EngineJob } from './client.ts';
import { fileStamp, HeadSlot } from './head-slot.ts';
import type { NativeAddon, NativeDevice, NativeHead, NativeModel } from './native/surface.ts';
import {
  chooseContext,
  chooseDevice,
  chooseGpuLayers,
  chooseKvType,
  chooseMicroBatch,
  chooseThreads,
} from './placement.ts';

export interface Host {
  readonly addon: NativeAddon;
  readonly variant: string;
  readonly release: string;
  readonly physicalCores: number;
  readonly appVersion: string;
}

export interface Loaded {
  readonly target: NativeModel;
  readonly draft: NativeModel | null;
  readonly head: NativeHead | null;
  /** what earlier runs with this target answered, for Lookahead's option to share it */
  readonly answers: Trie;
  readonly fingerprint: Fingerprint;
  /** what is read of the attention */
  readonly capture: Capture;
}

interface Slot {
  readonly key: string;
  /** the file's name, and that it is inflated where it is */
  readonly label: string;
  readonly model: NativeModel;
  /** with the context size that was asked for; llama.cpp may give more */
  readonly placement: Placement;
  readonly head: HeadSlot;
}

type Role = 'target' | 'draft';

/** What a slot is to hold. */
interface Wanted {
  readonly role: Role;
  readonly path: string;
  readonly projector: string | null;
  readonly options: EngineOptions;
  /** attention is read */
  readonly capture: boolean;
  /** bytes on the model's device that its draft head will need */
  readonly headBytes: number;
}

/** What is needed of a job to load its models. */
export type JobModels = Pick<EngineJob, 'spec' | 'files' | 'hashes' | 'keepDrafts'>;

/** Holds the target and its drafts between runs, and loads them anew only when a run asks for something else. */
export class Session {
  readonly #host: Host;
  readonly #onLoading: (what: string, progress: number | null) => void;
  #target: Slot | null = null;
  /** one, or several where jobs ask for it; by key */
  readonly #drafts = new Map<string, Slot>();
  /** tokens mean something else with another target */
  #answers: { readonly target: string; readonly trie: Trie } | null = null;

  constructor(host: Host, onLoading: (what: string, progress: number | null) => void) {
    this.#host = host;
    this.#onLoading = onLoading;
  }

  /** Makes both models of a job ready. Errors name the file. */
  async prepare(job: JobModels): Promise<Loaded> {
    const { spec, files } = job;
    const wantsTarget = this.#targetWanted(job);
    // A draft is never looked into, so it always gets the fast attention kernels.
    const wantsDraft: Wanted | null =
      files.draft === null
        ? null
        : {
            ...wantsTarget,
            role: 'draft',
            path: files.draft,
            projector: files.draftProjector,
            capture: false,
            headBytes: 0,
          };
    const targetKey = keyOf(wantsTarget);
    const draftKey = wantsDraft && keyOf(wantsDraft);
    // A draft that is not needed any more must not take the memory that the target needs.
    const keep = job.keepDrafts === true && this.#target?.key === targetKey;
    for (const key of [...this.#drafts.keys()]) if (!keep && key !== draftKey) await this.#dropDraft(key);
    if (this.#target?.key !== targetKey) {
      await this.#dropTarget();
      this.#target = { key: targetKey, ...(await this.#load(wantsTarget)) };
    }
    const target = this.#target;
    const { contextSize, head } = await target.head.attach(files.head, keep);
    const draft = wantsDraft && draftKey !== null ? await this.#draft(draftKey, wantsDraft) : null;
    const drafting = await draft?.head.attach(null);
    return {
      target: target.model,
      draft: draft?.model ?? null,
      head,
      answers: this.#answersOf(files.target),
      fingerprint: this.#fingerprint(
        job,
        placedIn(target, contextSize),
        draft && drafting ? placedIn(draft, drafting.contextSize) : null,
      ),
      capture: captureOf(spec.capture, spec.gate, target.model.info.layers),
    };
  }

  #answersOf(target: string): Trie {
    if (this.#answers?.target !== target) this.#answers = { target, trie: new Trie() };
    return this.#answers.trie;
  }

  /** The target of a job, if it is loaded as the job wants it. */
  targetOf(job: JobModels): NativeModel | null {
    return this.#target?.key === keyOf(this.#targetWanted(job)) ? this.#target.model : null;
  }

  #targetWanted(job: JobModels): Wanted {
    const { spec, files } = job;
    return {
      role: 'target',
      path: files.target,
      projector: files.projector,
      options: spec.engine,
      capture: spec.capture.layers !== 'none',
      headBytes: this.#headBytes(job),
    };
  }

  async dispose(): Promise<void> {
    await this.#dropTarget();
    for (const key of [...this.#drafts.keys()]) await this.#dropDraft(key);
  }

  /**
   * On the CPU, memory is not divided up beforehand; nor for runs that take turns, which would load the target anew for
   * every other head.
   */
  #headBytes({ spec, files, keepDrafts }: JobModels): number {
    const known = files.head === null || keepDrafts === true;
    const device = known ? null : chooseDevice(spec.engine, this.#host.addon.devices());
    if (files.head === null || device === null || device.type === 'cpu') return 0;
    return statSync(files.head).size;
  }

  async #dropTarget(): Promise<void> {
    const slot = this.#target;
    this.#target = null;
    await slot?.head.dispose();
    await slot?.model.dispose();
  }

  async #dropDraft(key: string): Promise<void> {
    const slot = this.#drafts.get(key);
    this.#drafts.delete(key);
    await slot?.model.dispose();
  }

  async #draft(key: string, wanted: Wanted): Promise<Slot> {
    const slot = this.#drafts.get(key) ?? { key, ...(await this.#load(wanted)) };
    this.#drafts.set(key, slot);
    return slot;
  }

  async #load(wanted: Wanted): Promise<Omit<Slot, 'key'>> {
    const { role, path, projector, options, capture } = wanted;
    const what = `loading the ${role} ${basename(path)}`;
    this.#onLoading(what, 0);
    const { addon, physicalCores } = this.#host;
    // Asked anew: the model loaded before has taken its share of the memory.
    const device = chooseDevice(options, addon.devices());
    let loading = true;
    const model = await addon.loadModel({
      path,
      device: device?.name ?? '',
      gpuLayers: await gpuLayersOf(wanted, device),
      // The last of these calls can come after the promise.
      onProgress: (fraction) => loading && this.#onLoading(what, fraction),
    });
    loading = false;
    try {
      const { info } = model;
      if (info.treesRefused !== null) {
        throw new Error(`${path} cannot decode speculatively: ${info.treesRefused}`);
      }
      const threads = chooseThreads(options, physicalCores);
      if (projector !== null) {
        this.#onLoading(`loading the ${role}'s projector ${basename(projector)}`, null);
        await model.loadProjector({
          path: projector,
          gpu: device !== null && device.type !== 'cpu',
          threads,
        });
      }
      const wantedSize = chooseContext(options, info);
      const kvType = chooseKvType(options, info, wantedSize);
      const head = new HeadSlot(
        model,
        {
          contextSize: wantedSize,
          batchSize: Math.min(wantedSize, 2048),
          microBatch: chooseMicroBatch(wantedSize, capture),
          threads,
          kvType,
          maxLeaves: maxTreeLeaves,
          capture,
        },
        (file) => this.#onLoading(`loading the draft head ${basename(file)}`, null),
      );
      const placement = {
        device: labelOf(device),
        gpuLayers: info.gpuLayers,
        threads,
        kvType,
        contextSize: wantedSize,
      };
      return { model, placement, head, label: await fileLabel(path) };
    } catch (error) {
      await model.dispose();
      throw error;
    }
  }

  #fingerprint(job: JobModels, target: Placed, draft: Placed | null): Fingerprint {
    const { files, hashes } = job;
    const entry = (role: string, path: string | null, label = basename(path ?? '')) =>
      path === null ? [] : [{ role, name: label, sha256: hashes[path] ?? '' }];
    return {
      specula: this.#host.appVersion,
      llamaRelease: this.#host.release,
      variant: this.#host.variant,
      ...target.placement,
      draft: draft?.placement ?? null,
      cpu: cpus()[0]?.model ?? 'unknown',
      os: `${platform()} ${osRelease()}`,
      node: process.version,
      models: [
        ...entry('target', files.target, target.label),
        ...entry('projector', files.projector),
        ...entry('draft', files.draft, draft?.label),
        ...entry('draft projector', files.draftProjector),
        ...entry('draft head', files.head),
      ],
    };
  }
}

type Placed = Pick<Slot, 'label' | 'placement'>;

function placedIn({ label, placement }: Slot, contextSize: number): Placed {
  return { label, placement: { ...placement, contextSize } };
}

/** Changes when the files do, or how they are to be loaded. Throws for a file that is not there. */
function keyOf({ role, path, projector, options, capture, headBytes }: Wanted): string {
  const stamp = (file: string): string => fileStamp(file, role);
  return JSON.stringify([stamp(path), projector && stamp(projector), options, capture, headBytes]);
}

function labelOf(device: NativeDevice | null): string {
  return device === null ? 'CPU' : `${device.name} (${device.description})`;
}

/** How many layers go to the device. The file is read for it only where there is a GPU and the user left the choice to us. */
async function gpuLayersOf(wanted: Wanted, device: NativeDevice | null): Promise<number> {
  const { path, projector, options, capture, headBytes } = wanted;
  if (device === null || device.type === 'cpu') return 0;
  if (options.gpuLayers !== null) return options.gpuLayers;
  const model = await readDecoderMetadata(path);
  const contextSize = chooseContext(options, model);
  const memory = estimateMemory(model, projector === null ? null : await readProjectorMetadata(projector), {
    contextSize,
    microBatch: chooseMicroBatch(contextSize, capture),
    kvType: chooseKvType(options, model, contextSize),
    capture,
  });
  return chooseGpuLayers(device.memoryFree - headBytes, memory, model.layers);
}

/**
 * What is read for a run: the recorded layers and the one of the score, which need not be among them.
 * @param count layers of the target. @throws Error for a layer that does not exist
 */
export function captureOf(capture: CaptureSpec, gate: GateSpec, count: number): Capture {
  if (capture.layers === 'none') return { layers: [], scoreLayer: null };
  const maps = mapLayers(capture, count);
  const asked = gate.layer ?? count - 1;
  if (asked >= count && readsScore(gate.mode)) {
    throw new Error(
      `the gate's score layer ${asked} does not exist: the target has layers 0 to ${count - 1}`,
    );
  }
  const scoreLayer = Math.min(asked, count - 1);
  const layers = [...new Set([...maps, scoreLayer])].sort((a, b) => a - b);
  return { layers, maps, headMaps: capture.heads === true, scoreLayer, scoreHeads: gate.heads };
}
