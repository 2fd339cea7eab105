import { join } from 'node:path';
import { defineConfig } from 'electron-vite';
import renderer from './src-renderer/vite.config.ts';

const root = import.meta.dirname;

/** The Electron build: `out/main` (app and engine process), `out/preload`, `out/renderer`. */
export default defineConfig({
  main: {
    // Packages stay outside the bundle; resources are found in the checkout or beside the app, not copied.
    publicDir: false,
    build: {
      outDir: join(root, 'out/main'),
      rolldownOptions: {
        input: {
          index: join(root, 'src-main/index.ts'),
          engine: join(root, 'src-main/engine/process.ts'),
        },
      },
    },
  },
  preload: {
    publicDir: false,
    build: {
      outDir: join(root, 'out/preload'),
      // A sandboxed preload is one CommonJS file: it can load neither ES modules nor packages.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(root, 'src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    ...renderer,
    // said again, because electron-vite bundles this file and the renderer's folder is not its own any more
    root: join(root, 'src-renderer'),
    build: {
      ...renderer.build,
      outDir: join(root, 'out/renderer'),
      rolldownOptions: { input: join(root, 'src-renderer/index.html') },
    },
  },
});
