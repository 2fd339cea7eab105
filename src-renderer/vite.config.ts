import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The window, the same build for Electron and the browser: relative addresses, nothing inline, fonts bundled. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    target: 'chrome128',
    // Fonts and icons stay files: the content security policy forbids data: fonts.
    assetsInlineLimit: 0,
    // Loaded from this machine: one request matters more than a small first chunk.
    chunkSizeWarningLimit: 1500,
  },
});
