/** The system tools that building the native addon takes, and how to get each one that is missing. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { present } from './paths.mjs';
import { run } from './process.mjs';

const cmakeNeeded = [3, 19];

/** What each package manager calls the tools. Xcode's tools bring compiler, make and git at once. */
const packages = {
  apt: { git: 'git', cmake: 'cmake', compiler: 'g++', make: 'make' },
  dnf: { git: 'git', cmake: 'cmake', compiler: 'gcc-c++', make: 'make' },
  brew: { cmake: 'cmake' },
  winget: { git: 'Git.Git', cmake: 'Kitware.CMake', compiler: 'Microsoft.VisualStudio.2022.BuildTools' },
};

/** `X.Y` of a program's version line, or null. @param {string} text @returns {[number, number] | null} */
export function parseVersion(text) {
  const match = /(\d+)\.(\d+)/.exec(text);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

/** @param {[number, number] | null} version */
export function isCmakeNewEnough(version) {
  if (version === null) return false;
  const [major, minor] = version;
  return major > cmakeNeeded[0] || (major === cmakeNeeded[0] && minor >= cmakeNeeded[1]);
}

/**
 * The package manager that this machine has.
 * @param {NodeJS.Platform} platform
 * @param {(name: string) => boolean} has whether a program is on PATH
 * @returns {keyof typeof packages | null}
 */
export function packageManager(platform, has) {
  if (platform === 'darwin') return 'brew';
  if (platform === 'win32') return 'winget';
  if (has('apt-get')) return 'apt';
  if (has('dnf')) return 'dnf';
  return null;
}

/**
 * The command that installs a missing tool.
 * @param {'git' | 'cmake' | 'compiler' | 'make'} tool
 * @param {ReturnType<typeof packageManager>} manager
 * @param {boolean} isRoot
 */
export function installCommand(tool, manager, isRoot) {
  const sudo = isRoot ? '' : 'sudo ';
  switch (manager) {
    case 'apt':
      return `${sudo}apt-get install -y ${packages.apt[tool]}`;
    case 'dnf':
      return `${sudo}dnf install -y ${packages.dnf[tool]}`;
    case 'brew':
      return tool === 'cmake' ? 'brew install cmake' : 'xcode-select --install';
    case 'winget': {
      if (tool !== 'compiler') return `winget install ${packages.winget[tool] ?? tool}`;
      const workload = 'Microsoft.VisualStudio.Workload.VCTools';
      return `winget install ${packages.winget.compiler} --override "--passive --wait --add ${workload} --includeRecommended"`;
    }
    default:
      return `install ${tool === 'compiler' ? 'g++ or clang' : tool} with the system's package manager`;
  }
}

/** Full path of a program on PATH, or null. */
export function onPath(name) {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const file of names) if (folder !== '' && present(join(folder, file))) return join(folder, file);
  }
  return null;
}

/**
 * Looks for every tool.
 * @returns {Promise<string[]>} one line for each missing tool: what is missing, and the command that installs it
 */
export async function missingTools() {
  const manager = packageManager(process.platform, (name) => onPath(name) !== null);
  const isRoot = process.getuid?.() === 0;
  const [git, cmake, compiler, make] = await Promise.all([
    hasGit(),
    checkCmake(),
    checkCompiler(),
    hasMake(),
  ]);
  const lines = [];
  const missing = (what, tool) => lines.push(`${what}: ${installCommand(tool, manager, isRoot)}`);
  if (!git) missing('git', 'git');
  if (cmake !== null) missing(cmake, 'cmake');
  if (compiler !== null) missing(compiler, 'compiler');
  if (!make) missing('make', 'make');
  return lines;
}

async function hasGit() {
  return (await run('git', ['--version'])).code === 0;
}

async function checkCmake() {
  const { code, output } = await run('cmake', ['--version']);
  const wanted = `cmake >= ${cmakeNeeded.join('.')}`;
  if (code !== 0) return wanted;
  const version = parseVersion(output);
  return isCmakeNewEnough(version) ? null : `${wanted} (found ${version?.join('.') ?? 'an unknown version'})`;
}

/** Windows builds through MSBuild, which comes with the compiler. */
async function hasMake() {
  return process.platform === 'win32' || onPath('make') !== null;
}

async function checkCompiler() {
  if (process.platform === 'win32')
    return (await hasVisualStudio()) ? null : 'a C++17 compiler (Visual Studio)';
  const compiler = process.env.CXX || ['c++', 'g++', 'clang++'].find((name) => onPath(name) !== null);
  if (compiler === undefined) return 'a C++17 compiler';
  const folder = mkdtempSync(join(tmpdir(), 'specula-compiler-'));
  try {
    const source = join(folder, 'probe.cpp');
    writeFileSync(
      source,
      '#include <string_view>\nint main() { return int(std::string_view("").size()); }\n',
    );
    const { code } = await run(compiler, ['-std=c++17', '-fsyntax-only', source]);
    return code === 0
      ? null
      : `a C++17 compiler (${compiler} cannot compile C++17 with the standard library)`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function hasVisualStudio() {
  const programs = process.env['ProgramFiles(x86)'] ?? 'C:\\Program Files (x86)';
  const vswhere = join(programs, 'Microsoft Visual Studio', 'Installer', 'vswhere.exe');
  const component = 'Microsoft.VisualStudio.Component.VC.Tools.x86.x64';
  const found = await run(vswhere, [
    '-products',
    '*',
    '-requires',
    component,
    '-property',
    'installationPath',
  ]);
  return found.code === 0 && found.output.trim() !== '';
}
