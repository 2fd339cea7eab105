/** llama.cpp's own speculative example, compiled from the same bundle and linked to the same prebuilt libraries. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { native, root } from './bench-models.ts';

const cache = join(root, 'node_modules', '.cache', 'specula');
const source = join(cache, `llama.cpp-${native.release}`);
const libraries = join(root, 'node_modules', '@node-llama-cpp', native.variant, 'bins', native.variant);

/** Compiles `examples/speculative-simple` once; returns the program's path. */
function build(): string {
  const program = join(cache, `speculative-simple-${native.release}`);
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  const library = (stem: string): string => {
    const name = readdirSync(libraries).find((file) => file.startsWith(stem));
    if (!name) throw new Error(`${stem} is missing in ${libraries}; run npm run setup`);
    return `-l:${name}`;
  };
  execFileSync('g++', [
    ...['-O2', '-std=c++17', '-w', '-DLLAMA_SHARED', '-DGGML_SHARED', '-DGGML_BACKEND_SHARED'],
    ...['common', 'include', 'ggml/include', 'vendor'].map((folder) => `-I${join(source, folder)}`),
    join(source, 'examples', 'speculative-simple', 'speculative-simple.cpp'),
    ...['-o', program, `-L${libraries}`],
    ...[library('libllama-common'), library('libllama.'), library('libggml.'), library('libggml-base')],
    `-Wl,-rpath,${libraries}`,
  ]);
  return program;
}

export interface Reference {
  readonly tokens: number;
  readonly seconds: number;
  readonly drafted: number;
  readonly accepted: number;
}

/** Decodes at most `tokens` tokens of a text prompt greedily with chains of `length`, one thread, F32 cache, up to the end of text. */
export function llamaSpeculative(
  files: { readonly target: string; readonly draft: string },
  prompt: string,
  length: number,
  tokens: number,
): Reference {
  const args = [
    ['-m', files.target, '-md', files.draft, '-p', prompt, '-n', String(tokens), '--temp', '0'],
    ['-t', '1', '-td', '1', '-c', '2048', '-ngl', '0', '-fa', 'off'],
    ['-ctk', 'f32', '-ctv', 'f32', '-ctkd', 'f32', '-ctvd', 'f32', '--spec-type', 'draft-simple'],
    ['--spec-draft-n-max', String(length), '--spec-draft-n-min', '0', '--spec-draft-p-min', '0'],
  ].flat();
  const program = build();
  let out = '';
  // Its figures are log lines of a background thread, which now and then is not done when the program ends.
  for (let attempt = 0; attempt < 5 && !out.includes('n_accept'); attempt++) {
    // The backends are looked up beside the libraries, in the working folder.
    const run = spawnSync(program, args, { cwd: libraries, encoding: 'utf8' });
    out = run.stdout + run.stderr;
  }
  const number = (pattern: RegExp): number => {
    const found = pattern.exec(out)?.[1];
    if (found === undefined) throw new Error(`llama.cpp's example printed no ${pattern.source}:\n${out}`);
    return Number(found);
  };
  return {
    tokens: number(/decoded +(\d+) tokens/),
    seconds: number(/decoded +\d+ tokens in +([\d.]+) seconds/),
    drafted: number(/n_drafted = (\d+)/),
    accepted: number(/n_accept +=? *(\d+)/),
  };
}
