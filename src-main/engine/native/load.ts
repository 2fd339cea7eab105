/**
 * Finds and loads the native addon next to node-llama-cpp.
 *
 * node-llama-cpp chooses the binary (CUDA, Vulkan, Metal or CPU; it tries each in a forked process first)
 * and loads its own addon with it. Ours is linked against the same libraries, which the dynamic linker then
 * finds by name because they are in the process already.
 */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { getLlama, type Llama, LlamaLogLevel } from 'node-llama-cpp';
import { z } from 'zod';
import { errorMessage } from '../../errors.ts';
import type { NativeAddon, NativeSystemInfo } from './surface.ts';
import { checkedAddon, exportsSchema, systemInfoSchema } from './validate.ts';

export type Gpu = 'cuda' | 'vulkan' | 'metal';

export interface LoadOptions {
  /** which binary; 'auto' takes the best that works here, false the CPU one */
  readonly gpu: 'auto' | Gpu | false;
  /** llama.cpp's log, one line per call; level: 2 info, 3 warning, 4 error */
  readonly onLog: (level: number, text: string) => void;
  /** where an assertion message is written before the process aborts */
  readonly crashFile: string;
}

export interface LoadedNative {
  /** also keeps node-llama-cpp's instance alive: once collected, it would free llama.cpp's backend under us */
  readonly addon: NativeAddon & { readonly host: Llama };
  readonly system: NativeSystemInfo;
  /** name of the prebuilt package in use, e.g. "linux-x64-cuda" */
  readonly variant: string;
  /** kind of the binary in use; with "vulkan" there may still be no device, see system.devices */
  readonly gpu: Gpu | false;
  /** llama.cpp's release tag, e.g. "v0.5.0" */
  readonly release: string;
  /** physical cores useful for computing */
  readonly physicalCores: number;
}

/** The native engine cannot be used here; the message says why and what to do. */
export class NativeLoadError extends Error {
  override name = 'NativeLoadError';
}

const REMEDY = 'Remedy: npm run setup';

/** Loads and initialises the addon. Throws NativeLoadError when it is missing or does not match. */
export async function loadNative(options: LoadOptions): Promise<LoadedNative> {
  const llama = await startHost(options);
  if (options.gpu !== 'auto' && options.gpu !== llama.gpu) throw unavailable(options.gpu);
  if (llama.buildType === 'localBuild') {
    throw new NativeLoadError(
      `node-llama-cpp uses a llama.cpp that was compiled here, which the engine was not built for. Remedy: remove node_modules/node-llama-cpp/llama/localBuilds, then npm run setup`,
    );
  }
  const backendDir = binaryFolder();
  const variant = path.basename(backendDir);
  const file = addonFile(variant);
  const addon = { ...checkedAddon(openAddon(file)), host: llama };
  const system = systemInfoSchema.parse(
    addon.init({ backendDir, onLog: options.onLog, crashFile: options.crashFile }),
  );
  const release = llama.llamaCppRelease.release;
  if (system.builtFor !== release) {
    throw new NativeLoadError(
      `${path.basename(file)} was built for llama.cpp ${system.builtFor}, but node-llama-cpp ships ${release}. ${REMEDY}`,
    );
  }
  return { addon, system, variant, gpu: llama.gpu, release, physicalCores: llama.cpuMathCores };
}

async function startHost(options: LoadOptions): Promise<Llama> {
  try {
    return await getLlama({
      gpu: options.gpu,
      build: 'never',
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      logger: (_level, text) => options.onLog(4, text),
    });
  } catch (error) {
    throw unavailable(options.gpu, error);
  }
}

function unavailable(gpu: LoadOptions['gpu'], cause?: unknown): NativeLoadError {
  const why = cause === undefined ? '' : `: ${errorMessage(cause)}`;
  return new NativeLoadError(
    `No prebuilt llama.cpp for "${gpu === false ? 'CPU' : gpu}" works on this machine${why}. Remedy: choose another device, or npm run setup`,
    { cause },
  );
}

/** Folder of the libraries that node-llama-cpp loaded: the one its own addon lies in. */
function binaryFolder(): string {
  // Otherwise the report may look up host names. @types/node does not know this switch yet.
  Object.assign(process.report, { excludeNetwork: true });
  const report = z.object({ sharedObjects: z.array(z.string()) }).parse(process.report.getReport());
  const host = report.sharedObjects.find((file) => /[\\/]llama-addon\.node$/.test(file));
  if (host === undefined) {
    throw new NativeLoadError(`node-llama-cpp did not load its binary. ${REMEDY}`);
  }
  return path.dirname(host);
}

/** `src-native/build/engine.<variant>.node`, looked for from this file's folder upwards. */
function addonFile(variant: string): string {
  const name = path.join('src-native', 'build', `engine.${variant}.node`);
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = unpacked(path.join(folder, name));
    if (existsSync(file)) return file;
    if (folder === path.dirname(folder)) {
      throw new NativeLoadError(`The native engine for ${variant} is not built. ${REMEDY}`);
    }
  }
}

/** Native files of a packaged app lie beside its archive, not in it. */
function unpacked(file: string): string {
  return file.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
}

function openAddon(file: string): NativeAddon {
  const module = { exports: {} };
  try {
    // RTLD_NOW: a missing symbol is an error here, not an exit later. Windows has no such flag.
    process.dlopen(module, file, constants.dlopen?.RTLD_NOW);
  } catch (error) {
    throw new NativeLoadError(`${path.basename(file)} cannot be loaded: ${errorMessage(error)}. ${REMEDY}`, {
      cause: error,
    });
  }
  return exportsSchema.parse(module.exports);
}
