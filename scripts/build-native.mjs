/**
 * Builds the native addon: `src-native/build/engine.<variant>.node`, one file per prebuilt llama.cpp
 * package (`@node-llama-cpp/<platform>-<arch>[-cuda|-vulkan|-metal]`) that npm installed.
 *
 * llama.cpp itself is not compiled. The source bundle inside node-llama-cpp gives headers and mtmd (image
 * input); both, and our own C++, are compiled once and then linked once per variant. A second run with
 * nothing changed only compares a stamp. Verified on Linux; macOS and Windows follow by construction.
 *
 * Run directly (`node scripts/build-native.mjs`) or import `buildNative`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');
const sourceDir = path.join(root, 'src-native');
const outputDir = path.join(sourceDir, 'build');
const cacheDir = path.join(root, 'node_modules', '.cache', 'specula');
const hostDir = path.join(root, 'node_modules', 'node-llama-cpp');

const PLATFORMS = { linux: 'linux', darwin: 'mac', win32: 'win' };
/** The libraries to link: llama, ggml and ggml-base, whatever suffixes the variant and release add. */
const LIBRARY = /^(lib)?(llama|ggml|ggml-base)(\.(cuda|vulkan|metal))?(\.v[\d.]+)?\.(so|dylib|dll)$/;

/** What to install when a tool is missing, by platform. */
const REMEDIES = {
  git: { linux: 'apt-get install git', darwin: 'xcode-select --install', win32: 'winget install Git.Git' },
  cmake: {
    linux: 'apt-get install cmake',
    darwin: 'brew install cmake',
    win32: 'winget install Kitware.CMake',
  },
  make: { linux: 'apt-get install make', darwin: 'xcode-select --install' },
  compiler: {
    linux: 'apt-get install g++ make',
    darwin: 'xcode-select --install',
    win32: 'install the Visual Studio Build Tools with "Desktop development with C++"',
  },
};

/** A failed build whose message says what to do. */
export class NativeBuildError extends Error {
  name = 'NativeBuildError';
}

/** First line a tool prints for --version, or null when it cannot be run. */
function toolVersion(command) {
  const run = spawnSync(command, ['--version'], { encoding: 'utf8' });
  return run.status === 0 ? run.stdout.split('\n')[0].trim() : null;
}

function requireTool(tool, found) {
  if (!found) {
    const remedy = REMEDIES[tool][process.platform] ?? 'install it';
    const name = tool === 'compiler' ? 'a C++ compiler' : tool;
    throw new NativeBuildError(`The native engine needs ${name}, which was not found. Remedy: ${remedy}`);
  }
  return found;
}

/** Name and version of the compiler that cmake will pick. On Windows cmake finds Visual Studio by itself. */
function compilerVersion() {
  if (process.platform === 'win32') return 'msvc';
  const candidates = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  for (const candidate of candidates) {
    const version = toolVersion(candidate);
    if (version) return version;
  }
  return null;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new NativeBuildError(`${path.relative(root, file)} is missing or damaged. Remedy: npm install`);
  }
}

/** Release of the prebuilt libraries; the sources in the bundle must be the same. */
function llamaRelease() {
  const { release } = readJson(path.join(hostDir, 'llama', 'binariesGithubRelease.json'));
  const { tag } = readJson(path.join(hostDir, 'llama', 'llama.cpp.info.json'));
  if (release !== tag) {
    throw new NativeBuildError(
      `node-llama-cpp's sources are ${tag} but its binaries ${release}. Remedy: reinstall it (npm install)`,
    );
  }
  return release;
}

/** Variants that npm installed for this platform, with the libraries to link. */
function findVariants() {
  const prefix = `${PLATFORMS[process.platform] ?? process.platform}-${process.arch === 'arm' ? 'armv7l' : process.arch}`;
  const scope = path.join(root, 'node_modules', '@node-llama-cpp');
  const names = existsSync(scope) ? readdirSync(scope) : [];
  const variants = [];
  for (const name of names.filter((name) => name === prefix || name.startsWith(`${prefix}-`)).sort()) {
    const bin = path.join(scope, name, 'bins', name);
    const files = existsSync(bin) ? readdirSync(bin).filter((file) => LIBRARY.test(file)) : [];
    if (files.length >= 3) {
      const { version } = readJson(path.join(scope, name, 'package.json'));
      variants.push({ name, version, libraries: files.sort().map((file) => path.join(bin, file)) });
    }
  }
  if (variants.length === 0) {
    throw new NativeBuildError(
      `No prebuilt llama.cpp for ${prefix} is installed (package @node-llama-cpp/${prefix}). Remedy: npm install --include=optional`,
    );
  }
  return variants;
}

