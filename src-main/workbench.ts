/**
 * The composition root: the only place where storage, engine, data sets, models and handlers are put together.
 * Electron, the browser's server and the command line each start one, and differ in how they carry its calls.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { EventData, EventName } from '#shared/contract/events.ts';
import type { AppInfo } from '#shared/contract/status.ts';
import type { EngineEvents } from './engine/client.ts';
import type { ForkEngine } from './engine/host.ts';
import { createEngine } from './engine/supervisor.ts';
import { sniffFormat } from './images/format.ts';
import { checkImage } from './images/pixels.ts';
import { thumbnail } from './images/thumbnail.ts';
import { FileHashes } from './models/file-hash.ts';
import { appHandlers } from './rpc/app.ts';
import type { Context } from './rpc/context.ts';
import { DataSetCatalog } from './rpc/data-set-catalog.ts';
import { dataSetHandlers } from './rpc/data-sets.ts';
import { createDispatch, type Dispatch } from './rpc/dispatch.ts';
import { draftOnceHandler } from './rpc/draft-once.ts';
import { ExpectedError } from './rpc/expected.ts';
import { ModelCatalog } from './rpc/model-catalog.ts';
import { modelHandlers } from './rpc/models.ts';
import { ownPictureHandlers } from './rpc/own-pictures.ts';
import { RecaptureRecorder } from './rpc/recapture.ts';
import { type Emit, RunRecorder } from './rpc/run-recorder.ts';
import { runHandlers } from './rpc/runs.ts';
import { openStorage, type Storage } from './storage/storage.ts';

export interface WorkbenchOptions {
  readonly host: AppInfo['host'];
  /** folder of the database and the caches, see storage/home.ts */
  readonly home: string;
  /** folder that holds `models/` and `resources/samples/` */
  readonly root: string;
  readonly version: string;
  readonly forkEngine: ForkEngine;
}

export type EventListener = <N extends EventName>(event: N, data: EventData<N>) => void;

export interface Picture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** MIME type */
  readonly type: string;
  /** changes when the bytes do */
  readonly hash: string;
}

export interface Workbench {
  /** Answers a call of the contract. Never rejects: failures are replies. */
  readonly call: Dispatch;
  /** Returns a function that ends the subscription. */
  subscribe(listener: EventListener): () => void;
  /** A sample's picture, or null when there is no such sample or its picture cannot be used. */
  image(dataSetId: string, sampleId: string, size: 'thumb' | 'full'): Promise<Picture | null>;
  /** Stops a live run (it is kept), ends the engine and closes the database. */
  dispose(): Promise<void>;
}

/** The database, the data sets and the models, without an engine. */
export interface Catalogs {
  readonly storage: Storage;
  readonly dataSets: DataSetCatalog;
  readonly models: ModelCatalog;
}

/** @throws StorageError when the database cannot be opened */
export function openCatalogs({ home, root }: Pick<WorkbenchOptions, 'home' | 'root'>): Catalogs {
  const storage = openStorage(home);
  const hashes = new FileHashes(join(home, 'hashes.json'));
  return {
    storage,
    dataSets: new DataSetCatalog(join(root, 'resources', 'samples'), storage.registry),
    models: new ModelCatalog(join(root, 'models'), storage.registry, hashes),
  };
}

/** @throws StorageError when the database cannot be opened */
export function createWorkbench(options: WorkbenchOptions): Workbench {
  const { host, home, version } = options;
  const listeners = new Set<EventListener>();
  const emit: Emit = (event, data) => {
    for (const listener of listeners) listener(event, data);
  };
  const { storage, dataSets, models } = openCatalogs(options);
  const stop = (runId: string): void => {
    // The engine may have ended the run by itself meanwhile: then there is nothing to stop.
    engine.control(runId, { action: 'stop' }).catch(() => {});
  };
  const recorder = new RunRecorder(storage.runs, emit, stop);
  const recaptures = new RecaptureRecorder(storage.runs, emit, stop);
  const events: EngineEvents = {
    status: (status) => emit('engine.status', status),
    fingerprint: (runId, fingerprint) => recorder.fingerprint(runId, fingerprint),
    turn: (runId, turn) => recorder.turn(runId, turn),
    round: (runId, record) => recorder.round(runId, record),
    state: (runId, status) => recorder.state(runId, status),
    takenBack: (runId, rounds, turn) => recorder.takenBack(runId, rounds, turn),
    captured: (runId, rounds) => recaptures.captured(runId, rounds),
    end: (runId, end) => {
      recorder.end(runId, end);
      recaptures.end(runId, end);
    },
  };
  const engine = createEngine({ fork: options.forkEngine, home, appVersion: version }, events);
  const app = { version, host, home, database: storage.file };
  const context: Context = { app, engine, storage, dataSets, models, recorder, recaptures, emit };
  const call = createDispatch(
    {
      ...appHandlers(context),
      ...dataSetHandlers(context),
      ...modelHandlers(context),
      ...ownPictureHandlers(context),
      ...runHandlers(context),
      ...draftOnceHandler(context),
    },
    {
      checkOutput: process.env.NODE_ENV === 'test' || process.env.NODE_ENV === 'development',
      onUnexpected: (name, error) => console.error(`call ${name}:`, error),
    },
  );

  return {
    call,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async image(dataSetId, sampleId, size) {
      try {
        const sample = await dataSets.sample(dataSetId, sampleId);
        const file = await dataSets.imageFile(dataSetId, sample);
        return size === 'full' ? await fullPicture(file) : await smallPicture(file, join(home, 'thumbnails'));
      } catch (error) {
        if (!(error instanceof ExpectedError)) console.warn(`image ${dataSetId}/${sampleId}:`, error);
        return null;
      }
    },
    async dispose() {
      const { liveRunId } = recorder;
      if (recaptures.runId !== null) recaptures.end(recaptures.runId, { status: 'stopped', reason: null });
      if (liveRunId !== null) recorder.end(liveRunId, { status: 'stopped', reason: 'Specula was closed' });
      listeners.clear();
      await engine.dispose();
      storage.close();
    },
  };
}

/** The file as it is: browsers apply its EXIF orientation themselves. */
async function fullPicture(file: string): Promise<Picture> {
  const { bytes, sha256 } = await checkImage(file);
  const sniffed = sniffFormat(bytes);
  const type =
    sniffed !== null && 'format' in sniffed ? `image/${sniffed.format}` : 'application/octet-stream';
  return { bytes: new Uint8Array(bytes), type, hash: sha256 };
}

async function smallPicture(file: string, cacheFolder: string): Promise<Picture> {
  const bytes = new Uint8Array(await thumbnail(file, cacheFolder));
  return { bytes, type: 'image/webp', hash: createHash('sha256').update(bytes).digest('hex') };
}
