import type { AppInfo } from '#shared/contract/status.ts';
import type { EngineClient } from '../engine/client.ts';
import type { Storage } from '../storage/storage.ts';
import type { DataSetCatalog } from './data-set-catalog.ts';
import type { ModelCatalog } from './model-catalog.ts';
import type { RecaptureRecorder } from './recapture.ts';
import type { Emit, RunRecorder } from './run-recorder.ts';

/** What the handlers work with. */
export interface Context {
  readonly app: Omit<AppInfo, 'engine'>;
  readonly engine: EngineClient;
  readonly storage: Storage;
  readonly dataSets: DataSetCatalog;
  readonly models: ModelCatalog;
  readonly recorder: RunRecorder;
  readonly recaptures: RecaptureRecorder;
  readonly emit: Emit;
}
