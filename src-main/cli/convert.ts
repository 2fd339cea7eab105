/** `specula models convert`: published draft heads become GGUF files in Specula's layout. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type HeadKind, headKindSchema } from '#shared/domain/head.ts';
import { shapeText } from '../models/checkpoint/tensor.ts';
import { type Converted, convertHead } from '../models/heads/convert.ts';
import {
  type FeatureLayers,
  mmspecFeatureLayers,
  paperFeatureLayers,
} from '../models/heads/feature-layers.ts';
import type { TargetFacts } from '../models/heads/plan.ts';
import { readDecoderMetadata } from '../models/metadata.ts';
import type { Catalogs } from '../workbench.ts';
import { UsageError } from './exit.ts';
import { printable, type Terminal } from './terminal.ts';

export interface ConvertCommandOptions {
  readonly out: string;
  readonly kind?: HeadKind;
  readonly target?: string;
  readonly featureLayers?: FeatureLayers | 'paper';
  readonly type: 'f16' | 'f32';
  readonly embeddings: boolean;
  readonly skipUnknown?: boolean;
}

const help = `
Reads the folder of a checkpoint as its project publishes it: config.json and model.safetensors or pytorch_model.bin, also in
shards with their index, or Medusa's medusa_lm_head.pt. A pickle is read as data, never run: what is no tensor is refused.
Every tensor is checked against the kind's names and shapes; what is missing, unknown or of another shape is listed.

  eagle   EAGLE-1 and EAGLE-2          msd     Multimodal Speculative Decoding
  eagle3  EAGLE-3                      vispec  ViSpec
  medusa  Medusa, with or without output matrices of its own

Which layers of the target an EAGLE-3 head reads is not in its files. "paper" stands for those of the EAGLE-3 project (after
layers 1, n/2-1 and n-4 of the target's n), "mmspec" for those of MMSpec's own heads (embeddings, layers 0 and 1).

Examples:
  specula models convert EAGLE-LLaVA1.5-7B --out eagle.gguf --target llava-1.5-7b-f16.gguf
  specula models convert EAGLE3-Qwen2.5-VL-7B-Instruct --out eagle3.gguf --feature-layers mmspec
  specula models convert MSD-LLaVA1.5-7B --out msd.gguf --kind msd --no-embeddings`;

function featureLayers(text: string): FeatureLayers | 'paper' {
  if (text === 'paper') return text;
  if (text === 'mmspec') return mmspecFeatureLayers;
  const [low, middle, high, ...rest] = text
    .split(',')
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (low !== undefined && middle !== undefined && high !== undefined && rest.length === 0) {
    const layers: FeatureLayers = [low, middle, high];
    if (layers.every((layer) => Number.isInteger(layer) && layer >= -1)) return layers;
  }
  throw new InvalidArgumentError('Give "paper", "mmspec" or three layers, lowest first, e.g. 1,13,24.');
}

export function addConvertOptions(command: Command): Command {
  return command
    .argument('<folder>', "the checkpoint's folder, or its weight file")
    .requiredOption('--out <file>', 'GGUF file to write')
    .addOption(
      new Option('--kind <kind>', 'kind of head (default: found out)').choices(headKindSchema.options),
    )
    .option('--target <model>', 'the target it is for, id or path: sizes are checked against it')
    .addOption(
      new Option('--feature-layers <layers>', 'eagle3: "paper", "mmspec" or three layers').argParser(
        featureLayers,
      ),
    )
    .addOption(new Option('--type <type>', 'type of the matrices').choices(['f16', 'f32']).default('f16'))
    .option('--no-embeddings', "leave the head's copy of the target's embedding out")
    .option('--skip-unknown', 'leave unknown tensors out instead of refusing them')
    .addHelpText('after', help);
}

export async function convertModel(
  { models }: Catalogs,
  terminal: Terminal,
  folder: string,
  options: ConvertCommandOptions,
): Promise<void> {
  const target = options.target === undefined ? null : await targetFacts(models, options.target);
  const out = resolve(options.out);
  const converted = await convertHead({
    from: folder,
    out,
    kind: options.kind ?? null,
    target,
    embeddings: options.embeddings,
    skipUnknown: options.skipUnknown ?? false,
    type: options.type,
    featureLayers: layersOf(options.featureLayers, target),
  });
  terminal.out(printable(report(converted, out)));
}

async function targetFacts(models: Catalogs['models'], given: string): Promise<TargetFacts> {
  const { files } = await models.list();
  const known = files.find(({ id }) => id === given)?.path;
  if (known === undefined && !existsSync(given)) {
    const ids = files.map(({ id }) => id).join(', ');
    throw new UsageError(`--target ${given} is neither a file nor a known model (${ids}).`);
  }
  const { name, layers, embedding, vocabulary } = await readDecoderMetadata(known ?? resolve(given));
  return { name, layers, embedding, vocab: vocabulary.tokens.length };
}

function layersOf(
  given: ConvertCommandOptions['featureLayers'],
  target: TargetFacts | null,
): FeatureLayers | null {
  if (given !== 'paper') return given ?? null;
  if (target === null)
    throw new UsageError('--feature-layers paper needs the number of layers: give --target.');
  return paperFeatureLayers(target.layers);
}

function report({ detected, plan }: Converted, out: string): string {
  const size = `${(statSync(out).size / 1e6).toFixed(1)} MB`;
  const left = plan.leftOut.map(
    ({ tensor, why }) => `left out: ${tensor.name} ${shapeText(tensor.shape)}: ${why}\n`,
  );
  return `${plan.kind} head, recognised by ${detected.by}\n${plan.tensors.length} tensors, ${size}, in ${out}\n${left.join('')}`;
}
