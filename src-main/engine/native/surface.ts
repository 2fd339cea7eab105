/**
 * The surface of the native addon (`engine.<variant>.node`), as C++ exports it.
 *
 * One `NativeModel` holds one GGUF model, optionally its projector, and one llama.cpp context.
 * Heavy calls return promises and run one at a time per model, in call order (a FIFO queue);
 * a call on a disposed model is rejected. Every limit that would make llama.cpp abort is checked
 * first, so a broken request is a rejected promise with a `code`, never a dead process.
 *
 * What the addon promises beyond TreeModel's own words:
 * - The synchronous calls that touch the cache (logits, accept, rollback, reset) refuse while a promise is
 *   pending; tokenize, pieces and specialTokens always work.
 * - A refused request changes nothing.
 * - Shares sum to 1, except in models with attention sinks, where the rest fell on the sink.
 * - A tree decode that follows one of less than 2 ms runs within its call, on the calling thread: handing it over
 *   and back would cost more. Its promise is settled already, so callers must let the event loop turn themselves.
 * - Marker tokens around an image are text chunks of the image's part.
 */

import type { HeadKind } from '../../../src-shared/domain/head.ts';
import type { DraftHead, TreeModel } from '../../decoding/model.ts';

export type { PrefillChunk, PrefillOut, PrefillPart, RowsOut, RowWants } from '../../decoding/model.ts';

/**
 * Codes on `error.code` of rejected calls and of errors thrown by the synchronous ones. Where llama.cpp
 * said why, its last error lines are also in `error.log` (string[]).
 */
export type NativeErrorCode =
  | 'CANCELLED'
  | 'MODEL_LOAD'
  | 'PROJECTOR_LOAD'
  | 'HEAD_LOAD'
  | 'CONTEXT'
  | 'UNSUPPORTED'
  | 'CONTEXT_FULL'
  | 'BAD_REQUEST'
  | 'DECODE'
  | 'DISPOSED';

export interface NativeDevice {
  readonly name: string;
  readonly description: string;
  readonly type: 'cpu' | 'gpu' | 'igpu' | 'accel';
  /** bytes */
  readonly memoryFree: number;
  readonly memoryTotal: number;
}

export interface NativeSystemInfo {
  /** e.g. "0.5.0-dev", as the loaded libllama says */
  readonly llamaVersion: string;
  /** release tag the addon was compiled for, e.g. "v0.5.0" */
  readonly builtFor: string;
  readonly devices: readonly NativeDevice[];
  /** most parallel sequences, so most leaves of a tree */
  readonly maxSequences: number;
  readonly cpuFeatures: string;
}

export interface NativeModelInfo {
  readonly arch: string;
  readonly name: string;
  readonly layers: number;
  readonly embedding: number;
  readonly heads: number;
  readonly vocab: number;
  readonly trainedContext: number;
  readonly ropeType: string;
  readonly chatTemplate: string | null;
  readonly bos: number;
  readonly eos: number;
  /** all end-of-generation ids (eos, eot, ...) */
  readonly endTokens: Int32Array;
  readonly addBos: boolean;
  readonly recurrent: boolean;
  readonly hybrid: boolean;
  readonly slidingWindow: number;
  readonly sizeBytes: number;
  readonly parameters: number;
  readonly gpuLayers: number;
  /** null when trees and rollback work; otherwise the reason why they cannot (recurrent, hybrid) */
  readonly treesRefused: string | null;
}

export interface NativeProjectorInfo {
  readonly vision: boolean;
  readonly audio: boolean;
  readonly mrope: boolean;
  readonly nonCausal: boolean;
}

export interface NativeContextOptions {
  readonly contextSize: number;
  readonly batchSize: number;
  readonly microBatch: number;
  readonly threads: number;
  readonly kvType: 'f32' | 'f16';
  /** sequences reserved for tree leaves, 1..256 */
  readonly maxLeaves: number;
  /** true: flash attention off and the graph observer installed, so attention can be read */
  readonly capture: boolean;
  /**
   * Keeps what a draft head reads of every decode: a head's `featureLayers`. Empty: the hidden state after the final
   * norm, for which all prompt rows are computed to their end. Null or left out: nothing is kept.
   */
  readonly features?: Int32Array | null;
}

