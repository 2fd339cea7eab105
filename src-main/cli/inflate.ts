/** `specula models inflate`: a larger file of the same model, so that memory bounds its speed. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { FileHashes } from '../models/file-hash.ts';
import { inflateModel } from '../models/inflate/inflate.ts';
import { inflatedText } from '../models/inflate/label.ts';
import type { Catalogs } from '../workbench.ts';
import { UsageError } from './exit.ts';
import { number } from './run-options.ts';
import { printable, type Terminal } from './terminal.ts';

export interface InflateCommandOptions {
  readonly out: string;
  readonly megabytes: number;
}

const help = `
A small target on a small machine is bound by overheads, not by reading its weights as real ones are: speculation cannot pay
there. This writes a larger file of a llama or qwen2 model with exactly the same function: layers whose output projections are
zero are put in before the last one, and feed-forward layers get columns that nothing reads. Every token reads the new weights
too. Answers, probabilities and attention scores stay the same, to the bit on a CPU (tested); a GPU may round otherwise.
The file says what it is, and Specula shows it with its numbers: they say nothing about any real model.

Example:
  specula models inflate specula-tiny-target --out big.gguf --megabytes 300
  specula run --target big.gguf --projector specula-tiny-mmproj --draft specula-tiny-draft-text --sample specula_006`;

export function addInflateOptions(command: Command): Command {
  return command
    .argument('<model>', 'id or path of a target in F16, BF16 or F32')
    .requiredOption('--out <file>', 'GGUF file to write')
    .addOption(
      new Option('--megabytes <n>', 'weights that one token reads, at least, in 10^6 bytes')
        .argParser(number(z.number().min(1).max(1_000_000)))
        .makeOptionMandatory(),
    )
    .addHelpText('after', help);
}

export async function inflate(
  { models }: Catalogs,
  terminal: Terminal,
  model: string,
  options: InflateCommandOptions,
): Promise<void> {
  const { files } = await models.list();
  const known = files.find(({ id }) => id === model)?.path;
  if (known === undefined && !existsSync(model)) {
    throw new UsageError(
      `${model} is neither a file nor a known model (${files.map(({ id }) => id).join(', ')}).`,
    );
  }
  const out = resolve(options.out);
  const { shape, inserted, touched } = await inflateModel({
    from: known ?? resolve(model),
    out,
    megabytes: options.megabytes,
    hashes: new FileHashes(null),
  });
  const size = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  terminal.out(
    printable(
      `${inflatedText(touched.after / touched.before)}: one token reads ${size(touched.after)} of weights instead of ${size(touched.before)}\n` +
        `${shape.layers} layers, ${inserted.count} of them new (from ${inserted.first}), feed-forward width ${shape.feedForward}\n` +
        `${size(statSync(out).size)} in ${out}\n`,
    ),
  );
}
