/**
 * Run by process.test.ts in its own process. Arguments: model, projector, crash file, and "stay" to load both
 * and end, or "leave" to exit in the middle of a prefill, with log lines still under way.
 */
import { loadNative } from '../../../src-main/engine/native/load.ts';

const [, , model = '', projector = '', crashFile = '', mode = ''] = process.argv;
const { addon } = await loadNative({ gpu: false, crashFile, onLog: () => {} });
const opened = await addon.loadModel({ path: model, gpuLayers: 0, device: '' });
await opened.loadProjector({ path: projector, gpu: false, threads: 1 });
if (mode === 'leave') {
  await opened.createContext({
    contextSize: 4096,
    batchSize: 256,
    microBatch: 256,
    threads: 1,
    kvType: 'f32',
    maxLeaves: 1,
    capture: true,
  });
  const tokens = Int32Array.from({ length: 4000 }, () => 20);
  const wants = { topK: 1, layers: new Int32Array(), patches: false, heads: false };
  const running = opened.prefill({ parts: [{ tokens }], addSpecial: true, wants });
  // Not awaited: the process ends while the call runs.
  running.finally(() => process.exit(3)).catch(() => {});
  setTimeout(() => process.exit(0), 50);
}
