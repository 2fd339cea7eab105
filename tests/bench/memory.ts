/** Memory of a running workbench: the server's process and its engine process, proportional set size. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineProcess } from '../../src-main/engine/host.ts';
import { forkNodeEngine } from '../../src-main/engine/host.ts';
import { createWorkbench } from '../../src-main/workbench.ts';
import { root } from './bench-models.ts';

export type { EngineProcess };
export { createWorkbench, forkNodeEngine, join, mkdtempSync, readFileSync, rmSync, root, tmpdir };