function stampOf(release, compiler, variants) {
  const hash = createHash('sha256');
  const files = readdirSync(sourceDir, { withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { name } of files.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    hash.update(`${name}\0`).update(readFileSync(path.join(sourceDir, name)));
  }
  const packages = variants.map(({ name, version }) => `${name}@${version}`);
  hash.update(JSON.stringify([release, compiler, process.platform, process.arch, packages]));
  return hash.digest('hex');
}

/** Runs a command, hands its output lines to `onLine`; fails with the last lines. */
function run(command, args, onLine) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const tail = [];
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          tail.push(line);
          if (tail.length > 40) tail.shift();
          onLine(line);
        }
      });
    }
    child.on('error', (error) => reject(new NativeBuildError(`Cannot run ${command}: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new NativeBuildError(`${command} failed with code ${code}:\n${tail.join('\n')}`));
    });
  });
}

/** Clones the source bundle once per release; renamed into place, so a broken clone is never reused. */
async function checkoutSources(release, log) {
  const target = path.join(cacheDir, `llama.cpp-${release}`);
  if (existsSync(target)) return target;
  log(`Unpacking llama.cpp ${release}`);
  const partial = `${target}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(cacheDir, { recursive: true });
  const bundle = path.join(hostDir, 'llama', 'gitRelease.bundle');
  await run('git', ['-c', 'advice.detachedHead=false', 'clone', '--quiet', bundle, partial], () => {});
  renameSync(partial, target);
  return target;
}

/**
 * Builds what is missing or out of date.
 * @param {{ log?: (line: string) => void }} [options] log receives plain progress lines
 * @returns {Promise<{ release: string, files: string[], built: boolean }>} the addon files, one per variant
 * @throws {NativeBuildError} with the remedy in its message
 */
export async function buildNative({ log = () => {} } = {}) {
  const release = llamaRelease();
  const compiler = requireTool('compiler', compilerVersion());
  const variants = findVariants();
  const files = variants.map(({ name }) => path.join(outputDir, `engine.${name}.node`));
  const stampFile = path.join(outputDir, 'stamp');
  const stamp = stampOf(release, compiler, variants);
  const current = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : '';
  if (current === stamp && files.every((file) => existsSync(file))) return { release, files, built: false };

  requireTool('git', toolVersion('git'));
  requireTool('cmake', toolVersion('cmake'));
  if (process.platform !== 'win32') requireTool('make', toolVersion('make'));
  const sources = await checkoutSources(release, log);
  const buildDir = path.join(cacheDir, `build-${release}`);
  const jobs = availableParallelism();
  log(`Building the native engine for ${variants.map(({ name }) => name).join(', ')} with ${compiler}`);
  log('The first build takes about a minute on two cores.');
  mkdirSync(outputDir, { recursive: true });
  rmSync(stampFile, { force: true });
  const modules = path.join(root, 'node_modules');
  await run(
    'cmake',
    [
      ...['-S', sourceDir, '-B', buildDir, '-DCMAKE_BUILD_TYPE=Release'],
      `-DLLAMA_SOURCE=${sources}`,
      `-DLLAMA_RELEASE=${release}`,
      `-DNODE_ADDON_API=${path.join(modules, 'node-addon-api')}`,
      `-DNODE_API_HEADERS=${path.join(modules, 'node-api-headers')}`,
      `-DOUTPUT_DIR=${outputDir}`,
      `-DVARIANTS=${variants.map(({ name }) => name).join(';')}`,
      ...variants.map(({ name, libraries }) => `-DVARIANT_${name}=${libraries.join(';')}`),
    ],
    () => {},
  );
  await run('cmake', ['--build', buildDir, '--config', 'Release', '-j', String(jobs)], (line) => {
    const step = /^\[\s*(\d+%)\] (?:Building \S+ object|Linking \S+ \S+ \S+) (.*)$/.exec(line);
    if (step) log(`  ${step[1].padStart(4)} ${path.basename(step[2]).replace(/\.(o|obj)$/, '')}`);
  });
  writeFileSync(stampFile, stamp);
  return { release, files, built: true };
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const { files, built } = await buildNative({ log: console.log });
    console.log(
      built
        ? `Built ${files.map((file) => path.basename(file)).join(', ')}`
        : 'The native engine is up to date.',
    );
  } catch (error) {
    if (!(error instanceof NativeBuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