export interface NativeContextInfo {
  readonly contextSize: number;
  readonly batchSize: number;
  readonly microBatch: number;
  /** bytes of K and V for the whole context */
  readonly kvBytes: number;
}

export interface NativeHeadInfo {
  readonly kind: HeadKind;
  readonly layout: number;
  /** of the target's hidden states */
  readonly width: number;
  readonly vocab: number;
  /** tokens that it can draft; fewer than `vocab` where its own output matrix is reduced */
  readonly draftVocab: number;
  /** layers of the target that it reads, -1 for the embeddings; empty: the state after the final norm */
  readonly featureLayers: Int32Array;
  readonly startRows: number;
  readonly treeNodes: number;
  /** of its weights, on `device` (NativeDevice.name): where the target's output matrix is */
  readonly sizeBytes: number;
  readonly device: string;
  /** what its file says for people; may be empty */
  readonly targetName: string;
  readonly source: string;
}

/**
 * A draft head of a model. Its calls run on the model's queue. A new prompt or a rollback of the model makes it forget; a
 * context other than with its `featureLayers` as `features` is refused by `begin`.
 */
export interface NativeHead extends DraftHead {
  readonly info: NativeHeadInfo;
  /** Scores of one row of the latest start or grow: [draftVocab]. A copy. */
  logits(row: number): Float32Array;
  /** Frees it; the model stays. */
  dispose(): Promise<void>;
}

export interface NativeModel extends TreeModel {
  readonly info: NativeModelInfo;
  readonly projector: NativeProjectorInfo | null;
  readonly context: NativeContextInfo | null;
  loadProjector(o: {
    readonly path: string;
    readonly gpu: boolean;
    readonly threads: number;
  }): Promise<NativeProjectorInfo>;
  /**
   * Loads a draft head (models/README.md) for this model, before or after createContext; several can be there at once.
   * Rejects with HEAD_LOAD, naming what is missing or odd, when the file is broken or does not fit the model: sizes, kind,
   * or a test in which the model's own scores are recomputed from its hidden states. `threads`: of the CPU.
   */
  loadHead(o: { readonly path: string; readonly threads: number }): Promise<NativeHead>;
  createContext(o: NativeContextOptions): Promise<NativeContextInfo>;
  /**
   * What the context keeps of a committed place (image tokens count one by one) until a head has read it: the hidden
   * states, [width * max(1, features)], and an image token's embedding. Copies, to check heads; drafting never moves them.
   */
  feature(position: number): { readonly row: Float32Array; readonly image: Float32Array | null };
  reset(): void;
  /** Makes the running and queued calls fail with CANCELLED as soon as llama.cpp allows; later calls work. */
  cancel(): void;
  /** Cancels what runs, then frees everything. Later calls fail with DISPOSED; `info` stays readable. */
  dispose(): Promise<void>;
}

export interface NativeAddon {
  init(o: {
    /** folder of the ggml backend plugins, loaded unless a CPU device is registered already */
    readonly backendDir: string;
    /** receives llama.cpp's, ggml's and mtmd's log, line by line; level: 2 info, 3 warning, 4 error (debug lines are dropped) */
    onLog(level: number, text: string): void;
    /** where an assertion message is written before the process aborts */
    readonly crashFile: string;
  }): NativeSystemInfo;
  /** The devices with the memory that is free now: loading a model changes it. */
  devices(): readonly NativeDevice[];
  loadModel(o: {
    readonly path: string;
    /** -1: all */
    readonly gpuLayers: number;
    /** name of the device to use (NativeDevice.name); empty: llama.cpp chooses */
    readonly device: string;
    onProgress?(fraction: number): void;
  }): Promise<NativeModel>;
}
