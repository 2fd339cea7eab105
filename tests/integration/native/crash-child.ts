/** Run by crash.test.ts in its own process: loads a model and a projector. Arguments: model, projector, crash file. */
import { loadNative } from '../../../src-main/engine/native/load.ts';

const [, , model = '', projector = '', crashFile = ''] = process.argv;
const { addon } = await loadNative({ gpu: false, crashFile, onLog: () => {} });
const opened = await addon.loadModel({ path: model, gpuLayers: 0, device: '' });
await opened.loadProjector({ path: projector, gpu: false, threads: 1 });
