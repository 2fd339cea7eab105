import type { Configuration } from 'electron-builder';

/**
 * Native libraries are loaded by the system's loader, which cannot look inside an asar archive: addons and
 * llama.cpp's libraries are unpacked, models and samples lie beside the app.
 */
const config: Configuration = {
  appId: 'org.specula.workbench',
  productName: 'Specula',
  copyright: 'Copyright © 2026 Specula authors',
  directories: { output: 'dist', buildResources: 'resources' },
  files: [
    'out/**',
    'src-native/build/*.node',
    'package.json',
    'LICENSE',
    'NOTICE.md',
    // llama.cpp's sources are for building the addon only
    '!node_modules/node-llama-cpp/llama/gitRelease.bundle',
  ],
  asarUnpack: ['**/*.node', '**/node_modules/@node-llama-cpp/**', '**/node_modules/@img/**'],
  extraResources: [
    { from: 'models', to: 'models', filter: ['*.gguf', '*.json', '*.md'] },
    { from: 'resources/samples', to: 'resources/samples' },
  ],
  // better-sqlite3, sharp and our addon are Node-API builds: nothing depends on Electron's own ABI.
  npmRebuild: false,
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  linux: { target: ['AppImage'], category: 'Science', icon: 'resources/icon.png' },
  mac: { target: ['dmg'], category: 'public.app-category.developer-tools', icon: 'resources/icon.png' },
  win: { target: ['nsis'], icon: 'resources/icon.png' },
};

export default config;
